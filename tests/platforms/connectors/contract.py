"""What every connector must hold, whatever its platform: one set of tests for all.

    class TestWordPress(Contract):
        connector = WordPress
        account = AccountRef("blog.example#2", "erin", "https://blog.example/wp-json/")
        secret = {"address": "https://blog.example", "username": "erin", "password": "abcd EFGH"}
        hidden = ("abcd EFGH",)

        def world(self): ...             # a fresh, well-behaved platform: a callable, request → response
        def is_write(self, request): ... # is this the one call of publish that decides?
        def at(self, address): ...       # account and secret when the platform lives at `address`

The world keeps what was published in `posts` (one entry per post that exists).
"""

import logging
from datetime import UTC, datetime
from typing import ClassVar

import httpx
import pytest

from platforms.connectors import base, remote, spec
from platforms.connectors.account import AccountRef
from platforms.connectors.errors import ConnectorError, NeedsReconnect, NothingSent, OutcomeUnknown, Refused
from platforms.connectors.http import Http
from tests.platforms.connectors.posts import make_outgoing
from tests.platforms.connectors.servers import serve

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
LATER = "Fri, 01 Jan 2100 00:00:00 GMT"
HTML = "<html><head><title>Maintenance</title></head><body>Back soon</body></html>"


def _raises(error):
    def fault(request):
        raise error("trouble", request=request)

    return fault


def _answers(status, *, html="", **headers):
    def fault(request):
        if html:
            return httpx.Response(status, html=html)
        return httpx.Response(
            status, json={"message": "no"}, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )

    return fault


# name: (what happens, error on the deciding write, error before it and on reads)
FAULTS = {
    "no way there": (_raises(httpx.ConnectError), NothingSent, NothingSent),
    "no connection in time": (_raises(httpx.ConnectTimeout), NothingSent, NothingSent),
    "slow down": (_answers(429, retry_after="120"), NothingSent, NothingSent),
    "slow down until": (_answers(429, retry_after=LATER), NothingSent, NothingSent),
    "silence": (_raises(httpx.ReadTimeout), OutcomeUnknown, NothingSent),
    "cut while sending": (_raises(httpx.WriteError), OutcomeUnknown, NothingSent),
    "cut while answering": (_raises(httpx.ReadError), OutcomeUnknown, NothingSent),
    "closed without a word": (_raises(httpx.RemoteProtocolError), OutcomeUnknown, NothingSent),
    "error 500": (_answers(500), OutcomeUnknown, NothingSent),
    "error 503 with a wait": (_answers(503, retry_after="30"), OutcomeUnknown, NothingSent),
    "bad gateway page": (_answers(502, html=HTML), OutcomeUnknown, NothingSent),
    "page instead of data": (_answers(200, html=HTML), OutcomeUnknown, Refused),
    "data without sense": (lambda _request: httpx.Response(200, json=[]), OutcomeUnknown, None),
    "dead sign-in": (_answers(401), NeedsReconnect, NeedsReconnect),
    "not allowed": (_answers(403), Refused, Refused),
    "not acceptable": (_answers(422), Refused, Refused),
    "moved": (_answers(301, location="https://elsewhere.example/"), Refused, Refused),
}


