"""The interface of an Official Account as its documents describe it (docs/platforms.md), in memory.

    world = WeChat()
    world.will("freepublish_submit", -1)        # the next call answers with this errcode
    world.will("freepublish_submit", LOST)      # … is carried out, but its answer never arrives
    world.will("freepublish_submit", CUT)       # … is cut before anything happens
    with serve(world) as server: …              # tests.platforms.connectors.servers: a real port

A world is called with an `httpx.Request` and returns an `httpx.Response`. A call is a method named by
the last two parts of its path: `cgi-bin/message/mass/sendall` is `mass_sendall`, `cgi-bin/stable_token`
is `stable_token`, `datacube/getusersummary` is `datacube_getusersummary`. Subclasses add more of them.
`asked` holds the names of all calls, `bodies` what came with them.
"""

import json
import re
import threading
import time
from collections import defaultdict
from datetime import datetime
from email import message_from_bytes
from itertools import count
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx

APP_ID, APP_SECRET = "wx0123456789abcdef", "0123456789abcdef0123456789abcdef"  # noqa: S105
LOST, CUT = "lost", "cut"
LIFE_S, BOTH_WORK_S = 7200, 300
TAGS = [{"id": 2, "name": "星标组", "count": 3}, {"id": 127, "name": "广东", "count": 5}]
MAGIC = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"GIF8": "gif", b"BM": "bmp"}
MESSAGES = {
    -1: "system error", 40001: "invalid credential, access_token is invalid or not latest",
    40007: "invalid media_id", 40013: "invalid appid", 40125: "invalid appsecret",
    40164: "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist", 42001: "access_token expired",
    45009: "reach max api daily quota limit", 45028: "has no masssend quota", 45065: "clientmsgid exist",
    48001: "api unauthorized", 89504: "waiting for administrator's confirmation",
    89505: "sent to administrator for confirmation",
}  # fmt: skip


class Wrong(Exception):
    """The call ends with this errcode; `more` goes into the answer beside it."""

    def __init__(self, code, **more):
        super().__init__(code)
        self.code, self.more = code, more


