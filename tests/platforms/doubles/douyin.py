"""A stand-in for Douyin's open platform that behaves as its documents say, over a real socket or in place.

    platform = DouyinPlatform()
    with platform.serving() as address:          # settings.PLATFORM_ADDRESSES["douyin"] = address
        platform.will("create_video", code=28003017)

It keeps tokens with their lives and renewals, the scopes an owner granted, uploads in parts, posts in
review, comments, talks and figures. `ahead_s` moves its clock. `string_numbers` writes numbers as text,
as older answers do. `cut(path, after_bytes)` closes the connection in the middle of a request.
"""

import hashlib
import json
import re
import secrets
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx

DAY = 86_400
ALL = (
    "user_info,video.create.bind,video.list.bind,video.data.bind,item.comment,im.direct_message.bind,"
    "data.external.item,data.external.user,renew_refresh_token"
)
NEEDS = {
    "create_video": "video.create.bind",
    "create_image_text": "video.create.bind",
    "upload_": "video.create.bind",
    "video_list": "video.list.bind",
    "video_data": "video.data.bind",
    "item/comment": "item.comment",
    "im/send": "im.direct_message.bind",
    "data/external/item": "data.external.item",
    "data/external/user": "data.external.user",
}
PART_MIN = 5 * 1024 * 1024


class Code(Exception):
    """An answer with an error code."""


