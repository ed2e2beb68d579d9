"""A platform that does what the test says, and remembers what was done to it.

    def test_doubt_is_not_repeated(scripted, …):
        scripted.will("unknown_live")            # the next publish goes out, but no answer comes back
        …
        assert scripted.times(publication.key) == 1

What it remembers lies in a file, so other processes (Celery workers) see and add to the same world.
A worker knows these platforms when it imports this module (`celery worker -I tests.platforms.scripted`)
and the environment variable SCRIPTED_WORLD names the file. Three platforms differ in what they promise:

* `scripted` publishes, finds by key, reads posts, messages and figures, replies, deletes;
* `scripted_repeating` also makes a repeat with the same key harmless (RepeatsSafely);
* `scripted_blind` only publishes: nobody can look what is there.

Steps that `will` takes, per method (default "publish"); an empty script means "live":

live · nothing_sent(wait_s=) · refused · needs_reconnect · unknown_live (written, no answer) ·
unknown_lost (not written, no answer) · slow(s=) (live after a while) · ticket(checks=1) · bug ·
hand_over (a draft lies there) · not_permitted · upload_cut (kept one part of two, then cut off)
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from platforms.connectors import CONNECTORS
from platforms.connectors.account import AccountRef, Profile, Secret
from platforms.connectors.errors import NeedsReconnect, NothingSent, NotPermitted, OutcomeUnknown, Refused
from platforms.connectors.http import Http
from platforms.connectors.outgoing import OutgoingPost
from platforms.connectors.remote import AccountReading, HandOver, PostRef, Reading, RemoteMessage, RemotePost, Ticket
from platforms.connectors.spec import FormField, Limits, PlatformSpec

TABLES = """
create table if not exists steps (id integer primary key, method text, step text, options text);
create table if not exists calls (id integer primary key, method text, key text, at real, pid integer);
create table if not exists posts (
    id integer primary key, key text, title text, text text, at real, account text, removed integer default 0
);
create table if not exists messages (
    id integer primary key, post text, thread text, parent text, author text, text text, at real, own integer
);
create table if not exists readings (post text primary key, counters text);
"""


@dataclass(frozen=True)
class Seen:
    """One post as the scripted platform holds it."""

    remote_id: str
    key: str
    title: str
    text: str
    at: datetime
    account: str


class World:
    """Everything the scripted platforms know; several processes may use one at once."""

    def __init__(self, file: str | Path) -> None:
        self.file = str(file)
        with self._open() as rows:
            rows.execute("pragma journal_mode=wal")
            rows.executescript(TABLES)

    def will(self, *steps: str, method: str = "publish", **options: object) -> None:
        """Say what the next calls of `method` do, one step each; `options` go to all of them."""
        with self._open() as rows:
            for step in steps:
                rows.execute(
                    "insert into steps (method, step, options) values (?, ?, ?)", (method, step, json.dumps(options))
                )

    def take(self, method: str, key: str = "") -> tuple[str, dict]:
        """Note a call and return the step it must follow."""
        with self._open() as rows:
            rows.execute(
                "insert into calls (method, key, at, pid) values (?, ?, ?, ?)",
                (method, key, time.time(), os.getpid()),
            )
            found = rows.execute(
                "delete from steps where id = (select min(id) from steps where method = ?) returning step, options",
                (method,),
            ).fetchone()
        return (found[0], json.loads(found[1])) if found else ("live", {})

    def add_post(self, post: OutgoingPost, account: str) -> str:
        return self._insert(
            "insert into posts (key, title, text, at, account) values (?, ?, ?, ?, ?)",
            (post.key, post.title, post.text, time.time(), account),
        )

    def put(self, *, title: str = "", text: str = "", key: str = "", account: str = "", at: datetime | None = None):
        """Make a post as if somebody had written it on the platform itself; return its remote id."""
        moment = at.timestamp() if at else time.time()
        return self._insert(
            "insert into posts (key, title, text, at, account) values (?, ?, ?, ?, ?)",
            (key, title, text, moment, account),
        )

    def say(self, post: str, text: str, *, author: str = "Reader", parent: str = "", own: bool = False) -> str:
        """Make a comment under a post; return its remote id."""
        with self._open() as rows:
            found = rows.execute("select thread from messages where id = ?", (parent or 0,)).fetchone()
            made = rows.execute(
                "insert into messages (post, thread, parent, author, text, at, own) values (?, ?, ?, ?, ?, ?, ?)",
                (post, found[0] if found else "", parent, author, text, time.time(), own),
            ).lastrowid
            if not found:
                rows.execute("update messages set thread = ? where id = ?", (str(made), made))
        return str(made)

    def count(self, post: str, **counters: int) -> None:
        """Set a post's counters (fields of `Reading`)."""
        with self._open() as rows:
            rows.execute("insert or replace into readings values (?, ?)", (post, json.dumps(counters)))

    def posts(self, key: str | None = None) -> list[Seen]:
        """Return what stands on the platform, oldest first."""
        chosen, values = ("and key = ?", (key,)) if key is not None else ("", ())
        with self._open() as rows:
            found = rows.execute(
                f"select id, key, title, text, at, account from posts where not removed {chosen} order by id", values
            ).fetchall()
        return [
            Seen(str(number), k, title, text, datetime.fromtimestamp(at, UTC), account)
            for number, k, title, text, at, account in found
        ]

    def times(self, key: str) -> int:
        """Return how often the publication with this key stands on the platform."""
        return len(self.posts(key))

    def calls(self, method: str = "publish", key: str | None = None) -> int:
        """Return how often a method was called."""
        chosen, values = ("and key = ?", (method, key)) if key is not None else ("", (method,))
        with self._open() as rows:
            return rows.execute(f"select count(*) from calls where method = ? {chosen}", values).fetchone()[0]

    def call_times(self, method: str = "publish") -> list[float]:
        """Return when a method was called (Unix times)."""
        with self._open() as rows:
            return [at for (at,) in rows.execute("select at from calls where method = ? order by id", (method,))]

    def remove(self, remote_id: str) -> None:
        with self._open() as rows:
            rows.execute("update posts set removed = 1 where id = ?", (remote_id,))

    def messages(self) -> list[tuple]:
        with self._open() as rows:
            return rows.execute(
                "select id, post, thread, parent, author, text, at, own from messages order by id"
            ).fetchall()

    def counters(self, post: str) -> dict:
        with self._open() as rows:
            found = rows.execute("select counters from readings where post = ?", (post,)).fetchone()
        return json.loads(found[0]) if found else {}

    def _insert(self, statement: str, values: tuple) -> str:
        with self._open() as rows:
            return str(rows.execute(statement, values).lastrowid)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.file, timeout=20, isolation_level="IMMEDIATE")
        try:
            with connection:
                yield connection
        finally:
            connection.close()


