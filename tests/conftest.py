"""People and rooms that every test may ask for. Each is named as the story names them.

Members: `owner`, `manager`, `editor`, `operator`, `analyst`, `viewer`, and `stranger` of another workspace.
Doors: `client_of(member)` a browser session without a browser, `api_of(member)` a REST client,
`page_of(member)` a Chromium page, signed in. Servers: `live` (address of the product), `worker` (Celery).
"""

import os
import shutil

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from mediaops.models import Role
from tests import builders, servers
from tests.platforms.scripted import scripted  # noqa: F401 - a platform that does what the test says
from tests.platforms.wechat_world import official, tell, wechat  # noqa: F401 - an Official Account and its platform


def pytest_unconfigure(config):
    shutil.rmtree(django_settings.VAR_DIR, ignore_errors=True)


def pytest_collection_modifyitems(items):
    """Tests that ask for a server carry its mark without saying so."""
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if names & {"page", "page_of", "browser"}:
            item.add_marker("browser")
        if "worker" in names:
            item.add_marker("worker")


@pytest.fixture
def workspace(db):
    return builders.make_workspace(name="Lanxu Tea", slug="lanxu")


@pytest.fixture
def other_workspace(db):
    return builders.make_workspace(name="Elsewhere", slug="elsewhere")


def _member_fixture(role):
    @pytest.fixture(name=role)
    def make(workspace):
        return builders.make_member(workspace, role=role)

    return make


owner = _member_fixture("owner")
manager = _member_fixture("manager")
editor = _member_fixture("editor")
operator = _member_fixture("operator")
analyst = _member_fixture("analyst")
viewer = _member_fixture("viewer")


@pytest.fixture
def stranger(other_workspace):
    """An owner, but of another workspace."""
    return builders.make_member(other_workspace, role=Role.OWNER, name="Stranger")


@pytest.fixture
def client_of():
    """Return a function: a browser session of a member."""

    def sign_in(member):
        client = Client()
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def api_of():
    """Return a function: a REST client with a token of the member, `api_of(member, scopes=["see"])`."""

    def with_token(member, *, scopes=()):
        from django.utils import timezone

        from mediaops.actions.tokens import make_token

        row, token = make_token(member, name="tests", by=member, now=timezone.now(), scopes=scopes)
        client = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}", HTTP_ACCEPT_LANGUAGE="en")
        client.token, client.token_row = token, row
        return client

    return with_token


@pytest.fixture(autouse=True)
def _fresh_cache():
    """Throttles and pulses of one test do not reach the next."""
    cache.clear()


@pytest.fixture
def live(live_server, settings, monkeypatch):
    """The product on a port of 127.0.0.1, answering from the test's database; gives its address.

    Connectors may reach it: ALLOW_LOCAL_SERVERS is on.
    """
    address = live_server.url.replace("localhost", "127.0.0.1")
    settings.SITE_URL = address
    settings.CSRF_TRUSTED_ORIGINS = [address]
    settings.ALLOW_LOCAL_SERVERS = True
    return address


@pytest.fixture
def worker(live, tmp_path):
    """A real Celery worker and clock on the database of the test (see tests/servers.py: start, stop, kill, log)."""
    env = dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "mediaops.settings",
        "DATABASE_URL": _database_url(),
        "SITE_URL": live,
        "ALLOW_LOCAL_SERVERS": "1",
        "LOG_LEVEL": "INFO",
    }
    program = servers.Worker(env, tmp_path)
    program.start()
    yield program
    program.stop()


def _database_url():
    about = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{about['NAME']}"
    user = f"{about['USER']}:{about['PASSWORD']}" if about["PASSWORD"] else about["USER"]
    return f"postgres://{user}@{about['HOST']}:{about['PORT'] or 5432}/{about['NAME']}"


PATIENCE_MS = 30_000
"""How long a page may take for what a test waits for: the machine may have other things to do."""


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium, one for the whole session."""
    program = servers.chromium()
    if program is None:
        pytest.skip("no Chromium here (CHROMIUM=… names one)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser, live):
    """Return a function: a page of a fresh browser, `new_page(width=390, dark=True)`; relative addresses work.

    A script error or a blocked file on the page fails the test.
    """
    opened, complaints = [], []

    def open_page(*, width=1440, height=900, dark=False, language="en"):
        context = browser.new_context(
            base_url=live,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="zh-CN" if language == "zh-hans" else "en-US",
        )
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda line: _note_blocked(line, complaints))
        return page

    yield open_page
    for context in opened:
        context.close()
    assert not complaints, "\n".join(complaints)


def _note_blocked(line, complaints):
    if line.type == "error" and "Content Security Policy" in line.text:
        complaints.append(line.text)


@pytest.fixture
def page(new_page):
    """One Chromium page, not signed in."""
    return new_page()


@pytest.fixture
def page_of(new_page, client_of):
    """Return a function: a Chromium page in which the member is signed in, `page_of(editor, width=390)`."""

    def signed_in(member, **how):
        page = new_page(**how)
        for name, cookie in client_of(member).cookies.items():
            page.context.add_cookies(
                [{"name": name, "value": cookie.value, "domain": "127.0.0.1", "path": "/", "httpOnly": True}]
            )
        return page

    return signed_in
