"""A server that speaks the Mastodon API: Mastodon itself, or one of its look-alikes.

    with serving(MastodonDouble()) as server: ...
    MastodonDouble(software="gotosocial")       # ignores Idempotency-Key, lacks some lists, counts links as 25

Shapes after https://docs.joinmastodon.org/ (2026-11); errors are `{"error": "…"}`.
"""

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode

import httpx

from tests.platforms.doubles.serving import Trouble, consent_page, form_of

US, BOB = "109", "221"
LINK = re.compile(r"https?://[\w./?=&%\-]+")
MENTION = re.compile(r"@(\w+)@([\w.]+)")


class MastodonDouble:
    def __init__(self, software="mastodon", *, max_characters=500):
        self.address = "https://tea.test"
        self.trouble = Trouble()
        self.software, self.max_characters = software, max_characters
        self.is_genuine = software == "mastodon"
        self.apps, self.codes, self.tokens = {}, {}, {"token-1": "read write"}
        self.scopes_known = True
        self.statuses, self.keys, self.media, self.notifications = {}, {}, {}, []
        self.left = 300
        self.is_slow_with_media = True
        self.number = 112_000_000_000_000_000
        self.asked = []

    @property
    def posts(self):
        return [row for row in self.statuses.values() if row["account"]["id"] == US and row["key"] != "put"]

    def say(self, text, *, account=BOB, to=None, visibility="public", at=None):
        """Post as somebody else; what mentions us is notified."""
        row = self.make(text, account=account, to=to, visibility=visibility, at=at)
        if account != US and ("@lanxu" in text or (to and self.statuses[to]["account"]["id"] == US)):
            self.notifications.insert(
                0,
                {
                    "id": self.next_number(),
                    "type": "mention",
                    "created_at": row["created_at"],
                    "account": row["account"],
                    "status": row,
                },
            )
        return row["id"]

    def make(self, text, *, account=US, to=None, visibility="public", at=None, key="put", **more):
        parent = self.statuses.get(to)
        row = {
            "id": self.next_number(),
            "created_at": (at or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "in_reply_to_id": to,
            "in_reply_to_account_id": parent["account"]["id"] if parent else None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": visibility,
            "language": "zh",
            "content": self.written(text),
            "account": self.account(account),
            "media_attachments": [],
            "mentions": [
                {"id": "7", "username": name, "acct": f"{name}@{host}", "url": f"https://{host}/@{name}"}
                for name, host in MENTION.findall(text)
            ],
            "reblog": None,
            "replies_count": 0,
            "reblogs_count": 2,
            "favourites_count": 5,
            "key": key,
            **more,
        }
        row["url"] = row["uri"] = f"{self.address}/@lanxu/{row['id']}"
        if parent:
            parent["replies_count"] += 1
        self.statuses[row["id"]] = row
        return row

    def written(self, text):
        def link(found):
            shown = found.group().removeprefix("https://")
            return (
                f'<a href="{found.group()}" rel="nofollow"><span class="invisible">https://</span>'
                f'<span class="ellipsis">{shown[:30]}</span><span class="invisible">{shown[30:]}</span></a>'
            )

        def mention(found):
            url = f"https://{found[2]}/@{found[1]}"
            return f'<span class="h-card"><a href="{url}" class="u-url mention">@<span>{found[1]}</span></a></span>'

        lines = MENTION.sub(mention, LINK.sub(link, html.escape(text, quote=False)))
        return "".join(f"<p>{part.replace(chr(10), '<br />')}</p>" for part in lines.split("\n\n"))

    def account(self, number):
        name = {US: "lanxu", BOB: "bob"}[number]
        return {
            "id": number, "username": name, "acct": name if number == US else f"{name}@far.example",
            "display_name": {US: "岚序茶饮", BOB: "Bob"}[number], "url": f"{self.address}/@{name}",
            "avatar": "", "avatar_static": "https://img.example/a.png",
            "followers_count": 1204, "following_count": 31, "statuses_count": len(self.statuses),
        }  # fmt: skip

    def next_number(self):
        self.number += 1
        return str(self.number)

    def __call__(self, request):
        path, method = request.url.path, request.method
        self.asked.append(f"{method} {path}")
        query = parse_qs(request.url.query.decode())
        fields, files = form_of(request) if method != "GET" else ({}, {})
        if answers := OPEN.get(path):
            return getattr(self, answers)(fields or query)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return error(401, "The access token is invalid")
        self.left -= 1
        if self.left < 0:
            reset = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
            return httpx.Response(429, json={"error": "Too many requests"}, headers={"X-RateLimit-Reset": reset})
        for pattern, verb, answers in ROUTES:
            if verb == method and (found := re.fullmatch(pattern, path)):
                if self.software in MISSING.get(answers, ()):
                    return error(404, "Not Found")
                return getattr(self, answers)(*found.groups(), given=fields or query, files=files, request=request)
        return error(404, "Record not found")

    def new_app(self, given):
        scopes = given["scopes"][0]
        if not self.scopes_known and ":" in scopes:
            return error(422, "Validation failed: Scopes doesn't match configured on the server.")
        app = {"client_id": f"app-{self.next_number()}", "client_secret": f"secret-{self.next_number()}"}
        self.apps[app["client_id"]] = app | {"redirect": given["redirect_uris"][0], "scopes": scopes}
        return httpx.Response(200, json=app | {"name": given["client_name"][0]})

    def authorize(self, given):
        asked = {name: values[0] for name, values in given.items()}
        app = self.apps.get(asked["client_id"])
        if app is None or app["redirect"] != asked["redirect_uri"]:
            return error(401, "Client authentication failed")
        code = f"code-{self.next_number()}"
        self.codes[code] = asked
        back, denied = asked["redirect_uri"], {"error": "access_denied", "error_description": "The owner denied it."}
        return consent_page(
            "Tea server",
            f"{back}?{urlencode({'code': code, 'state': asked['state']})}",
            f"{back}?{urlencode({**denied, 'state': asked['state']})}",
        )

    def new_token(self, given):
        asked = {name: values[0] for name, values in given.items()}
        begun, app = self.codes.pop(asked["code"], None), self.apps.get(asked["client_id"])
        if app is None or app["client_secret"] != asked["client_secret"]:
            return error(401, "invalid_client")
        if begun is None or begun["redirect_uri"] != asked["redirect_uri"]:
            return error(400, "invalid_grant")
        token = f"token-{self.next_number()}"
        self.tokens[token] = app["scopes"]
        told = {"access_token": token, "token_type": "Bearer", "scope": app["scopes"]}
        return httpx.Response(200, json=told)

    def instance_v2(self, _given):
        if self.software == "pleroma":
            return error(404, "Not implemented")
        posts = {
            "max_characters": self.max_characters,
            "max_media_attachments": 4,
            "characters_reserved_per_url": 23 if self.is_genuine else 25,
        }
        media = {
            "supported_mime_types": ["image/jpeg", "image/png", "image/heic", "video/mp4"],
            "image_size_limit": 16_777_216,
            "image_matrix_limit": 33_177_600,
        }
        return httpx.Response(200, json={"configuration": {"statuses": posts, "media_attachments": media}})

    def instance_v1(self, _given):
        told = {"uri": "tea.test", "version": "2.7.2 (compatible; Pleroma 2.6.0)", "max_toot_chars": 5000}
        return httpx.Response(200, json=told | {"upload_limit": 16_000_000, "poll_limits": None})

    def nodeinfo_links(self, _given):
        rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
        return httpx.Response(200, json={"links": [{"rel": rel, "href": f"{self.address}/nodeinfo/2.0"}]})

    def nodeinfo(self, _given):
        return httpx.Response(200, json={"software": {"name": self.software, "version": "4.4.1"}})

    def me(self, **_how):
        return httpx.Response(200, json=self.account(US) | {"source": {"privacy": "public"}})

    def upload(self, *, given, files, **_how):
        name, kind, content = files["file"]
        number = self.next_number()
        looks = 2 if self.is_slow_with_media and self.is_genuine else 0
        description = (given.get("description") or [""])[0]
        self.media[number] = {
            "looks": looks, "name": name, "kind": kind, "bytes": content, "description": description,
        }  # fmt: skip
        told = {"id": number, "type": "image", "url": None if looks else f"{self.address}/m/{number}"}
        return httpx.Response(202 if looks else 200, json=told)

    def look_at_media(self, number, **_how):
        row = self.media[number]
        row["looks"] -= 1
        done = row["looks"] <= 0
        told = {"id": number, "type": "image", "url": f"{self.address}/m/{number}" if done else None}
        return httpx.Response(200 if done else 206, json=told)

    def new_status(self, *, given, request, **_how):
        key = request.headers.get("idempotency-key", "")
        if self.is_genuine and key in self.keys:
            return self.shown(self.keys[key])
        text = given.get("status", [""])[0]
        if len(LINK.sub("x" * 23, text)) > self.max_characters:
            return error(422, f"Validation failed: Text character limit of {self.max_characters} exceeded")
        media = given.get("media_ids[]", [])
        if any(self.media[number]["looks"] > 0 for number in media):
            return error(422, "Cannot attach files that have not finished processing. Try again in a moment!")
        row = self.make(
            text, to=given.get("in_reply_to_id", [None])[0], visibility=given.get("visibility", ["public"])[0],
            key=key, media=media, source=text,
        )  # fmt: skip
        row["spoiler_text"] = given.get("spoiler_text", [""])[0]
        row["sensitive"] = given.get("sensitive", ["false"])[0] == "true"
        row["language"] = given.get("language", [None])[0]
        self.keys[key] = row["id"]
        return self.shown(row["id"])

    def change_status(self, number, *, given, **_how):
        if number not in self.statuses:
            return error(404, "Record not found")
        text = given["status"][0]
        self.statuses[number] |= {"content": self.written(text), "media": given.get("media_ids[]", [])}
        return self.shown(number)

    def delete_status(self, number, **_how):
        if self.statuses.pop(number, None) is None:
            return error(404, "Record not found")
        return httpx.Response(200, json={"id": number, "text": ""})

    def shown(self, number, **_how):
        if number not in self.statuses:
            return error(404, "Record not found")
        hidden = {"key", "media", "source"} | ({"replies_count"} if self.software == "snac" else set())
        row = {name: value for name, value in self.statuses[number].items() if name not in hidden}
        return httpx.Response(200, json=row)

    def some_statuses(self, *, given, **_how):
        rows = [self.shown(number).json() for number in given.get("id[]", []) if number in self.statuses]
        return httpx.Response(200, json=rows)

    def context(self, number, **_how):
        above, at = [], self.statuses[number]["in_reply_to_id"]
        while at in self.statuses:
            above.insert(0, at)
            at = self.statuses[at]["in_reply_to_id"]
        below, known = [], {number}
        for row in self.statuses.values():
            if row["in_reply_to_id"] in known:
                known.add(row["id"])
                below.append(row["id"])
        told = {
            "ancestors": [self.shown(one).json() for one in above],
            "descendants": [self.shown(one).json() for one in below],
        }
        return httpx.Response(200, json=told)

    def own_statuses(self, number, *, given, **_how):
        rows = [row["id"] for row in self.statuses.values() if row["account"]["id"] == number]
        return self.page([self.shown(one).json() for one in reversed(rows)], given)

    def notified(self, *, given, **_how):
        return self.page(self.notifications, given)

    def conversations(self, *, given, **_how):
        last = {}
        for row in self.statuses.values():
            if row["visibility"] == "direct":
                root = row
                while root["in_reply_to_id"] in self.statuses:
                    root = self.statuses[root["in_reply_to_id"]]
                last[root["id"]] = row["id"]
        rows = [{"id": f"c{root}", "last_status": self.shown(one).json()} for root, one in last.items()]
        return self.page(rows[::-1], given)

    def page(self, rows, given):
        limit, before = int(given.get("limit", ["20"])[0]), given.get("max_id", [None])[0]
        if before:
            ids = [row["id"] for row in rows]
            rows = rows[ids.index(before) + 1 :] if before in ids else []
        return httpx.Response(200, json=rows[:limit])


def error(status, words):
    return httpx.Response(status, json={"error": words})


OPEN = {
    "/api/v1/apps": "new_app",
    "/oauth/authorize": "authorize",
    "/oauth/token": "new_token",
    "/api/v2/instance": "instance_v2",
    "/api/v1/instance": "instance_v1",
    "/.well-known/nodeinfo": "nodeinfo_links",
    "/nodeinfo/2.0": "nodeinfo",
}
ROUTES = [
    (r"/api/v1/accounts/verify_credentials", "GET", "me"),
    (r"/api/v2/media", "POST", "upload"),
    (r"/api/v1/media/(\d+)", "GET", "look_at_media"),
    (r"/api/v1/statuses", "POST", "new_status"),
    (r"/api/v1/statuses", "GET", "some_statuses"),
    (r"/api/v1/statuses/(\d+)", "GET", "shown"),
    (r"/api/v1/statuses/(\d+)", "PUT", "change_status"),
    (r"/api/v1/statuses/(\d+)", "DELETE", "delete_status"),
    (r"/api/v1/statuses/(\d+)/context", "GET", "context"),
    (r"/api/v1/accounts/(\d+)/statuses", "GET", "own_statuses"),
    (r"/api/v1/notifications", "GET", "notified"),
    (r"/api/v1/conversations", "GET", "conversations"),
]
MISSING = {"some_statuses": {"gotosocial", "snac", "pleroma"}, "conversations": {"snac"}}
"""What look-alikes do not offer."""