class _Base:
    spec: PlatformSpec

    def __init__(self, account: AccountRef, secret: Secret, http: Http) -> None:
        self._account = account
        self._secret = secret
        self._world = World(os.environ["SCRIPTED_WORLD"])

    def profile(self) -> Profile:
        self._obey("profile")
        return Profile(
            remote_id=self._secret.get("name", "scripted-account"),
            name="Scripted",
            handle="@scripted",
            can=("Publish",),
            rights=tuple(self._secret["rights"].split()) if "rights" in self._secret else None,
            expires_at=datetime.fromisoformat(self._secret["ends"]) if "ends" in self._secret else None,
        )

    def publish(self, post: OutgoingPost) -> RemotePost | Ticket | HandOver:
        step, options = self._obey("publish", post.key)
        if step == "unknown_lost":
            raise OutcomeUnknown("The connection broke before it answered.")
        if step == "slow":
            time.sleep(options.get("s", 0.5))
        if step == "ticket":
            return Ticket(post.key, wait_s=0.0, data={"checks": options.get("checks", 1), "title": post.title})
        if step == "hand_over":
            return HandOver(f"draft-{post.key}", "Open the draft and send it.", "https://scripted.example/drafts")
        self._send_parts(post, is_cut=step == "upload_cut")
        remote_id = self._write(post)
        if step == "unknown_live":
            raise OutcomeUnknown("The connection broke before it answered.")
        return self._remote(next(seen for seen in self._world.posts() if seen.remote_id == remote_id))

    def _write(self, post: OutgoingPost) -> str:
        return self._world.add_post(post, self._account.remote_id)

    def _send_parts(self, post: OutgoingPost, *, is_cut: bool) -> None:
        for part in range(post.upload.known.get("parts", 0), 2):
            self._world.take("part", post.key)
            post.upload.keep(parts=part + 1)
            post.upload.progress(5 * (part + 1), 10)
            if is_cut:
                raise NothingSent("The connection broke.")

    def _obey(self, method: str, key: str = "") -> tuple[str, dict]:
        step, options = self._world.take(method, key)
        match step:
            case "nothing_sent":
                raise NothingSent("The platform cannot be reached.", wait_s=options.get("wait_s"), raw="503")
            case "not_permitted":
                raise NotPermitted("This account may not publish.", raw="403 scope")
            case "refused":
                raise Refused("The platform does not want this.", raw="422 no")
            case "needs_reconnect":
                raise NeedsReconnect("The sign-in is dead.", raw="401")
            case "bug":
                raise RuntimeError("a bug of ours")
        return step, options

    def _remote(self, seen: Seen) -> RemotePost:
        return RemotePost(
            seen.remote_id,
            f"https://scripted.example/{seen.remote_id}",
            seen.at,
            title=seen.title,
            text=seen.text,
            key=seen.key,
        )