class DouyinPlatform:
    def __init__(self, *, reviews=0, string_numbers=False):
        self.client_key, self.client_secret = "awkey123", "top-secret-of-the-app"
        self.reviews, self.string_numbers, self.ahead_s = reviews, string_numbers, 0.0
        self.access, self.refresh, self.codes = {}, {}, {}
        self.uploads, self.videos, self.images, self.posts, self.comments, self.said = {}, {}, {}, [], [], []
        self.faults, self.cuts, self.calls, self.queries = [], [], Counter(), []
        self.lock = threading.RLock()

    def will(self, path, *, code=0, status=0, times=1, hang_s=0.0, loses_answer=False):
        """Say what goes wrong at the next calls whose path holds `path`."""
        fault = {"path": path, "code": code, "status": status, "hang_s": hang_s, "loses_answer": loses_answer}
        self.faults += [fault] * times

    def cut(self, path, after_bytes=100_000):
        """Close the connection once, after so many bytes of a request's body."""
        self.cuts.append((path, after_bytes))

    def grant(self, scope=ALL, open_id="open-1"):
        """An owner signs in and grants `scope`; return the code that comes back."""
        code = secrets.token_hex(8)
        self.codes[code] = (open_id, scope)
        return code

    def secret(self, scope=ALL, open_id="open-1"):
        """Return the secret of an account that signed in just now."""
        told = self._tokens(open_id, scope)
        now = self.now()
        return {
            "client_key": self.client_key,
            "client_secret": self.client_secret,
            "open_id": open_id,
            "scope": scope,
            "access_token": told["access_token"],
            "access_ends": str(now + 15 * DAY),
            "refresh_token": told["refresh_token"],
            "refresh_ends": str(now + 30 * DAY),
            "renewals": "0",
        }

    def now(self):
        return time.time() + self.ahead_s

    def comment(self, item_id, text, *, author="reader-1", parent=""):
        made = {
            "comment_id": f"@c{len(self.comments) + 1}/+==",
            "comment_user_id": author,
            "content": text,
            "create_time": int(self.now()),
            "digg_count": 0,
            "reply_comment_total": 0,
            "nick_name": "小明",
            "avatar": "https://p.example/a.jpg",
            "top": False,
        }
        self.comments.append({"item_id": item_id, "parent": parent, "told": made})
        return made["comment_id"]

    def turn_down(self, item_id):
        self._item(item_id).update(video_status=2, is_reviewed=True)

    def webhook(self, event, content, *, sender="", receiver="open-1", key="msg-1", as_text=False):
        """Return (headers, body) of a call that the platform would make."""
        told = {"event": event, "client_key": self.client_key, "from_user_id": sender, "to_user_id": receiver}
        told["content"] = json.dumps(content) if as_text else content
        body = json.dumps(told).encode()
        signed = hashlib.sha1(self.client_secret.encode() + body).hexdigest()
        return {"X-Douyin-Signature": signed, "Msg-Id": key}, body

    def __call__(self, request):
        path, query = request.url.path, dict(parse_qsl(request.url.query.decode()))
        with self.lock:
            self.calls[path.strip("/").split("/")[-1]] += 1
            self.queries.append(request.url.query.decode())
            fault = next((one for one in self.faults if one["path"] in path), None)
            if fault:
                self.faults.remove(fault)
        if fault and fault["hang_s"]:
            time.sleep(fault["hang_s"])
        if fault and fault["status"]:
            return httpx.Response(fault["status"], json={"message": "trouble"})
        with self.lock:
            try:
                if fault and fault["code"]:
                    raise Code(fault["code"])
                data = self._answer(path, query, request)
            except Code as error:
                return self._envelope({"error_code": error.args[0], "description": "错误说明"}, error.args[0])
        if fault and fault["loses_answer"]:
            raise httpx.ReadError("cut", request=request)
        beside = {name: data.pop(name) for name in ("msg_id",) if name in data}
        return self._envelope({"error_code": 0, "description": "", **data}, 0, **beside)

    def _envelope(self, data, code, **beside):
        extra = {"error_code": code, "description": "", "logid": "2020081214193601", "now": int(self.now() * 1000)}
        told = {"data": data, "extra": extra, "message": "success" if not code else "error", **beside}
        return httpx.Response(200, json=_as_text(told) if self.string_numbers else told)

    def _answer(self, path, query, request):
        if path.startswith("/oauth/"):
            return self._oauth(path, dict(parse_qsl(request.content.decode())))
        open_id = self._who(request.headers.get("access-token", ""), path)
        if open_id != query.get("open_id"):
            raise Code(28001018)
        body = json.loads(request.content or b"{}") if _is_json(request) else {}
        name = path.strip("/").split("/")[-1]
        if path.startswith("/data/external/"):
            return self._external(path, query)
        if "/comment/" in path:
            return self._talk(path, query, body, open_id)
        return getattr(self, f"_{name}" if name != "msg" else "_send_msg")(query, body, request)

    def _who(self, token, path):
        known = self.access.get(token)
        if known is None:
            raise Code(28001003)
        open_id, ends, scope = known
        if ends < self.now():
            raise Code(28001008)
        needed = next((scope for part, scope in NEEDS.items() if part in path), None)
        if needed and needed not in scope.split(","):
            raise Code(28001014)
        return open_id

    def _oauth(self, path, form):
        if path.endswith("/access_token/"):
            if (form["client_key"], form["client_secret"]) != (self.client_key, self.client_secret):
                raise Code(10003)
            if form.get("code") not in self.codes:
                raise Code(10007)
            return self._tokens(*self.codes.pop(form["code"]))
        if path.endswith("/userinfo/"):
            known = self.access.get(form.get("access_token"))
            if known is None or known[1] < self.now():
                raise Code(2190008)
            return {"nickname": "岚序茶饮", "avatar": "https://p.example/us.jpg", "open_id": known[0]}
        row = self.refresh.get(form.get("refresh_token"))
        if row is None or row["ends"] < self.now():
            raise Code(10010)
        if path.endswith("/renew_refresh_token/"):
            return self._renew(form["refresh_token"], row)
        token = self._new_access(row["open_id"], row["scope"])
        return {
            "access_token": token,
            "expires_in": 15 * DAY,
            "refresh_token": form["refresh_token"],
            "refresh_expires_in": 30 * DAY,  # it names the full life though the token stays as it was
            "open_id": row["open_id"],
            "scope": row["scope"],
        }

    def _renew(self, token, row):
        if row["renewals"] >= 5:
            raise Code(10020)
        del self.refresh[token]
        new = f"rft.{secrets.token_hex(12)}"
        self.refresh[new] = {**row, "ends": self.now() + 30 * DAY, "renewals": row["renewals"] + 1}
        return {"refresh_token": new, "expires_in": 30 * DAY}

    def _tokens(self, open_id, scope):
        token = f"rft.{secrets.token_hex(12)}"
        self.refresh[token] = {"open_id": open_id, "scope": scope, "ends": self.now() + 30 * DAY, "renewals": 0}
        return {
            "access_token": self._new_access(open_id, scope),
            "expires_in": 15 * DAY,
            "refresh_token": token,
            "refresh_expires_in": 30 * DAY,
            "open_id": open_id,
            "scope": scope,
        }

    def _new_access(self, open_id, scope):
        token = f"act.{secrets.token_hex(12)}"
        self.access[token] = (open_id, self.now() + 15 * DAY, scope)
        return token

    def _upload_video(self, query, body, request):
        content = _file(request, "video")
        if len(content) > 128 * 1024 * 1024:
            raise Code(28001007)
        return {"video": self._keep(content)}

    def _init_video_part_upload(self, query, body, request):
        upload_id = f"@up{len(self.uploads) + 1}/="
        self.uploads[upload_id] = {}
        return {"upload_id": upload_id}

    def _upload_video_part(self, query, body, request):
        parts = self.uploads.get(query.get("upload_id"))
        if parts is None:
            raise Code(28001007)
        parts[int(query["part_number"])] = _file(request, "video")
        return {}

    def _complete_video_part_upload(self, query, body, request):
        parts = self.uploads.get(query.get("upload_id"))
        if not parts or sorted(parts) != list(range(1, len(parts) + 1)):
            raise Code(28001007)
        if any(len(parts[number]) < PART_MIN for number in range(1, len(parts))):
            raise Code(28001007)
        content = b"".join(parts[number] for number in sorted(parts))
        del self.uploads[query["upload_id"]]
        return {"video": self._keep(content)}

    def _keep(self, content):
        video_id = f"v0200{len(self.videos) + 1}"
        self.videos[video_id] = hashlib.sha256(content).hexdigest()
        return {"video_id": video_id, "width": 720, "height": 1280}

    def _upload_image(self, query, body, request):
        image_id = f"@img{len(self.images) + 1}/="
        self.images[image_id] = len(_file(request, "image"))
        return {"image": {"image_id": image_id, "width": 360, "height": 360}}

    def _create_video(self, query, body, request):
        if body.get("video_id") not in self.videos:
            raise Code(28001007)
        return {"item_id": self._make(body, 4, self.videos.pop(body["video_id"]))}

    def _create_image_text(self, query, body, request):
        wanted = body.get("image_list") or []
        if not wanted or len(wanted) > 30 or any(one not in self.images for one in wanted):
            raise Code(28001007)
        return {"item_id": self._make(body, 2, ""), "video_id": "7215"}

    def _make(self, body, media_type, sha256):
        item_id = f"@item{len(self.posts) + 1}/T+8=="
        self.posts.append(
            {
                "item_id": item_id,
                "title": body["text"],
                "create_time": int(self.now()),
                "video_status": 4,
                "is_reviewed": False,
                "is_top": False,
                "media_type": media_type,
                "share_url": f"https://www.iesdouyin.com/share/video/{len(self.posts) + 1}",
                "cover": "",
                "statistics": dict.fromkeys(
                    ("play_count", "digg_count", "share_count", "download_count", "forward_count"), 0
                ),
                "body": body,
                "sha256": sha256,
                "looks": self.reviews,
            }
        )
        self.comment(item_id, "想喝")
        return item_id

    def _item(self, item_id):
        return next(item for item in self.posts if item["item_id"] == item_id)

    def _video_data(self, query, body, request):
        return {"list": [self._shown(item) for item in self.posts if item["item_id"] in body["item_ids"]]}

    def _video_list(self, query, body, request):
        start, size = int(query["cursor"]), int(query["count"])
        rows = list(reversed(self.posts))
        found = [self._shown(item) for item in rows[start : start + size]]
        return {"list": found, "cursor": start + size, "has_more": start + size < len(rows)}

    def _shown(self, item):
        if item["video_status"] == 4:
            if item["looks"] <= 0:
                item.update(video_status=1, is_reviewed=True)
            item["looks"] -= 1
        talk = sum(1 for one in self.comments if one["item_id"] == item["item_id"])
        told = {name: value for name, value in item.items() if name not in ("body", "sha256", "looks")}
        return {**told, "statistics": {**item["statistics"], "comment_count": talk}}

    def _talk(self, path, query, body, open_id):
        if path.endswith("/list/"):
            parent = query.get("comment_id", "")
            rows = [
                one["told"] | {"reply_comment_total": self._answers(one["told"]["comment_id"])}
                for one in reversed(self.comments)
                if one["item_id"] == query["item_id"] and one["parent"] == parent
            ]
            start = int(query["cursor"])
            return {"list": rows[start : start + 50], "cursor": start + 50, "has_more": start + 50 < len(rows)}
        known = next((one for one in self.comments if one["told"]["comment_id"] == body["comment_id"]), None)
        if known is None or known["item_id"] != body["item_id"]:
            raise Code(28001007)
        if path.endswith("/top/"):
            known["told"]["top"] = body["top"]
            return {}
        return {
            "comment_id": self.comment(body["item_id"], body["content"], author=open_id, parent=body["comment_id"])
        }

    def _answers(self, comment_id):
        return sum(1 for one in self.comments if one["parent"] == comment_id)

    def _send_msg(self, query, body, request):
        self.said.append(body)
        return {"msg_id": f"@m{len(self.said)}"}

    def _external(self, path, query):
        kind = path.strip("/").split("/")[-1]
        if "external/item/" in path and kind == "base":
            told = {"total_play": 300, "total_like": 20, "total_comment": 3, "total_share": 1, "avg_play_duration": 7}
            return {"result": told}
        if "external/item/" in path:
            return {"result_list": [{"date": "2026-11-24", kind: 12}]}
        rows = {
            "fans": {"new_fans": 5, "total_fans": 1205},
            "item": {"new_issue": 1, "new_play": 900, "total_issue": 42},
            "profile": {"profile_uv": 30},
        }
        told = rows.get(kind, {f"new_{kind}": 4})
        return {"result_list": [{"date": "2026-11-23", **dict.fromkeys(told, 1)}, {"date": "2026-11-24", **told}]}

    @contextmanager
    def serving(self):
        """Answer on a free port of 127.0.0.1; gives the address."""
        platform = self

        class Answers(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                self.close_connection = True
                length = int(self.headers.get("Content-Length") or 0)
                cut = next((one for one in platform.cuts if one[0] in self.path), None)
                if cut:
                    platform.cuts.remove(cut)
                    self.rfile.read(min(cut[1], length))
                    return
                body = self.rfile.read(length)
                address = f"http://{self.headers['Host']}{self.path}"
                request = httpx.Request(self.command, address, headers=dict(self.headers), content=body)
                try:
                    told = platform(request)
                except httpx.ReadError:
                    return
                self.send_response(told.status_code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(told.content)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(told.content)

            do_GET = do_POST = answer  # noqa: N815

            def log_message(self, *_args):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_args):
                """A killed worker hangs up in the middle; that is what some tests are about."""

        server = Server(("127.0.0.1", 0), Answers)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()


def scopes_asked(address):
    """Return what an authorise address asks for."""
    return parse_qs(urlsplit(address).query)["scope"][0].split(",")


def _is_json(request):
    return "json" in request.headers.get("content-type", "")


def _file(request, name):
    """Return the bytes of one file of a multipart form."""
    mark = re.search(r"boundary=([^;]+)", request.headers["content-type"])[1].encode()
    head, _sep, rest = request.content.partition(b"\r\n\r\n")
    if f'name="{name}"'.encode() not in head:
        raise Code(28001007)
    return rest[: rest.rfind(b"\r\n--" + mark)]


def _as_text(told):
    if isinstance(told, dict):
        return {name: _as_text(value) for name, value in told.items()}
    if isinstance(told, list):
        return [_as_text(value) for value in told]
    return str(told) if isinstance(told, int) and not isinstance(told, bool) else told
