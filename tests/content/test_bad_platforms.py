"""What platforms do wrong, over real sockets, and what becomes of the publication."""

import json
import socket
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from platforms.connectors import CONNECTORS
from tests.builders_publishing import NOW, fresh, make_connected, make_ready, publish
from tests.platforms.loopback import LoopbackConnector, hanging


@contextmanager
def answering(say):
    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            say(self)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def answer(status, body=b"{}", **headers):
    def say(handler):
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return say


def cut(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def published(workspace, settings, monkeypatch):
    settings.ALLOW_LOCAL_SERVERS = True
    monkeypatch.setitem(CONNECTORS, "loopback", LoopbackConnector)

    def publish_on(say):
        with answering(say) as address:
            return publish(make_ready(make_connected(workspace, "loopback", server=address)))

    return publish_on


@pytest.mark.parametrize(
    ("say", "state", "way_out"),
    [
        (answer(500, b"oops"), "unsure", "look"),
        (answer(200, b"<html>Welcome</html>"), "unsure", "look"),
        (cut, "unsure", "look"),
        (answer(422, json.dumps({"message": "no"}).encode()), "failed", "edit"),
        (answer(401), "failed", "reconnect"),
    ],
)
def test_each_wrong_answer_ends_in_a_clear_state(published, say, state, way_out):
    row = published(say)
    assert (row.state, row.way_out) == (state, way_out)
    assert row.problem
    assert row.attempts.count() == 1


@pytest.fixture
def unanswered(workspace, settings, monkeypatch):
    """Publish on a server that takes the call and hangs in one of three ways; the platform may be silent for 1 s."""
    settings.ALLOW_LOCAL_SERVERS, settings.PLATFORM_TIMEOUT_S = True, 1
    monkeypatch.setitem(CONNECTORS, "loopback", LoopbackConnector)

    def publish_on(ways):
        with hanging(ways) as (address, calls):
            account = make_connected(workspace, "loopback", server=address)
            began = time.monotonic()
            row = publish(make_ready(account))
            assert time.monotonic() - began < 10
            return row, calls

    return publish_on


@pytest.mark.parametrize("ways", ["silent", "dripping headers", "dripping body"])
def test_a_platform_that_hangs_leaves_it_unsure_and_gets_it_once(unanswered, ways):
    row, calls = unanswered(ways)
    assert (row.state, row.way_out, row.attempts.get().outcome) == ("unsure", "look", "unknown")
    assert "did not answer in time" in row.problem
    assert len(calls) == 1
    assert publish(row, NOW + timedelta(minutes=20)).state == "unsure"
    assert (fresh(row).claims, len(calls)) == (1, 1)


def test_a_platform_that_asks_to_wait_is_left_alone_until_then(published):
    row = published(answer(429, Retry_After="120"))
    assert row.state == "planned"
    assert row.attempt_after > NOW + timedelta(seconds=120)


def test_a_platform_that_is_away_is_tried_again(workspace, settings, monkeypatch):
    settings.ALLOW_LOCAL_SERVERS = True
    monkeypatch.setitem(CONNECTORS, "loopback", LoopbackConnector)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        row = publish(make_ready(make_connected(workspace, "loopback", server=address)))
    assert (row.state, row.attempts.get().outcome) == ("planned", "nothing_sent")
    assert fresh(row).attempt_after > NOW


def test_no_credential_is_in_what_is_shown(published):
    row = published(answer(500, b"password hush was wrong"))
    assert "hush" not in row.problem + row.attempts.get().raw