class WeChat:
    """One account. `rights` holds draft, freepublish and mass; `kind` is subscription or service."""

    def __init__(self, *, rights=("draft", "freepublish", "mass"), kind="subscription", now=time.time):
        self.rights, self.kind, self.now = set(rights), kind, now
        self.asked, self.bodies = [], defaultdict(list)
        self.is_white_listed = True
        self.tokens = []
        """(token, made at, ends at), newest last."""
        self.pictures, self.materials = {}, {}
        self.drafts, self.articles, self.jobs, self.sends = {}, {}, {}, {}
        self.previews = []
        self.filtered = []
        """Addresses of pictures that were taken out of articles."""
        self.course = [1, 0]
        """`publish_status` of the next job, check by check; the last one stays."""
        self.sending = ["SENDING", "SEND_SUCCESS"]
        self.is_protected = False
        """API 群发保护: the administrator must confirm each mass send."""
        self.tells_number = False
        """Whether a send that waits for confirmation already has a number. The documents do not say."""
        self.lists_sends = False
        """Whether mass sends appear among the publications. The documents do not say."""
        self._steps = defaultdict(list)
        self._numbers = count(100000001)
        self._lock = threading.RLock()

    @property
    def posts(self):
        """Everything that readers can see: articles, and sends that went out."""
        standing = [row for row in self.articles.values() if not all(item["is_deleted"] for item in row["items"])]
        return standing + [send for send in self.sends.values() if send["is_out"]]

    def will(self, name, *steps):
        """Say what the next calls of `name` do: an errcode, LOST or CUT each."""
        self._steps[name] += steps

    def calls(self, name):
        return self.asked.count(name)

    def expire(self):
        """End all tokens at once, as an administrator who resets the secret does."""
        self.tokens = []

    def ban(self, publish_id, status=6):
        """Take a publication down after it was live: 5 the user deleted it, 6 the platform banned it."""
        job = self.jobs[publish_id]
        job["course"] = [status]
        for item in self.articles[job["article_id"]]["items"]:
            item["is_deleted"] = True

    def confirm(self):
        """The administrator confirms the waiting mass sends on the phone."""
        for send in self.sends.values():
            if send["waits"]:
                send["waits"] = False
                self._send_out(send)

    def __call__(self, request):
        with self._lock:
            name = "_".join(request.url.path.strip("/").split("/")[-2:]).removeprefix("cgi-bin_")
            self.asked.append(name)
            step = self._steps[name].pop(0) if self._steps[name] else None
            if step == CUT:
                raise httpx.ReadError("cut", request=request)
            try:
                if isinstance(step, int):
                    raise Wrong(step)
                answer = self._answer(name, request)
            except Wrong as wrong:
                answer = self._refusal(wrong)
            if step == LOST:
                raise httpx.ReadError("lost", request=request)
            return _json(answer)

    def _answer(self, name, request):
        method = getattr(self, name, None)
        if method is None or name.startswith("_"):
            raise Wrong(40066)
        if name == "stable_token":
            return method(_body(request))
        self._demand_token(request.url.params.get("access_token", ""))
        if request.headers.get("content-type", "").startswith("multipart/"):
            return method(*_file(request), request.url.params)
        body = _body(request) if request.method == "POST" else {}
        self.bodies[name].append(body)
        return method(body)

    def _refusal(self, wrong):
        message = MESSAGES.get(wrong.code, "invalid")
        return {"errcode": wrong.code, "errmsg": f"{message} rid: 6235dc3e-34915e43-7c8701db", **wrong.more}

    def _number(self):
        return str(next(self._numbers))

    def _demand(self, right):
        if right not in self.rights:
            raise Wrong(48001)

    def stable_token(self, body):
        if not self.is_white_listed:
            raise Wrong(40164)
        if body.get("appid") != APP_ID:
            raise Wrong(40013)
        if body.get("secret") != APP_SECRET or body.get("grant_type") != "client_credential":
            raise Wrong(40001)
        now = self.now()
        if not self.tokens or self.tokens[-1][2] - now <= BOTH_WORK_S or body.get("force_refresh"):
            self.tokens.append((f"token-{self._number()}-{'x' * 480}", now, now + LIFE_S))
        token, _made, ends = self.tokens[-1]
        return {"access_token": token, "expires_in": int(ends - now)}

    def _demand_token(self, token):
        if not any(known == token and self.now() < ends for known, _made, ends in self.tokens):
            raise Wrong(40001 if token else 41001)

    def media_uploadimg(self, name, content, params):
        if _kind(content) not in {"jpg", "png"}:
            raise Wrong(40005)
        if len(content) > 1_000_000:
            raise Wrong(40009)
        url = f"http://mmbiz.qpic.cn/mmbiz_jpg/{quote(name)}{self._number()}/0"
        self.pictures[url] = content
        return {"url": url}

    def material_add_material(self, name, content, params):
        kind = _kind(content)
        if params.get("type") not in {"image", "thumb"} or kind is None:
            raise Wrong(40004)
        if len(content) > (10_000_000 if params["type"] == "image" else 64_000):
            raise Wrong(40009)
        media_id = f"material-{self._number()}"
        self.materials[media_id] = content
        return {"media_id": media_id, "url": f"http://mmbiz.qpic.cn/{media_id}"}

    def draft_add(self, body):
        self._demand("draft")
        articles = body.get("articles") or []
        if not 1 <= len(articles) <= 8:
            raise Wrong(45008)
        kept = [self._kept(article) for article in articles]
        media_id = f"draft-{self._number()}"
        self.drafts[media_id] = kept
        return {"media_id": media_id}

    def _kept(self, article):
        if not article.get("title") or len(article["title"]) > 64:
            raise Wrong(45003)
        if len(article.get("author", "")) > 16 or len(article.get("digest", "")) > 128:
            raise Wrong(45004)
        if len(article.get("content_source_url", "").encode()) > 1000:
            raise Wrong(45005)
        content = article.get("content", "")
        if len(re.sub(r"<[^>]+>", "", content)) >= 20_000 or len(content.encode()) >= 1_000_000:
            raise Wrong(45002)
        if article.get("article_type") == "newspic":
            used = [row["image_media_id"] for row in article["image_info"]["image_list"]]
            if not 1 <= len(used) <= 20 or not set(used) <= set(self.materials):
                raise Wrong(40007)
            return dict(article)
        if article.get("thumb_media_id") not in self.materials:
            raise Wrong(40007)
        return {**article, "content": re.sub(r'<img[^>]*src="([^"]*)"[^>]*>', self._picture, content)}

    def _picture(self, match):
        if match[1] in self.pictures:
            return match[0]
        self.filtered.append(match[1])
        return ""

    def draft_get(self, body):
        if body.get("media_id") not in self.drafts:
            raise Wrong(40007)
        return {"news_item": self.drafts[body["media_id"]]}

    def draft_count(self, _body):
        self._demand("draft")
        return {"total_count": len(self.drafts)}

    def freepublish_submit(self, body):
        self._demand("freepublish")
        if body.get("media_id") not in self.drafts:
            raise Wrong(40007)
        publish_id = self._number()
        self.jobs[publish_id] = {"media_id": body["media_id"], "course": list(self.course), "article_id": ""}
        if self.course[-1] == 0:
            self._publish(publish_id)
        return {
            "errcode": 0,
            "errmsg": "ok",
            "publish_id": publish_id,
            "msg_data_id": 2247500000 + int(publish_id) % 9999,
        }

    def _publish(self, publish_id):
        """The article can be read by the time that the job says so; the draft leaves the box."""
        job = self.jobs[publish_id]
        article_id = job["article_id"] = f"article-{publish_id}-{'U' * 20}"
        self.articles[article_id] = {
            "items": self._items(self.drafts.pop(job["media_id"]), publish_id),
            "at": self.now(),
        }

    def _items(self, articles, number):
        return [
            {
                **article, "is_deleted": False,
                "url": f"http://mp.weixin.qq.com/s?__biz=MzA&amp;mid={number}&amp;idx={place}&amp;sn=ab",
            }
            for place, article in enumerate(articles, start=1)
        ]  # fmt: skip

    def freepublish_get(self, body):
        job = self.jobs.get(str(body.get("publish_id")))
        if job is None:
            raise Wrong(53600)
        status = job["course"].pop(0) if len(job["course"]) > 1 else job["course"][0]
        answer = {"publish_id": body["publish_id"], "publish_status": status}
        if status == 0:
            rows = [
                {
                    "idx": place,
                    "article_url": f"http://mp.weixin.qq.com/s?__biz=MzA&mid={body['publish_id']}&idx={place}&sn=ab",
                }
                for place, _item in enumerate(self.articles[job["article_id"]]["items"], start=1)
            ]
            number = job["article_id"]
            detail = {"count": len(rows), "item": rows}
            return {**answer, "article_id": f"{number[:30]}\n{number[30:]}", "article_detail": detail, "fail_idx": []}
        return {**answer, "fail_idx": [1]}  # the official sample of "publishing" has it, too

    def freepublish_batchget(self, body):
        self._demand("freepublish")
        if not 1 <= body["count"] <= 20:
            raise Wrong(40007)
        rows = sorted(self.articles.items(), key=lambda row: -row[1]["at"])
        shown = rows[body["offset"] : body["offset"] + body["count"]]
        hidden = {"content"} if body.get("no_content") else set()
        items = [
            {
                "article_id": article_id,
                "content": {"news_item": [_without(item, hidden) for item in row["items"]]},
                "update_time": int(row["at"]),
            }
            for article_id, row in shown
        ]
        return {"total_count": len(rows), "item_count": len(items), "item": items}

    def freepublish_getarticle(self, body):
        row = self.articles.get(body.get("article_id"))
        if row is None:
            raise Wrong(53600)
        return {"news_item": row["items"]}

    def freepublish_delete(self, body):
        row = self.articles.get(body.get("article_id"))
        if row is None:
            raise Wrong(53600)
        index = body.get("index") or 0
        for place, item in enumerate(row["items"], start=1):
            item["is_deleted"] = item["is_deleted"] or index in (0, place)
        return {"errcode": 0, "errmsg": "ok"}

    def mass_sendall(self, body):
        self._demand("mass")
        name = body.get("clientmsgid", "")
        if len(name) > 32:
            raise Wrong(45067)
        known = next((row for row in self.sends.values() if name and row["name"] == name), None)
        if known is not None and known["waits"]:
            raise Wrong(89504, **self._number_of(known))
        if known is not None and self.now() - known["at"] < 86_400:
            raise Wrong(45065, msg_id=int(known["msg_id"]))
        if body["mpnews"]["media_id"] not in self.drafts:
            raise Wrong(40007)
        self._demand_quota()
        send = {
            "msg_id": self._number(), "name": name, "body": body, "at": self.now(), "is_out": False,
            "waits": self.is_protected, "course": list(self.sending),
            "articles": self.drafts[body["mpnews"]["media_id"]],
        }  # fmt: skip
        self.sends[send["msg_id"]] = send
        if self.is_protected:
            raise Wrong(89505, **self._number_of(send))
        self._send_out(send)
        return {
            "errcode": 0, "errmsg": "send job submission success",
            "msg_id": int(send["msg_id"]), "msg_data_id": 206227730,
        }  # fmt: skip

    def _number_of(self, send):
        return {"msg_id": int(send["msg_id"])} if self.tells_number else {}

    def _send_out(self, send):
        send["is_out"] = send["course"][-1] == "SEND_SUCCESS"
        if send["is_out"]:
            self.drafts.pop(send["body"]["mpnews"]["media_id"], None)
        if send["is_out"] and self.lists_sends:
            items = self._items(send["articles"], send["msg_id"])
            self.articles[f"article-{send['msg_id']}"] = {"items": items, "at": self.now()}

    def _demand_quota(self):
        form, most = ("%Y-%m-%d", 1) if self.kind == "subscription" else ("%Y-%m", 4)
        period = _beijing(self.now()).strftime(form)
        used = [row for row in self.sends.values() if row["is_out"] and _beijing(row["at"]).strftime(form) == period]
        if len(used) >= most:
            raise Wrong(45028)

    def mass_get(self, body):
        send = self.sends.get(str(body.get("msg_id")))
        if send is None:
            raise Wrong(40059)
        if send["waits"]:
            return {"msg_id": int(send["msg_id"]), "msg_status": "WAITING"}
        status = send["course"].pop(0) if len(send["course"]) > 1 else send["course"][0]
        return {"msg_id": int(send["msg_id"]), "msg_status": status}

    def mass_delete(self, body):
        send = self.sends.get(str(body.get("msg_id")))
        if send is None:
            raise Wrong(40059)
        send["is_out"] = False
        return {"errcode": 0, "errmsg": "ok"}

    def mass_preview(self, body):
        if body["mpnews"]["media_id"] not in self.drafts:
            raise Wrong(40007)
        if body.get("towxname") == "nobody":
            raise Wrong(40132)
        self.previews.append((body.get("towxname"), self.drafts[body["mpnews"]["media_id"]]))
        return {"errcode": 0, "errmsg": "preview success", "msg_id": 34182}

    def speed_get(self, _body):
        self._demand("mass")
        return {"speed": 3, "realspeed": 15}

    def tags_get(self, _body):
        return {"tags": TAGS}


def _body(request):
    """Read a JSON body as the platform does: raw UTF-8, no escapes in it."""
    if re.search(rb"\\u[0-9a-fA-F]{4}", request.content):
        raise Wrong(40033)
    try:
        return json.loads(request.content)
    except ValueError:
        raise Wrong(47001) from None


def _file(request):
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    request.read()
    for part in message_from_bytes(head + request.content).get_payload():
        if part.get_param("name", header="content-disposition") == "media":
            return part.get_filename(), part.get_payload(decode=True)
    raise Wrong(41005)


def _kind(content):
    return next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), None)


def _json(data):
    return httpx.Response(
        200, content=json.dumps(data, ensure_ascii=False).encode(), headers={"content-type": "application/json"}
    )


def _without(row, names):
    return {name: value for name, value in row.items() if name not in names}


def _beijing(at):
    return datetime.fromtimestamp(at, ZoneInfo("Asia/Shanghai"))