def _spec(key: str, label: str) -> PlatformSpec:
    return PlatformSpec(
        key=key,
        label=label,
        mark="X",
        mark_slot=9,
        body_format="article",
        limits=Limits(text_max=5000, images_max=9),
        metrics=("views", "likes", "comments", "shares"),
        setup_fields=(FormField("name", "Name"), FormField("password", "Password", "secret")),
    )


class BlindConnector(_Base):
    """Publishes, and tells nothing afterwards."""

    spec = _spec("scripted_blind", "Blind")


class ScriptedConnector(_Base):
    """Publishes and can be asked about everything."""

    spec = _spec("scripted", "Scripted")

    def check(self, ticket: Ticket) -> RemotePost | Ticket:
        self._obey("check", ticket.remote_id)
        left = int(ticket.data["checks"]) - 1
        if left > 0:
            return Ticket(ticket.remote_id, wait_s=0.0, data={**ticket.data, "checks": left})
        done = OutgoingPost(key=ticket.remote_id, title=ticket.data["title"], summary="", text="", html="")
        remote_id = self._write(done)
        return self._remote(next(seen for seen in self._world.posts() if seen.remote_id == remote_id))

    def find(self, key: str) -> RemotePost | None:
        self._obey("find", key)
        return next((self._remote(seen) for seen in self._world.posts(key)), None)

    def delete(self, remote_id: str) -> None:
        self._obey("delete")
        self._world.remove(remote_id)

    def recent_posts(self, since: datetime) -> Iterator[RemotePost]:
        self._obey("recent_posts")
        yield from (self._remote(seen) for seen in reversed(self._world.posts()) if seen.at >= since)

    def messages(self, since: datetime) -> Iterator[RemoteMessage]:
        self._obey("messages")
        yield from (message for message in map(_message, self._world.messages()) if message.at >= since)

    def reply(self, message_id: str, text: str) -> RemoteMessage:
        step, _options = self._obey("reply", message_id)
        if step == "unknown_lost":
            raise OutcomeUnknown("The connection broke before it answered.")
        parent = next(row for row in self._world.messages() if str(row[0]) == message_id)
        made = self._world.say(parent[1], text, author="We", parent=message_id, own=True)
        if step == "unknown_live":
            raise OutcomeUnknown("The connection broke before it answered.")
        return next(_message(row) for row in self._world.messages() if str(row[0]) == made)

    def post_readings(self, posts: Sequence[PostRef]) -> Iterator[Reading]:
        self._obey("post_readings")
        standing = {seen.remote_id for seen in self._world.posts()}
        ids = [post.remote_id for post in posts if post.remote_id in standing]
        yield from (Reading(number, **self._world.counters(number)) for number in ids)

    def account_reading(self) -> AccountReading:
        self._obey("account_reading")
        return AccountReading(followers=100, posts=len(self._world.posts()))


class RepeatingConnector(ScriptedConnector):
    """As ScriptedConnector, and a second publish with the same key finds the first post."""

    spec = _spec("scripted_repeating", "Repeating")

    def publish_again(self, post: OutgoingPost) -> RemotePost | Ticket:
        return self.publish(post)

    def _write(self, post: OutgoingPost) -> str:
        known = self._world.posts(post.key)
        return known[0].remote_id if known else super()._write(post)


def register() -> None:
    """Make the scripted platforms known to this process."""
    for connector in (ScriptedConnector, RepeatingConnector, BlindConnector):
        CONNECTORS[connector.spec.key] = connector


def _message(row: tuple) -> RemoteMessage:
    number, post, thread, parent, author, text, at, own = row
    return RemoteMessage(
        str(number),
        "comment",
        thread,
        text,
        datetime.fromtimestamp(at, UTC),
        author_id=author.lower(),
        author_name=author,
        post_id=post,
        reply_to=parent,
        is_own=bool(own),
    )


@pytest.fixture
def scripted(tmp_path, monkeypatch):
    """The world of the scripted platforms, which exist while the test runs."""
    monkeypatch.setenv("SCRIPTED_WORLD", str(tmp_path / "scripted.sqlite3"))
    for connector in (ScriptedConnector, RepeatingConnector, BlindConnector):
        monkeypatch.setitem(CONNECTORS, connector.spec.key, connector)
    return World(tmp_path / "scripted.sqlite3")


if "SCRIPTED_WORLD" in os.environ:  # in a worker that a test started
    register()
