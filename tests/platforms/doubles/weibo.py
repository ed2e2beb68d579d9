"""Weibo as its documents describe it: OAuth, sharing with its rules, comments, counts, quotas, error codes.

    with serving(WeiboDouble()) as weibo:
        settings.PLATFORM_ADDRESSES = settings.PLATFORM_ADDRESSES | {"weibo": weibo.address}
        weibo.fail("statuses/share", 10014)     # the next call answers with this code
        weibo.is_delayed = True                 # sharing answers 20032 and shows the post when told to

Shapes after PLATFORMS section 2; error answers come with status 400, or 200 with `says_200`.
"""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx

from tests.platforms.doubles.serving import Trouble, consent_page, form_of

APP_KEY, APP_SECRET, DOMAIN = "2045436852", "a-secret-of-the-app", "lanxu.example"
UID = 1404376560
LINK = re.compile(r"https?://[\w./?=&%\-]+")
WORDS = {
    10014: "Insufficient app permissions!",
    10023: "User requests out of rate limit!",
    20012: "text too long, please input text less than 140 characters!",
    20019: "repeat content!",
    20021: "content is illegal!",
    20032: "Update success, while server slow now, please wait 1-2 minutes!",
    20101: "target weibo does not exist!",
    20201: "target weibo comment does not exist!",
    21325: "invalid authorization code",
    21327: "expired_token",
    21332: "invalid_access_token",
}


