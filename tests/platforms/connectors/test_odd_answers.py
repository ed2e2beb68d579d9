"""What platforms answer beside their documents: whatever it is, only a ConnectorError may leave a connector."""

import copy
import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from random import Random

import httpx
import pytest

from platforms.connectors import base
from platforms.connectors.errors import ConnectorError, OutcomeUnknown
from platforms.connectors.http import Answer, wait_of
from platforms.connectors.mastodon.connector import words_of
from platforms.connectors.remote import PostRef, Ticket
from platforms.connectors.wechat import figures
from tests.platforms.connectors import test_douyin, test_mastodon, test_wechat, test_weibo
from tests.platforms.connectors.contract import SINCE

ODD = (
    None, "", "x", 0, -1, True, 7, [], {}, [None], ["x"], [[]], {"x": 1}, 10**400, "9" * 400, "inf", "nan",
    "\x00", "<![foo[", "\ud800", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", 253402300799, 10**17,
)  # fmt: skip
RUNS = 500
CASES = {
    "douyin": test_douyin.TestDouyin,
    "mastodon": test_mastodon.TestContract,
    "wechat": test_wechat.TestOfficialAccount,
    "weibo": test_weibo.TestContract,
}


def places(data, path=()):
    """Yield the way to every value of a piece of JSON."""
    yield path
    rows = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in rows:
        yield from places(value, (*path, name))


def changed(data, path, value):
    if not path:
        return value
    data = copy.deepcopy(data)
    place = data
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return data


def demand_storable(found):
    """Fail for what no database takes: times out of range, endless numbers, NUL, halves of a pair."""
    if isinstance(found, datetime):
        found.astimezone(UTC)
    elif isinstance(found, str):
        assert "\x00" not in found
        found.encode()
    elif isinstance(found, float):
        assert math.isfinite(found)
    elif isinstance(found, Mapping):
        for row in found.items():
            demand_storable(row)
    elif isinstance(found, list | tuple):
        for each in found:
            demand_storable(each)
    elif is_dataclass(found):
        for field in fields(found):
            demand_storable(getattr(found, field.name))


def looks(contract, connector, ref):
    yield from contract.reads(connector)
    yield "profile", connector.profile
    if isinstance(connector, base.FollowsPosts):
        yield "fates", lambda: list(connector.fates([ref]))
    if isinstance(connector, base.ReadsComments):
        yield "comments", lambda: list(connector.comments([ref]))
    if isinstance(connector, base.ReadsAccountDays):
        day = datetime.now(UTC).date()
        yield "account_days", lambda: list(connector.account_days(day.replace(day=1), day))
    if isinstance(connector, base.KeepsContacts):
        yield "contacts", lambda: connector.contacts("")
        yield "contact_tags", connector.contact_tags
    if isinstance(connector, base.KeepsMenu):
        yield "menu", connector.menu


@pytest.mark.parametrize("name", CASES)
def test_odd_answers_end_in_our_own_errors(name, settings):
    contract, random = CASES[name](), Random(name)
    contract.settings = settings
    world = contract.world()
    post = contract.outgoing()
    made = contract.made(contract.connect(world), post)
    ref = PostRef(made.remote_id, made.url, made.title, made.published_at, made.data)
    seen, odd = 0, 0
    for _run in range(RUNS):
        aim = random.randrange(8)
        asked = []

        def handler(request, aim=aim, asked=asked):
            answer = world(request)
            asked.append(request.url.path)
            if len(asked) - 1 != aim or "json" not in answer.headers.get("content-type", ""):
                return answer
            told = json.loads(answer.content)
            wrong = changed(told, random.choice(list(places(told))), random.choice(ODD))
            return httpx.Response(answer.status_code, content=json.dumps(wrong))

        calls = list(looks(contract, contract.connect(handler), ref))
        what, look = random.choice(calls)
        seen += 1
        try:
            demand_storable(look())
        except ConnectorError:
            odd += 1
    assert seen == RUNS
    assert odd


@pytest.mark.parametrize("said", ["soon", {}, "", None, [], False])
def test_a_state_that_nobody_knows_publishes_nothing(said):
    article = {"idx": 1, "article_url": "https://mp.weixin.qq.com/s/1"}
    told = {"publish_status": said, "article_id": "A", "article_detail": {"item": [article]}}

    def handler(request):
        return httpx.Response(
            200, json={"access_token": "t", "expires_in": 7200} if "token" in request.url.path else told
        )

    ticket = Ticket("publish:1", data={"way": "publish", "publish_id": "1"})
    assert test_wechat.connect(handler).check(ticket) is ticket


def test_a_counter_that_is_no_number_is_not_told():
    assert figures._count({"read_user": "–"}, "read_user") is None
    assert figures._count({"read_user": [7]}, "read_user") is None
    assert figures._count({"read_user": "7"}, "read_user") == 7


def test_another_post_does_not_settle_a_review(settings):
    contract = test_douyin.TestDouyin()
    contract.settings = settings
    world = contract.world()
    connector = contract.connect(world)
    contract.made(connector, contract.outgoing())
    other = next(iter(connector.recent_posts(SINCE)))

    def handler(request):
        answer = world(request)
        if not request.url.path.endswith("/video_data/"):
            return answer
        return world(
            httpx.Request("POST", request.url, headers=request.headers, json={"item_ids": [other.remote_id]})
        )

    assert isinstance(contract.connect(handler).check(Ticket("@not-this-one")), Ticket)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("weibo", {"error_code": 99999, "error": "?"}),
        ("douyin", {"data": {"error_code": 424242}}),
        ("mastodon", {"error": []}),
    ],
)
def test_a_server_that_breaks_with_a_code_nobody_listed_leaves_a_doubt(name, told, settings):
    contract = CASES[name]()
    contract.settings = settings
    connector, hit = contract.broken(
        contract.world(), lambda _request: httpx.Response(503, json=told), contract.is_write
    )
    with pytest.raises(OutcomeUnknown):
        connector.publish(contract.outgoing())
    assert len(hit) == 1


def test_html_that_no_parser_takes_is_read_all_the_same():
    status = {"content": "<p><![foo[x]]> tea</p>", "mentions": [{"url": "https://a.test/@b", "acct": "b@a.test"}]}
    assert "tea" in words_of(status)
    assert "tea" in words_of({"content": "tea " + "<a " * 5000})


@pytest.mark.parametrize("wait", ["nan", "inf", "-inf"])
def test_a_wait_that_is_no_number_is_no_wait_or_a_long_one(wait):
    answer = Answer(429, httpx.Headers({"retry-after": wait}), b"", "")
    assert wait_of(answer) in (None, 0.0, 86_400.0)
