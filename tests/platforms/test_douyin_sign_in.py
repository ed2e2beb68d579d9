"""Connecting a Douyin account on Douyin's own page, through the product."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from platforms import gateway
from platforms.actions import health
from platforms.connectors.douyin import Douyin
from platforms.models import Credential
from tests.platforms.doubles.douyin import DouyinPlatform
from tests.platforms.test_signing_in import connected, leave

KEY = Douyin.spec.key


@pytest.fixture
def platform(settings):
    settings.ALLOW_LOCAL_SERVERS = True
    settings.SITE_URL = "http://testserver"
    platform = DouyinPlatform()
    with platform.serving() as address:
        settings.PLATFORM_ADDRESSES = settings.PLATFORM_ADDRESSES | {KEY: address}
        platform.address = address
        yield platform


def given(platform, **more):
    return {"client_key": platform.client_key, "client_secret": platform.client_secret, **more}


def back(address, platform, scope):
    state = parse_qs(urlsplit(address).query)["state"][0]
    return f"/connect/back/?code={platform.grant(scope)}&state={state}"


def test_an_account_is_connected_with_what_its_owner_granted(platform, client_of, owner):
    client = client_of(owner)
    address = leave(client, KEY, given(platform, want_publish="on", want_renewal="on"))
    assert address.startswith(f"{platform.address}/platform/oauth/connect/?")
    asked = parse_qs(urlsplit(address).query)
    assert asked["scope"] == ["user_info,video.create.bind,renew_refresh_token"]
    assert asked["redirect_uri"] == ["http://testserver/connect/back/"]
    account = connected(client, back(address, platform, "user_info,video.create.bind,renew_refresh_token"))
    assert (account.platform, account.remote_id, account.state) == (KEY, "open-1", "healthy")
    assert account.rights == ["publish"]
    assert timedelta(days=177) < account.expires_at - timezone.now() < timedelta(days=178)
    assert platform.client_secret not in Credential.objects.get().sealed
    assert gateway.limits_of(account).images_max == 30


def test_an_account_without_the_right_to_publish_is_served_by_hand(platform, client_of, owner):
    client = client_of(owner)
    address = leave(client, KEY, given(platform, want_posts="on"))
    account = connected(client, back(address, platform, "user_info,video.list.bind,video.data.bind"))
    assert account.is_by_hand
    assert set(account.rights) == {"posts", "figures"}
    assert gateway.limits_of(account).images_max == 35


def test_the_warning_comes_thirty_days_ahead(platform, client_of, owner):
    client = client_of(owner)
    address = leave(client, KEY, given(platform, want_publish="on", want_renewal="on"))
    account = connected(client, back(address, platform, "user_info,video.create.bind,renew_refresh_token"))
    day = timedelta(days=1)
    for days, state in ((147, "healthy"), (149, "soon")):
        at = account.expires_at - timedelta(days=177.5) + days * day
        assert health.sign_in_state(account.spec, account.expires_at, at) == state