class WeiboDouble:
    def __init__(self):
        self.address = "https://weibo.test"
        self.trouble = Trouble()
        self.redirect_uris = None
        self.token, self.expires_in = "token-1", 2_592_000
        self.is_signed_in = True
        self.codes = {}
        self.statuses, self.hidden, self.comments, self.mentions = [], [], [], []
        self.pictures = []
        self.failing = {}
        self.not_granted = set()
        self.is_delayed = self.says_200 = False
        self.quota = 10_000
        self.asked = []
        self.number = 5_012_345_678_900_000

    @property
    def posts(self):
        return self.statuses

    def fail(self, call, code, times=1):
        """Let the next calls answer with an error code."""
        self.failing.setdefault(call, []).extend([code] * times)

    def show_hidden(self):
        """Show what was taken with a delay."""
        self.statuses[:0] = self.hidden
        self.hidden = []

    def say(self, status, text, *, user=None, to=None, at=None):
        """Comment under a status as somebody else; return the comment."""
        made = {
            "id": self.next_number(),
            "created_at": written(at or datetime.now(UTC)),
            "text": text,
            "source": "iPhone",
            "user": user or person(88, "爱喝茶的猫"),
            "status": status,
        }
        made |= {"idstr": str(made["id"]), "mid": str(made["id"])}
        if to:
            made["reply_comment"] = {name: value for name, value in to.items() if name != "status"}
        self.comments.insert(0, made)
        return made

    def next_number(self):
        self.number += 1
        return self.number

    def error(self, code):
        words = WORDS.get(code, "something")
        body = {"request": "/2/x.json", "error_code": code, "error": words}
        return httpx.Response(200 if self.says_200 else 400, json=body)

    def __call__(self, request):
        path = request.url.path
        self.asked.append(path)
        if path == "/oauth2/authorize":
            return self.authorize(dict(request.url.params))
        fields, files = form_of(request) if request.method == "POST" else ({}, {})
        given = {name: values[-1] for name, values in fields.items()} | dict(request.url.params)
        if path == "/oauth2/access_token":
            return self.access_token(given)
        call = path.removeprefix("/2/").removesuffix(".json").removeprefix("/")
        if refusal := self.judge(call, given):
            return self.error(refusal)
        answers = getattr(self, call.replace("/", "_").replace("oauth2_", ""))
        return answers(given, files)

    def judge(self, call, given):
        if self.failing.get(call):
            return self.failing[call].pop(0)
        if given.get("access_token") != self.token:
            return 21332
        if not self.is_signed_in:
            return 21327
        if call in self.not_granted:
            return 10014
        self.quota -= 1
        return 10023 if self.quota < 0 else 0

    def authorize(self, asked):
        if asked.get("client_id") != APP_KEY:
            return self.error(21324)
        if self.redirect_uris is not None and asked["redirect_uri"] not in self.redirect_uris:
            return self.error(21322)
        code = f"code-{self.next_number()}"
        self.codes[code] = asked["redirect_uri"]
        denied = {"error": "access_denied", "error_code": 21330, "error_description": "user denied"}
        back = asked["redirect_uri"]
        return consent_page(
            "Weibo",
            f"{back}?{urlencode({'state': asked['state'], 'code': code})}",
            f"{back}?{urlencode({'state': asked['state'], **denied})}",
        )

    def access_token(self, given):
        if (given.get("client_id"), given.get("client_secret")) != (APP_KEY, APP_SECRET):
            return self.error(21324)
        if self.codes.pop(given.get("code"), None) != given.get("redirect_uri"):
            return self.error(21325)
        told = {"access_token": self.token, "expires_in": self.expires_in, "remind_in": "1", "uid": str(UID)}
        return httpx.Response(200, json=told)

    def get_token_info(self, _given, _files):
        return httpx.Response(
            200, json={"uid": UID, "appkey": APP_KEY, "scope": None, "create_at": 1, "expire_in": self.expires_in}
        )

    def account_get_uid(self, _given, _files):
        return httpx.Response(200, json={"uid": UID})

    def users_show(self, _given, _files):
        counts = {"followers_count": 90850, "friends_count": 210, "statuses_count": 1200 + len(self.statuses)}
        return httpx.Response(200, json=person(UID, "岚序茶饮") | counts)

    def statuses_share(self, given, files):
        text = given.get("status", "")
        if not given.get("rip"):
            return self.error(10017)
        if len(re.sub(LINK, "t" * 20, text).encode("gb18030")) > 280:
            return self.error(20012)
        if not any(DOMAIN in link for link in LINK.findall(text)) or re.search("#[^#]+#", text):
            return self.error(20021)
        if any(text == status["raw"] for status in [*self.statuses, *self.hidden]):
            return self.error(20019)
        if "pic" in files:
            self.pictures.append(files["pic"])
        made = self.make_status(text)
        if self.is_delayed:
            self.hidden.insert(0, made)
            return self.error(20032)
        self.statuses.insert(0, made)
        return self.shown(made)

    def make_status(self, text, at=None, user=None):
        number = self.next_number()
        return {
            "raw": text,
            "id": number, "idstr": str(number), "mid": str(number),
            "created_at": written(at or datetime.now(UTC)),
            "text": LINK.sub(lambda found: f"http://t.cn/A6{abs(hash(found.group())) % 10**6:06}", text),
            "user": user or person(UID, "岚序茶饮"),
            "reposts_count": 3, "comments_count": 0, "attitudes_count": 12,
        }  # fmt: skip

    def shown(self, status):
        return httpx.Response(200, json={name: value for name, value in status.items() if name != "raw"})

    def statuses_user_timeline(self, given, _files):
        rows = [{name: value for name, value in row.items() if name != "raw"} for row in self.statuses]
        return httpx.Response(200, json={"statuses": page_of(rows, given), "total_number": len(rows)})

    def statuses_show(self, given, _files):
        found = next((row for row in self.statuses if row["idstr"] == given["id"]), None)
        return self.shown(found) if found else self.error(20101)

    def statuses_mentions(self, given, _files):
        return httpx.Response(200, json={"statuses": page_of(self.mentions, given)})

    def statuses_destroy(self, given, _files):
        for row in self.statuses:
            if row["idstr"] == given["id"]:
                self.statuses.remove(row)
                return self.shown(row)
        return self.error(20101)

    def statuses_count(self, given, _files):
        asked = given["ids"].split(",")
        rows = [
            {
                "id": row["id"],
                "comments": row["comments_count"],
                "reposts": row["reposts_count"],
                "attitudes": row["attitudes_count"],
            }
            for row in self.statuses
            if row["idstr"] in asked
        ]
        return httpx.Response(200, json=rows)

    def comments_to_me(self, given, _files):
        return self.rows_of_comments(given, [row for row in self.comments if row["user"]["id"] != UID])

    def comments_timeline(self, given, _files):
        return self.rows_of_comments(given, self.comments)

    def comments_show(self, given, _files):
        rows = [row for row in self.comments if str(row["status"]["id"]) == given["id"]]
        return self.rows_of_comments(given, rows)

    def rows_of_comments(self, given, rows):
        return httpx.Response(200, json={"comments": page_of(rows, given), "total_number": len(rows)})

    def comments_reply(self, given, _files):
        parent = next((row for row in self.comments if row["idstr"] == given["cid"]), None)
        if parent is None:
            return self.error(20201)
        made = self.say(parent["status"], given["comment"], user=person(UID, "岚序茶饮"), to=parent)
        return httpx.Response(200, json=made)

    def comments_create(self, given, _files):
        status = next(row for row in [*self.statuses, *self.mentions] if row["idstr"] == given["id"])
        return httpx.Response(200, json=self.say(status, given["comment"], user=person(UID, "岚序茶饮")))

    def comments_destroy(self, given, _files):
        for row in self.comments:
            if row["idstr"] == given["cid"]:
                self.comments.remove(row)
                return httpx.Response(200, json=row)
        return self.error(20201)


def person(number, name):
    return {
        "id": number, "idstr": str(number), "screen_name": name, "name": name,
        "profile_image_url": f"https://tva.example/{number}/50", "avatar_large": f"https://tva.example/{number}/180",
    }  # fmt: skip


def page_of(rows, given):
    count, page = int(given.get("count", 20)), int(given.get("page", 1))
    return rows[(page - 1) * count : page * count]


def written(at):
    """`Wed Oct 24 23:49:17 +0800 2012`"""
    return (at.astimezone(UTC) + timedelta(hours=8)).strftime("%a %b %d %H:%M:%S +0800 %Y")
