import httpx
import pytest
from django.db import connections
from django.test import Client

from mediaops.models import Workspace
from platforms.actions.site_key import digest_of
from platforms.connectors import base
from platforms.connectors.account import AccountRef
from platforms.connectors.site import SiteConnector
from platforms.models import Article, SiteKey
from tests import builders
from tests.builders_site import make_article, make_comment
from tests.platforms.connectors.contract import Contract

KEY = "site_a-key-nobody-knows"


class OwnSite:
    """The real site, asked without a socket between."""

    def __init__(self):
        Workspace.objects.filter(slug="lanxu").delete()  # a fresh one each time
        self.workspace = builders.make_workspace(name="Lanxu Tea", slug="lanxu")
        SiteKey.objects.create(workspace=self.workspace, key_hash=digest_of(KEY))
        make_comment(make_article(self.workspace, key="older"))
        self.connection = connections["default"]
        self.connection.inc_thread_sharing()

    def __call__(self, request):
        connections["default"] = self.connection
        answer = Client().generic(
            request.method,
            request.url.raw_path.decode(),
            request.content,
            content_type=request.headers.get("content-type", ""),
            headers={name: value for name, value in request.headers.items() if name != "host"},
        )
        return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)

    @property
    def posts(self):
        return list(Article.objects.exclude(key="older"))


@pytest.mark.django_db
class TestSite(Contract):
    connector = SiteConnector
    account = AccountRef("1", "lanxu", "https://lanxu.example/site/lanxu")
    secret = {"key": KEY}  # noqa: RUF012
    hidden = (KEY,)

    def world(self):
        return OwnSite()

    def is_write(self, request):
        return request.method == "PUT"

    def at(self, address):
        return AccountRef("1", "lanxu", f"{address}/site/lanxu"), self.secret


def test_promises_everything_a_site_can_do():
    promised = (
        base.Connects, base.Publishes, base.RepeatsSafely, base.FindsByKey, base.Updates, base.Deletes,
        base.ReadsPosts, base.ReadsMessages, base.Replies, base.ReadsMetrics, base.ReadsAccountMetrics,
    )  # fmt: skip
    assert all(issubclass(SiteConnector, promise) for promise in promised)