class Contract:
    connector: ClassVar[type]
    account: ClassVar[AccountRef]
    secret: ClassVar[dict[str, str]]
    hidden: ClassVar[tuple[str, ...]]

    def world(self):
        raise NotImplementedError

    def is_write(self, request):
        raise NotImplementedError

    def at(self, address):
        raise NotImplementedError

    def outgoing(self):
        return make_outgoing()

    def connect(self, handler, account=None, secret=None):
        secret = secret or self.secret
        http = Http(
            self.connector.spec.key,
            secrets=tuple(secret.values()),  # as the gateway does
            transport=httpx.MockTransport(handler),
            pause=lambda _s: None,
        )
        return self.connector(account or self.account, secret, http)

    def broken(self, world, fault, breaks):
        """Return a connector whose platform goes wrong where `breaks` says, and the list of those requests."""
        hit = []

        def handler(request):
            if breaks(request):
                hit.append(request)
                return fault(request)
            return world(request)

        return self.connect(handler), hit

    def made(self, connector, post):
        """Publish and follow the platform's tickets to the end."""
        made = connector.publish(post)
        while isinstance(made, remote.Ticket):
            made = connector.check(made)
        return made

    def reads(self, connector):
        """Yield (name, call) of everything that only looks."""
        if isinstance(connector, base.FindsByKey):
            yield "find", lambda: connector.find("a key")
        if isinstance(connector, base.ReadsPosts):
            yield "recent_posts", lambda: list(connector.recent_posts(SINCE))
        if isinstance(connector, base.ReadsMessages):
            yield "messages", lambda: list(connector.messages(SINCE))
        if isinstance(connector, base.ReadsMetrics):
            yield "post_readings", lambda: list(connector.post_readings([self.ref("1")]))
        if isinstance(connector, base.ReadsAccountMetrics):
            yield "account_reading", connector.account_reading

    def ref(self, remote_id):
        """A post of ours of which the platform tells figures."""
        return remote.PostRef(remote_id)

    def test_spec_is_usable(self):
        spec = self.connector.spec
        assert spec.key == spec.key.lower()
        assert str(spec.label)
        assert len(spec.mark) == 1
        assert 0 <= spec.mark_slot <= 10
        assert spec.count_text("") == 0
        assert spec.count_text("茶") > 0
        assert set(spec.metrics) <= set(remote.Reading.__dataclass_fields__)
        names = [field.name for field in (*spec.setup_fields, *spec.option_fields)]
        assert len(names) == len(set(names))
        assert {field.name for field in spec.setup_fields if field.kind == "secret"} <= set(self.secret)

    def test_profile_tells_who(self):
        profile = self.connect(self.world()).profile()
        assert profile.remote_id
        assert profile.name
        assert set(profile.limits) <= set(spec.Limits.__dataclass_fields__)

    def test_published_post_is_told_with_aware_time(self):
        world = self.world()
        post = self.outgoing()
        made = self.made(self.connect(world), post)
        assert made.remote_id
        assert made.url.startswith("http")
        assert made.published_at.tzinfo is not None
        assert len(world.posts) == 1

    def test_same_key_twice_makes_one_post(self):
        world = self.world()
        post = self.outgoing()
        first, second = (self.made(self.connect(world), post) for _ in range(2))
        assert second.remote_id == first.remote_id
        assert len(world.posts) == 1

    def test_key_finds_the_post_and_no_other(self):
        if not issubclass(self.connector, base.FindsByKey):
            pytest.skip("the platform cannot be asked for our key")
        world = self.world()
        post = self.outgoing()
        made = self.made(self.connect(world), post)
        assert self.connect(world).find(post.key).remote_id == made.remote_id
        assert self.connect(world).find("another key") is None

    @pytest.mark.parametrize("name", FAULTS)
    def test_failed_write_says_whether_anything_was_written(self, name):
        fault, expected, _before = FAULTS[name]
        world = self.world()
        connector, hit = self.broken(world, fault, self.is_write)
        with pytest.raises(ConnectorError) as told:
            connector.publish(self.outgoing())
        assert isinstance(told.value, expected), repr(told.value)
        assert str(told.value).endswith((".", "。"))
        assert len(hit) == 1 or expected is NeedsReconnect, "a write must not repeat itself"
        assert world.posts == []

    @pytest.mark.parametrize("name", [name for name, row in FAULTS.items() if row[2]])
    def test_failure_before_the_write_is_no_doubt(self, name):
        fault, _at_write, expected = FAULTS[name]
        connector, hit = self.broken(self.world(), fault, lambda request: True)
        with pytest.raises(ConnectorError) as told:
            connector.publish(self.outgoing())
        assert isinstance(told.value, expected), repr(told.value)
        assert hit

    def test_wait_is_told(self):
        for name, low, high in (("slow down", 120, 120), ("slow down until", 3600, 86_400)):
            connector, _hit = self.broken(self.world(), FAULTS[name][0], self.is_write)
            with pytest.raises(NothingSent) as told:
                connector.publish(self.outgoing())
            assert low <= told.value.wait_s <= high

    def test_reading_twice_tells_the_same(self):
        world = self.world()
        self.made(self.connect(world), self.outgoing())
        for (name, first), (_name, second) in zip(
            self.reads(self.connect(world)), self.reads(self.connect(world)), strict=True
        ):
            assert first() == second(), name

    def test_times_are_aware(self):
        world = self.world()
        connector = self.connect(world)
        self.made(connector, self.outgoing())
        if isinstance(connector, base.ReadsPosts):
            posts = list(connector.recent_posts(SINCE))
            assert posts
            assert all(post.published_at.tzinfo for post in posts)
            assert list(connector.recent_posts(datetime(2100, 1, 1, tzinfo=UTC))) == []
        if isinstance(connector, base.ReadsMessages):
            messages = list(connector.messages(SINCE))
            assert messages
            assert all(message.at.tzinfo and message.thread_id and message.text for message in messages)

    def test_unknown_is_not_zero(self):
        world = self.world()
        connector = self.connect(world)
        if not isinstance(connector, base.ReadsMetrics):
            pytest.skip("tells no figures")
        made = self.made(connector, self.outgoing())
        readings = list(connector.post_readings([self.ref(made.remote_id)]))
        assert [reading.remote_id for reading in readings] == [made.remote_id]
        for name in ("views", "likes", "comments", "shares", "saves", "clicks"):
            if name not in self.connector.spec.metrics:
                assert getattr(readings[0], name) is None, name

    @pytest.mark.parametrize("name", [name for name, row in FAULTS.items() if row[2]])
    def test_failed_reading_is_no_doubt(self, name):
        fault, _at_write, expected = FAULTS[name]
        connector, _hit = self.broken(self.world(), fault, lambda request: True)
        for what, look in self.reads(connector):
            with pytest.raises(ConnectorError) as told:
                look()
            assert isinstance(told.value, expected), f"{what}: {told.value!r}"

    def test_wrong_credentials_are_told(self):
        connector, _hit = self.broken(
            self.world(),
            FAULTS["dead sign-in"][0],
            lambda request: "authorization" in request.headers or request.content,
        )
        with pytest.raises(NeedsReconnect):
            connector.profile()

    @pytest.mark.parametrize("status", [200, 400, 401, 500])
    def test_no_secret_in_any_message(self, status, caplog):
        caplog.set_level(logging.DEBUG, logger="platforms")

        def echo(request):
            said = [*self.hidden, request.headers.get("authorization", ""), request.content.decode("latin-1")]
            return httpx.Response(status, text="\n".join(said))

        connector, _hit = self.broken(self.world(), echo, lambda request: True)
        calls = [look for _name, look in self.reads(connector)]
        for call in (connector.profile, lambda: connector.publish(self.outgoing()), *calls):
            with pytest.raises(ConnectorError) as told:
                call()
            for secret in self.hidden:
                assert secret not in str(told.value) + told.value.raw + caplog.text
            assert len(told.value.raw) <= 2000

    @pytest.mark.parametrize("how", ["hang", "cut", "drop"])
    def test_real_connection_that_fails_at_the_write(self, how, settings):
        settings.ALLOW_LOCAL_SERVERS = True
        world = self.world()
        with serve(world, breaks=self.is_write, how=how) as server:
            account, secret = self.at(server.address)
            http = Http(self.connector.spec.key, read_s=0.5, pause=lambda _s: None)
            with pytest.raises(OutcomeUnknown):
                self.connector(account, secret, http).publish(self.outgoing())
        assert world.posts == []

    @pytest.mark.parametrize("how", ["hang", "cut", "drop"])
    def test_real_connection_that_fails_before_the_write(self, how, settings):
        settings.ALLOW_LOCAL_SERVERS = True
        with serve(self.world(), breaks=lambda request: True, how=how) as server:
            account, secret = self.at(server.address)
            http = Http(self.connector.spec.key, read_s=0.5, pause=lambda _s: None)
            with pytest.raises(NothingSent):
                self.connector(account, secret, http).publish(self.outgoing())

    def test_real_connection_publishes(self, settings):
        settings.ALLOW_LOCAL_SERVERS = True
        world = self.world()
        with serve(world) as server:
            account, secret = self.at(server.address)
            self.connector(account, secret, Http(self.connector.spec.key)).publish(self.outgoing())
        assert len(world.posts) == 1

    def test_private_address_is_refused_before_anything_is_asked(self, settings):
        settings.ALLOW_LOCAL_SERVERS = False
        with serve(self.world()) as server:
            account, secret = self.at(server.address)
            with pytest.raises(Refused, match="not a public address"):
                self.connector(account, secret, Http(self.connector.spec.key)).publish(self.outgoing())
            assert server.asked == []
