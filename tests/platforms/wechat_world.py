"""An Official Account of ours and the platform it lives on, on a real port."""

from datetime import datetime

import pytest
from django.utils import timezone, translation

from mediaops.lib.sealing import seal
from platforms.connectors.wechat.client import BEIJING
from platforms.connectors.wechat.connector import OfficialAccount
from platforms.models import Credential
from tests.builders import make_account
from tests.platforms.connectors.servers import serve
from tests.platforms.doubles.wechat import APP_ID, APP_SECRET
from tests.platforms.doubles.wechat_people import TOKEN, WeChatPeople


class AtNoon(OfficialAccount):
    """The account on a day on which it is noon in Beijing: yesterday's figures are there."""

    def _now(self):
        return datetime.now(BEIJING).replace(hour=12, minute=0)


@pytest.fixture
def wechat(settings):
    """The platform; what is done to it is real, so is what it says."""
    world = WeChatPeople()
    with serve(world) as server:
        settings.ALLOW_LOCAL_SERVERS = True
        settings.PLATFORM_ADDRESSES = {**settings.PLATFORM_ADDRESSES, "wechat": server.address}
        yield world


def make_official(workspace, world, **fields):
    """An account on that platform, called back in the way the world speaks."""
    given = {"platform": "wechat", "remote_id": APP_ID, "name": "蓝叙茶", "handle": "蓝叙茶"} | fields
    account = make_account(workspace, **given)
    secret = {
        "name": "蓝叙茶", "kind": "service", "certified": "True", "app_id": APP_ID, "app_secret": APP_SECRET,
        "token": TOKEN, "aes_key": world.aes_key,
    }  # fmt: skip
    Credential.objects.create(account=account, sealed=seal(secret), changed_at=timezone.now())
    return account


@pytest.fixture
def official(workspace, wechat):
    return make_official(workspace, wechat)


@pytest.fixture
def tell(client, official):
    """Return a function: the platform tells the product something, `tell(wechat.write("oAnna", "hi"))`."""

    def post(called, key=None):
        query, body = called
        address = f"/hooks/{key or official.callback_key}/"
        with translation.override(translation.get_language()):  # a request leaves its language behind
            return client.post(address, body, content_type="text/xml", query_params=query)

    return post
