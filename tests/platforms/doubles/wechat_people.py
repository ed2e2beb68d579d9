"""The half of an Official Account that has to do with people: talks, comments, contacts, menu, figures.

    world = WeChatPeople()
    world.follow("oAnna"); world.write("oAnna", "多少钱？")   # each returns (address parts, body) of a callback
    world.comment(send, "好喝")                               # a reader comments; returns the comment's id
    world.day("2026-11-20", new=12, lost=3, total=1200)      # what the figures say of a day

Callbacks are made as the platform makes them, plain or in safe mode (`aes_key`); `post` them to the
product with Django's client.
"""

import time
from datetime import date, timedelta
from itertools import count

from platforms.connectors.wechat import crypto
from tests.platforms.doubles.wechat import APP_ID, WeChat, Wrong

TOKEN, AES_KEY = "lanxu2026", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"  # noqa: S105
ALL = ("draft", "freepublish", "mass", "comment", "custom", "user", "menu", "datacube")


class WeChatPeople(WeChat):
    def __init__(self, *, rights=ALL, aes_key=AES_KEY, first_index=0, **more):
        super().__init__(rights=rights, **more)
        self.aes_key, self.first_index = aes_key, first_index
        self.followers, self.tags = {}, {2: "星标组", 127: "广东"}
        self.windows, self.said = {}, []
        self.comments, self.open_articles = {}, set()
        self.buttons, self.days, self.articles_read = None, {}, {}
        self.has_new_figures = True
        self._ids = count(1)

    def follow(self, who, name=""):
        self.followers[who] = {"openid": who, "nickname": name, "subscribe": 1, "subscribe_time": int(time.time())}
        self.windows[who] = [time.time() + 60, 3]
        return self.event(who, "subscribe")

    def leave(self, who):
        self.followers.pop(who, None)
        return self.event(who, "unsubscribe")

    def write(self, who, text, *, at=None, **more):
        self.windows[who] = [(at or time.time()) + 48 * 3600, 5]
        number = more.pop("MsgId", 10**15 + next(self._ids))
        fields = {"MsgType": "text", "Content": text} | more
        return self.callback(who, at=at, **fields, MsgId=number)

    def press(self, who, key):
        return self.event(who, "CLICK", EventKey=key)

    def event(self, who, word, **more):
        return self.callback(who, MsgType="event", Event=word, **more)

    def callback(self, who, *, at=None, **fields):
        told = {"ToUserName": "gh_lanxu", "FromUserName": who, "CreateTime": int(at or time.time())} | fields
        return self.envelope(_xml(told))

    def envelope(self, inside, *, stamp=None, nonce="437374425", token=TOKEN, app_id=APP_ID):
        """Return (query, body) as the platform sends it."""
        stamp = str(int(stamp or time.time()))
        query = {"signature": crypto.signature_of(token, stamp, nonce), "timestamp": stamp, "nonce": nonce}
        if not self.aes_key:
            return query, inside.encode()
        encrypted = crypto.sealed(inside.encode(), crypto.key_of(self.aes_key), app_id)
        signature = crypto.signature_of(token, stamp, nonce, encrypted)
        body = f"<xml><ToUserName><![CDATA[gh_lanxu]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        return query | {"encrypt_type": "aes", "msg_signature": signature}, body.encode()

    def comment(self, send, text, *, who="oReader", article=1):
        number = next(self._ids)
        row = {"user_comment_id": number, "openid": who, "create_time": int(time.time()), "content": text,
               "comment_type": 0, "reply": []}  # fmt: skip
        self.comments.setdefault((int(send), article), []).append(row)
        return number

    def day(self, day, *, new=0, lost=0, total=0, reads=0):
        self.days[day] = {"new": new, "lost": lost, "total": total, "reads": reads}

    def _answer(self, name, request):
        self._params = request.url.params
        return super()._answer(name, request)

    def custom_typing(self, body):
        self._demand("custom")
        raise Wrong(40003)

    def custom_send(self, body):
        self._demand("custom")
        until, left = self.windows.get(body["touser"], (0, 0))
        if time.time() >= until:
            raise Wrong(45015)
        if left < 1:
            raise Wrong(45047)
        self.windows[body["touser"]][1] -= 1
        self.said.append((body["touser"], body["text"]["content"]))
        return {"errcode": 0, "errmsg": "ok"}

    def _article(self, body):
        key = (body["msg_data_id"], body["index"] - self.first_index + 1)
        if key not in self.comments:
            raise Wrong(88001)
        return self.comments[key]

    def _one_comment(self, body):
        found = [row for row in self._article(body) if row["user_comment_id"] == body["user_comment_id"]]
        if not found:
            raise Wrong(88008)
        return found[0]

    def comment_list(self, body):
        self._demand_comments()
        rows = self._article(body)
        return {"errcode": 0, "total": len(rows), "comment": rows[body["begin"] : body["begin"] + body["count"]]}

    def _demand_comments(self):
        if "comment" not in self.rights:
            raise Wrong(88000)

    def comment_markelect(self, body):
        self._one_comment(body)["comment_type"] = 1
        return {"errcode": 0}

    def comment_unmarkelect(self, body):
        self._one_comment(body)["comment_type"] = 0
        return {"errcode": 0}

    def comment_delete(self, body):
        self._article(body).remove(self._one_comment(body))
        return {"errcode": 0}

    def comment_open(self, body):
        self.open_articles.add((body["msg_data_id"], body["index"]))
        return {"errcode": 0}

    def comment_close(self, body):
        self.open_articles.discard((body["msg_data_id"], body["index"]))
        return {"errcode": 0}

    def reply_add(self, body):
        row = self._one_comment(body)
        if row["reply"]:
            raise Wrong(88005)
        row["reply"] = [{"content": body["content"], "create_time": int(time.time())}]
        return {"errcode": 0}

    def reply_delete(self, body):
        self._one_comment(body)["reply"] = []
        return {"errcode": 0}

    def user_get(self, body):
        self._demand("user")
        ids = sorted(self.followers)
        after = self._params.get("next_openid", "")
        page = [each for each in ids if each > after][:3]
        data = {"data": {"openid": page}} if page else {}
        return {"total": len(ids), "count": len(page), "next_openid": page[-1] if page else "", **data}

    def info_batchget(self, body):
        ids = [row["openid"] for row in body["user_list"]]
        return {"user_info_list": [self.followers.get(each, {"subscribe": 0, "openid": each}) for each in ids]}

    def info_updateremark(self, body):
        self.followers[body["openid"]]["remark"] = body["remark"]
        return {"errcode": 0}

    def tags_get(self, body):
        self._demand("user")
        return {"tags": [{"id": key, "name": name, "count": 0} for key, name in self.tags.items()]}

    def tags_create(self, body):
        if body["tag"]["name"] in self.tags.values():
            raise Wrong(45157)
        number = max(self.tags) + 1
        self.tags[number] = body["tag"]["name"]
        return {"tag": {"id": number, "name": body["tag"]["name"]}}

    def tags_update(self, body):
        self.tags[body["tag"]["id"]] = body["tag"]["name"]
        return {"errcode": 0}

    def tags_delete(self, body):
        del self.tags[body["tag"]["id"]]
        return {"errcode": 0}

    def members_batchtagging(self, body):
        for who in body["openid_list"]:
            labels = self.followers[who].setdefault("tagid_list", [])
            labels.extend({body["tagid"]} - set(labels))
        return {"errcode": 0}

    def members_batchuntagging(self, body):
        for who in body["openid_list"]:
            self.followers[who]["tagid_list"].remove(body["tagid"])
        return {"errcode": 0}

    def menu_get(self, body):
        self._demand("menu")
        raise Wrong(46003)

    def menu_create(self, body):
        self._demand("menu")
        self.buttons = body["button"]
        return {"errcode": 0}

    def menu_delete(self, body):
        self._demand("menu")
        self.buttons = None
        return {"errcode": 0}

    def get_current_selfmenu_info(self, body):
        if self.buttons is None:
            return {"is_menu_open": 0}
        rows = [_live(button) for button in self.buttons]
        return {"is_menu_open": 1, "selfmenu_info": {"button": rows}}

    def datacube_getusercumulate(self, body):
        self._demand("datacube")
        return {
            "list": [{"ref_date": day, "cumulate_user": self.days[day]["total"]} for day in self._asked_days(body)]
        }

    def datacube_getusersummary(self, body):
        rows = []
        for day in self._asked_days(body):
            told = self.days[day]
            rows.append({"ref_date": day, "user_source": 0, "new_user": told["new"] - 2, "cancel_user": told["lost"]})
            rows.append({"ref_date": day, "user_source": 30, "new_user": 2, "cancel_user": 0})
        return {"list": rows}

    def datacube_getbizsummary(self, body):
        if not self.has_new_figures:
            raise Wrong(40066)
        rows = [{"ref_date": day, "detail": {"read_user": self.days[day]["reads"]}} for day in self._asked_days(body)]
        return {"list": rows, "is_delay": False}

    def datacube_getarticletotaldetail(self, body):
        self._demand("datacube")
        if not self.has_new_figures:
            raise Wrong(61500)
        return {"list": self.articles_read.get(body["begin_date"], []), "is_delay": False}

    def datacube_getarticletotal(self, body):
        return {"list": self.articles_read.get(body["begin_date"], [])}

    def _asked_days(self, body):
        begin, end = date.fromisoformat(body["begin_date"]), date.fromisoformat(body["end_date"])
        if (end - begin).days > 6:
            raise Wrong(61501)
        days = [(begin + timedelta(days=n)).isoformat() for n in range((end - begin).days + 1)]
        return [day for day in days if day in self.days]


def _live(button):
    if button.get("sub_button"):
        return {"name": button["name"], "sub_button": {"list": [_live(each) for each in button["sub_button"]]}}
    return dict(button)


def _xml(told):
    return f"<xml>{_inner(told)}</xml>"


def _inner(told):
    return "".join(
        f"<{name}>{_inner(value) if isinstance(value, dict) else f'<![CDATA[{value}]]>'}</{name}>"
        for name, value in told.items()
    )
