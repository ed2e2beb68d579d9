import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from platforms.connectors.errors import ConnectorError, NeedsReconnect, NothingSent, OutcomeUnknown, Refused
from platforms.connectors.http import Http
from tests.platforms.connectors.servers import serve

URL = "https://platform.example/api"


def http(handler, **options):
    return Http("platform", transport=httpx.MockTransport(handler), pause=lambda _s: None, **options)


def counting(*answers):
    """A platform that gives these answers in turn (the last for ever); `asked` counts."""

    def handler(request):
        answer = answers[min(len(handler.asked), len(answers) - 1)]
        handler.asked.append(request)
        if isinstance(answer, type):
            raise answer("trouble", request=request)
        return answer

    handler.asked = []
    return handler


@pytest.mark.parametrize("trouble", [httpx.ConnectError, httpx.ReadError, httpx.Response(502), httpx.Response(500)])
def test_read_repeats_itself_a_little(trouble):
    platform = counting(trouble, trouble, httpx.Response(200, json={"ok": 1}))
    assert http(platform).read("GET", URL).data == {"ok": 1}
    platform = counting(trouble)
    with pytest.raises(NothingSent):
        http(platform).read("GET", URL)
    assert len(platform.asked) == 3


@pytest.mark.parametrize(
    "answer",
    [httpx.ReadTimeout, httpx.Response(429, headers={"Retry-After": "3"}), httpx.Response(404), httpx.Response(401)],
)
def test_read_does_not_insist(answer):
    platform = counting(answer)
    with pytest.raises(ConnectorError):
        http(platform).read("GET", URL)
    assert len(platform.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadError, httpx.Response(500), httpx.Response(429)],
)
def test_write_and_prepare_never_repeat(answer):
    for call in ("write", "prepare"):
        platform = counting(answer)
        with pytest.raises(ConnectorError):
            getattr(http(platform), call)("POST", URL, json={})
        assert len(platform.asked) == 1


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ({"Retry-After": "0"}, 0, 0),
        ({"Retry-After": "17.5"}, 17.5, 17.5),
        ({"Retry-After": "-4"}, 0, 0),
        ({"Retry-After": "9999999"}, 86_400, 86_400),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0, 0),
        ({"Retry-After": "soon"}, None, None),
        ({"RateLimit-Reset": "30"}, 30, 30),
        ({}, None, None),
    ],
)
def test_wait_is_read_in_all_its_forms(said, low, high):
    with pytest.raises(NothingSent) as told:
        http(counting(httpx.Response(429, headers=said))).write("POST", URL)
    assert told.value.wait_s is None if low is None else low <= told.value.wait_s <= high


def test_wait_may_be_a_date():
    moment = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
    with pytest.raises(NothingSent) as told:
        http(counting(httpx.Response(429, headers={"Retry-After": moment}))).write("POST", URL)
    assert 110 <= told.value.wait_s <= 120


@pytest.mark.parametrize(
    ("status", "error"),
    [(301, Refused), (303, OutcomeUnknown), (308, Refused), (400, Refused), (401, NeedsReconnect), (403, Refused)]
    + [(404, Refused), (408, OutcomeUnknown), (409, Refused), (500, OutcomeUnknown), (503, OutcomeUnknown)],
)
def test_status_of_a_write(status, error):
    with pytest.raises(error) as told:
        http(counting(httpx.Response(status, text="words of the platform", headers={"Retry-After": "5"}))).write(
            "POST", URL
        )
    assert told.value.raw == f"{status} words of the platform"


def test_empty_answer_is_fine():
    assert http(counting(httpx.Response(204))).write("DELETE", URL).data is None


def test_page_instead_of_data():
    page = httpx.Response(200, html="<h1>Hotel Wi-Fi</h1>")
    with pytest.raises(Refused, match="not its data"):
        http(counting(page)).read("GET", URL)
    with pytest.raises(OutcomeUnknown, match="may have been carried out"):
        http(counting(page)).write("POST", URL)
    assert "Wi-Fi" in http(counting(page)).read("GET", URL, wants_json=False).text


