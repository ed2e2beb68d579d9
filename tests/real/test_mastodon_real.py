"""The Mastodon connector on a server that others wrote: `mastodon_mock` (PyPI 0.6.1), which keeps state in SQLite.

It is no live Mastodon; it was written against Mastodon.py, independently of ours, and so finds misreadings that
a double of our own shares. Skipped unless the program is installed; `MASTODON_MOCK` names it.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest

from platforms.connectors.account import AccountRef
from platforms.connectors.errors import NeedsReconnect, Refused
from platforms.connectors.http import Http
from platforms.connectors.mastodon import Mastodon
from platforms.connectors.remote import PostRef
from tests.platforms.connectors.posts import make_image, make_outgoing

pytestmark = pytest.mark.real
BACK = "http://127.0.0.1:1/connect/back/"


@pytest.fixture(scope="module")
def mock():
    """The address of a fresh server with a small community."""
    program = os.environ.get("MASTODON_MOCK") or shutil.which("mastodon_mock")
    if not program:
        pytest.skip("mastodon_mock is not installed (MASTODON_MOCK=… names it)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = subprocess.Popen(
        [program, "serve", "--in-memory", "--demo", "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield _answering(f"http://127.0.0.1:{port}", running)
    finally:
        running.terminate()
        running.wait(10)


def _answering(address, running):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert running.poll() is None, "mastodon_mock ended"
        try:
            httpx.get(f"{address}/api/v2/instance", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return address
    raise AssertionError("mastodon_mock does not answer")


def connect(address, token, remote_id=""):
    return Mastodon(AccountRef(remote_id), {"server": address, "access_token": token}, Http("mastodon"))


@pytest.fixture
def ada(mock):
    return connect(mock, "ada_token", connect(mock, "ada_token").profile().remote_id)


def say(address, **values):
    """Post as somebody else; return the id."""
    headers = {"Authorization": "Bearer grace_token"}
    answer = httpx.post(f"{address}/api/v1/statuses", headers=headers, data=values, trust_env=False)
    assert answer.status_code == 200
    return answer.json()["id"]


def lately():
    return datetime.now(UTC) - timedelta(minutes=10)


def test_sign_in_on_the_servers_page(mock):
    connector = connect(mock, "")
    begun = connector.begin_sign_in(BACK, "a-state")
    form = httpx.get(begun.url, trust_env=False).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    given = {name: unescape(value) for name, value in hidden.items()} | {"username": "ada"}
    back = httpx.post(f"{mock}/oauth/authorize", data=given, trust_env=False).headers["location"]
    answer = dict(httpx.URL(back).params)
    assert answer.pop("state") == "a-state"
    secret = connector.finish_sign_in(BACK, begun.kept, answer)
    profile = Mastodon(AccountRef(""), secret, Http("mastodon")).profile()
    assert (profile.handle.partition("@")[0], profile.name) == ("", "Ada Lovelace")
    assert (profile.limits["text_max"], profile.limits["link_length"]) == (500, 23)


def test_post_is_sent_once_found_changed_and_deleted(ada):
    post = make_outgoing(images=(make_image(),), options={"visibility": "unlisted", "spoiler_text": "茶"})
    made = ada.publish(post)
    assert ada.publish_again(post).remote_id == made.remote_id
    assert made.text == post.text
    assert made.remote_id in {row.remote_id for row in ada.recent_posts(lately())}
    reading = next(iter(ada.post_readings([PostRef(made.remote_id), PostRef("1")])))
    assert (reading.likes, reading.comments, reading.shares, reading.views) == (0, 0, 0, None)
    assert ada.update(made.remote_id, make_outgoing(text="改过了", images=())).text == "改过了"
    ada.delete(made.remote_id)
    ada.delete(made.remote_id)
    assert made.remote_id not in {row.remote_id for row in ada.recent_posts(lately())}


def test_talks_are_read_and_answered(mock, ada):
    made = ada.publish(make_outgoing(images=()))
    asked = say(mock, status="@ada how much?", in_reply_to_id=made.remote_id)
    letter = say(mock, status="@ada a word in private", visibility="direct")
    ada.reply(asked, "二十八元")
    ada.reply(letter, "请讲")
    found = {message.text: message for message in ada.messages(lately())}
    assert (found["@ada how much?"].kind, found["@ada how much?"].post_id) == ("comment", made.remote_id)
    assert found["二十八元"].thread_id == found["@ada how much?"].thread_id == asked
    assert (found["请讲"].kind, found["请讲"].is_own, found["请讲"].thread_id) == ("private", True, letter)


def test_refusals_are_told(mock, ada):
    with pytest.raises(NeedsReconnect):
        connect(mock, "made-up").profile()
    with pytest.raises(Refused):
        ada.publish(make_outgoing(text="茶" * 600, images=()))


def test_account_is_counted(ada):
    reading = ada.account_reading()
    assert reading.followers >= 1
    assert reading.posts >= 1
