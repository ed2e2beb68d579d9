"""A small real HTTP server to publish on, and two connectors for it.

The server counts every post under its key, so a double would be seen. `loopback` finds posts by key;
`loopback_repeating` is the same server refusing a second post with the same key. A worker knows both when it
imports this module (WORKER_IMPORTS, see tests/worker_settings.py).
"""

import contextlib
import json
import os
import socket
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from platforms.connectors import CONNECTORS
from platforms.connectors.account import AccountRef, Secret
from platforms.connectors.http import Http
from platforms.connectors.outgoing import OutgoingPost
from platforms.connectors.remote import RemotePost
from platforms.connectors.spec import Limits, PlatformSpec


class LoopbackSite:
    """What the server holds. It waits `pause_s` before it writes and again before it answers.

    From its `holds_from`th post on it writes, but does not answer until `released`: a call is surely open then.
    """

    def __init__(self, pause_s: float = 0.0) -> None:
        self.pause_s = pause_s
        self.holds_from: int | None = None
        self.holding, self.released = threading.Event(), threading.Event()
        self.reading_s, self.readings = 0.0, 0
        self.times: Counter[str] = Counter()
        self.first_seen: dict[str, float] = {}
        self.lock = threading.Lock()

    def write(self, key: str, *, once: bool) -> None:
        time.sleep(self.pause_s)
        with self.lock:
            self.first_seen.setdefault(key, time.time())
            if not (once and self.times[key]):
                self.times[key] += 1
            is_held = self.holds_from is not None and sum(self.times.values()) >= self.holds_from
        if is_held:
            self.holding.set()
            self.released.wait(30)
        time.sleep(self.pause_s)


@contextmanager
def serving(site: LoopbackSite):
    """Serve `site` on a free port of 127.0.0.1; gives its address."""

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            kind, key = self.path.strip("/").split("/")
            site.write(key, once=kind == "once")
            self.say(201, {"key": key, "at": time.time()})

        def do_GET(self):
            key = self.path.rpartition("/")[2]
            site.readings += 1
            time.sleep(site.reading_s)
            self.say(200, {"key": key, "at": time.time()} if site.times[key] else {})

        def say(self, status, data):
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

        def handle_error(self, *args):
            """A killed worker hangs up in the middle; that is what the test is about."""

    server = Server(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def hanging(way: str):
    """Serve on a free port something that takes every call and never ends its answer.

    It is `silent`, or sends a byte of its headers or of its body twice a second. Gives its address
    and the list of the calls' first lines.
    """
    calls: list[str] = []
    over = threading.Event()
    server = socket.create_server(("127.0.0.1", 0), backlog=128)
    start = {"silent": b"", "dripping headers": b"HTTP/1.1 201 Created\r\nX-Slow: "}
    whole = b"HTTP/1.1 201 Created\r\nContent-Length: 90000\r\n\r\n"

    def hang(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            calls.append(connection.recv(65536).decode().split("\r\n")[0])
            connection.sendall(start.get(way, whole))
            while not over.wait(0.5):
                if way != "silent":
                    connection.sendall(b"x")

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=hang, args=(server.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}", calls
    finally:
        over.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()


class LoopbackConnector:
    """Posts and finds by key."""

    kind = "posts"
    spec = PlatformSpec(
        key="loopback",
        label="Loopback",
        mark="L",
        mark_slot=8,
        body_format="article",
        limits=Limits(),
        max_in_flight=4,
    )

    def __init__(self, account: AccountRef, secret: Secret, http: Http) -> None:
        self.http, self.server = http, account.server

    def publish(self, post: OutgoingPost) -> RemotePost:
        answer = self.http.write("POST", f"{self.server}/{self.kind}/{post.key}", json={"title": post.title})
        return self._remote(answer.data)

    def find(self, key: str) -> RemotePost | None:
        data = self.http.read("GET", f"{self.server}/{self.kind}/{key}").data
        return self._remote(data) if data else None

    def _remote(self, data) -> RemotePost:
        return RemotePost(
            data["key"], f"{self.server}/{data['key']}", datetime.fromtimestamp(data["at"], UTC), key=data["key"]
        )


class LoopbackRepeating(LoopbackConnector):
    """As LoopbackConnector, on a server that takes each key once."""

    kind = "once"
    spec = PlatformSpec(
        key="loopback_repeating", label="Loopback", mark="L", mark_slot=8, body_format="article", limits=Limits(),
        max_in_flight=4,
    )  # fmt: skip

    def publish_again(self, post: OutgoingPost) -> RemotePost:
        return self.publish(post)


class LoopbackReading(LoopbackConnector):
    """As LoopbackConnector, on a server whose posts are pulled as well."""

    spec = PlatformSpec(
        key="loopback_reading", label="Loopback", mark="L", mark_slot=8, body_format="article", limits=Limits(),
        max_in_flight=4,
    )  # fmt: skip

    def recent_posts(self, since: datetime) -> list[RemotePost]:
        for _page in range(4):
            self.http.read("GET", f"{self.server}/posts/none")
        return []


LOOPBACKS = (LoopbackConnector, LoopbackRepeating, LoopbackReading)


def register() -> None:
    """Make the loopback platforms known to this process."""
    for connector in LOOPBACKS:
        CONNECTORS[connector.spec.key] = connector


if "loopback" in os.environ.get("WORKER_IMPORTS", ""):  # in a worker that a test started
    register()