def test_answer_has_a_size_limit():
    large = httpx.Response(200, json=["x" * 5000])
    with pytest.raises(Refused, match="too large"):
        http(counting(large), max_bytes=1000).read("GET", URL)
    with pytest.raises(OutcomeUnknown):
        http(counting(large), max_bytes=1000).write("POST", URL)


def test_secrets_are_struck_out_of_raw_words_and_logs(caplog):
    caplog.set_level(logging.INFO, logger="platforms")
    echo = httpx.Response(400, text="token s3cr3t-token and p%40ss%20word and cEBzcyB3b3Jk")
    calls = http(counting(echo), secrets=["s3cr3t-token", "p@ss word"])
    with pytest.raises(Refused) as told:
        calls.write("POST", "https://platform.example/bot/s3cr3t-token/send?access_token=s3cr3t-token")
    assert told.value.raw == "400 token ••• and ••• and •••"
    assert "s3cr3t" not in caplog.text
    assert "platform POST /bot/•••/send: 400 in" in caplog.text


def test_raw_words_are_cut():
    with pytest.raises(Refused) as told:
        http(counting(httpx.Response(400, text="x" * 9000))).write("POST", URL)
    assert len(told.value.raw) == 2000


def test_each_call_is_one_line_in_the_log_without_its_query(caplog):
    caplog.set_level(logging.INFO, logger="platforms")
    http(counting(httpx.Response(200, json={}))).read("GET", URL + "?q=private", params={"page": 2})
    assert [record.getMessage().split(" in ")[0] for record in caplog.records] == ["platform GET /api: 200"]


def test_platform_may_explain_its_own_errors():
    calls = http(counting(httpx.Response(500, json={"code": "known"})))
    calls.explain = lambda answer, purpose: Refused(f"{answer.data['code']} on {purpose}")
    with pytest.raises(Refused, match="known on write") as told:
        calls.write("POST", URL)
    assert told.value.raw.startswith("500 ")


@pytest.mark.parametrize("url", ["ftp://platform.example/", "nonsense", "http://[bad/", "http://"])
def test_unusable_address_sends_nothing(url):
    with pytest.raises((Refused, NothingSent)):
        Http("platform").write("POST", url)


def test_private_address_is_refused_as_a_connector_error(settings):
    settings.ALLOW_LOCAL_SERVERS = False
    with pytest.raises(Refused, match="not a public address"):
        Http("platform").read("GET", "http://127.0.0.1:1/")


def test_closed_port_means_nothing_sent(settings):
    settings.ALLOW_LOCAL_SERVERS = True
    with serve(lambda _request: httpx.Response(200)) as server:
        address = server.address
    with pytest.raises(NothingSent, match="cannot be reached"):
        Http("platform").write("POST", address)


@pytest.mark.parametrize("how", ["hang", "cut", "drop", "drip"])
def test_real_trouble_after_sending(how, settings, monkeypatch):
    settings.ALLOW_LOCAL_SERVERS = True
    with serve(None, breaks=lambda _request: True, how=how) as server:
        calls = Http("platform", read_s=0.4, whole_s=0.6, pause=lambda _s: None)
        with pytest.raises(OutcomeUnknown) as told:
            calls.write("POST", server.address, json={"text": "hello"})
        assert len(server.asked) == 1
        with pytest.raises(NothingSent):
            calls.prepare("POST", server.address)
        with pytest.raises(NothingSent):
            calls.read("GET", server.address)
    assert ("in time" in str(told.value)) == (how in {"hang", "drip"})


def test_redirect_is_followed_only_when_asked(settings):
    settings.ALLOW_LOCAL_SERVERS = True
    with serve(lambda _request: httpx.Response(200, json={"end": True})) as end:
        moved = httpx.Response(301, headers={"Location": end.address + "/new"})
        with serve(lambda _request: moved) as start:
            answer = Http("platform").read("GET", start.address, follow_redirects=True)
            assert (answer.data, answer.url) == ({"end": True}, end.address + "/new")
            with pytest.raises(Refused, match="moved"):
                Http("platform").read("GET", start.address)
