import json
import threading
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from mediaops.models import Activity, Notice
from platforms import gateway
from platforms.actions import connecting, health
from platforms.connectors import base
from platforms.connectors.account import Profile
from platforms.models import Account, Credential
from tests.builders import make_account
from tests.builders_platforms import make_scripted

GIVEN = {"name": "lanxu", "password": "open sesame"}


def url(path=""):
    return f"/w/lanxu/accounts/{path}"


def test_connecting_proves_the_sign_in_and_seals_the_secret(scripted, workspace, owner):
    account = connecting.connect_account(workspace, "scripted", GIVEN, by=owner, now=timezone.now())
    assert (account.remote_id, account.state, scripted.calls("profile")) == ("lanxu", "healthy", 1)
    assert "open sesame" not in Credential.objects.get().sealed
    assert Activity.objects.filter(verb="account.connected", member=owner).count() == 1


def test_refused_credentials_leave_nothing_behind(scripted, workspace, owner):
    scripted.will("needs_reconnect", method="profile")
    with pytest.raises(connecting.CannotConnect) as problem:
        connecting.connect_account(workspace, "scripted", GIVEN, by=owner, now=timezone.now())
    assert "password" in problem.value.fields
    assert not Account.objects.exists()


def test_missing_fields_are_named_before_any_call(scripted, workspace, owner):
    with pytest.raises(connecting.CannotConnect) as problem:
        connecting.connect_account(workspace, "scripted", {"name": "lanxu"}, by=owner, now=timezone.now())
    assert list(problem.value.fields) == ["password"]
    assert scripted.calls("profile") == 0


def test_reconnecting_keeps_the_row_and_its_history(scripted, workspace, owner):
    now = timezone.now()
    first = connecting.connect_account(workspace, "scripted", GIVEN, by=owner, now=now)
    connecting.rename(first, "Our tea", by=owner, now=now)
    connecting.disconnect(first, by=owner, now=now)
    assert not Credential.objects.exists()
    again = connecting.connect_account(workspace, "scripted", GIVEN | {"password": "new"}, by=owner, now=now)
    assert (again.pk, again.state, again.name) == (first.pk, "healthy", "Our tea")


def test_reconnecting_with_another_accounts_credentials_is_refused(scripted, workspace, owner):
    account = make_scripted(workspace, remote_id="lanxu")
    found = connecting.look("scripted", {"name": "someone-else", "password": "x" * 8})
    with pytest.raises(connecting.CannotConnect):
        connecting.keep(workspace, found, by=owner, now=timezone.now(), account=account)


def test_dead_sign_in_marks_the_account_and_tells_owners_once(scripted, workspace, owner, editor):
    account = make_scripted(workspace)
    now = timezone.now()
    scripted.will("needs_reconnect", "needs_reconnect", method="profile")
    health.check_account(account, now)
    health.check_account(Account.objects.get(), now + timedelta(hours=2))
    account.refresh_from_db()
    assert (account.state, account.failing_since) == ("expired", now)
    assert list(Notice.objects.values_list("member_id", "level", "mail_wanted")) == [(owner.pk, "urgent", True)]


def test_account_that_recovers_and_dies_again_is_news_again(scripted, workspace, owner):
    account = make_scripted(workspace)
    now = timezone.now()
    scripted.will("needs_reconnect", "live", "needs_reconnect", method="profile")
    for hours in range(3):
        account = health.check_account(account, now + timedelta(hours=hours))
    assert Notice.objects.count() == 2
    assert Activity.objects.filter(verb="account.recovered").count() == 1


def test_silent_platform_is_told_after_a_while_not_at_the_first_hiccup(scripted, workspace, owner):
    account = make_scripted(workspace)
    now = timezone.now()
    scripted.will(*["nothing_sent"] * 4, method="profile")
    for minutes in (0, 5, 10):
        health.check_account(account, now + timedelta(minutes=minutes))
    assert not Notice.objects.exists()
    health.check_account(account, now + timedelta(minutes=20))
    assert (Notice.objects.count(), account.state, account.is_silent) == (1, "healthy", True)
    health.check_account(account, now + timedelta(minutes=25))
    assert (account.failures, account.problem) == (0, "")


def test_check_is_taken_by_one_worker_only(scripted, workspace):
    account = make_scripted(workspace)
    now = timezone.now()
    assert health.claim_check(account.pk, now)
    assert not health.claim_check(account.pk, now)


def test_right_that_the_platform_took_back_comes_back_only_by_connecting_anew(workspace, owner):
    """The platform names the right among the account's own, and refuses it all the same."""
    now = timezone.now()
    profile = Profile("1", "Tea", handle="tea", rights=("posts",))
    found = connecting.Found("wechat", profile, {"app_id": "wx1", "app_secret": "x"})
    account = connecting.keep(workspace, found, by=owner, now=now)
    granted = replace(profile, rights=("figures", "posts", "publish"))
    health.mark_healthy(account, now, profile=granted)
    assert Account.objects.get().rights == ["figures", "posts", "publish"], "what is granted later is taken up"

    health.lose_right(account, "publish", "Not authorised.", now)
    for day in (1, 2):
        health.mark_healthy(Account.objects.get(), now + timedelta(days=day), profile=granted)
        assert Account.objects.get().rights == ["figures", "posts"]
    connecting.keep(workspace, replace(found, profile=granted), by=owner, now=now)
    health.mark_healthy(Account.objects.get(), now, profile=granted)
    assert Account.objects.get().rights == ["figures", "posts", "publish"]


def test_disconnected_account_is_not_checked_back_to_life(scripted, workspace, owner):
    account = make_scripted(workspace)
    stale = Account.objects.get(pk=account.pk)
    connecting.disconnect(account, by=owner, now=timezone.now())
    health.mark_healthy(stale, timezone.now())
    health.mark_expired(stale, "x", timezone.now())
    account.refresh_from_db()
    assert account.state == "gone"


def test_partner_account_needs_no_credentials_and_stands_once(scripted, workspace, owner):
    given = {"relation": "partner", "name": "KOL", "handle": "@kol", "by": owner, "now": timezone.now()}
    row = connecting.add_account(workspace, "scripted", **given)
    assert (row.relation, row.remote_id) == ("partner", "kol")
    with pytest.raises(connecting.UserError):
        connecting.add_account(workspace, "scripted", **given)


def test_screen_shows_what_the_platform_says_before_saving(scripted, client_of, owner):
    client = client_of(owner)
    shown = client.post(url("connect/scripted/"), GIVEN)
    assert shown.status_code == 200
    assert b"Scripted" in shown.content
    assert b"open sesame" not in shown.content
    assert not Account.objects.exists()
    saved = client.post(url(f"connect/save/{shown.context['token']}/"), {"name": "Tea"})
    account = Account.objects.get()
    assert (saved.status_code, saved.url) == (302, account.get_absolute_url())
    assert (account.name, gateway.connect(account)._secret["password"]) == ("Tea", "open sesame")


def test_secret_between_the_steps_lies_sealed_on_the_server(scripted, client_of, owner):
    client = client_of(owner)
    client.post(url("connect/scripted/"), GIVEN)
    assert "open sesame" not in json.dumps(dict(client.session))
    assert "open sesame" not in str(client.cookies)


def test_refusal_keeps_what_was_typed_but_not_the_secret(scripted, client_of, owner):
    scripted.will("needs_reconnect", method="profile")
    shown = client_of(owner).post(url("connect/scripted/"), GIVEN)
    page = shown.content.decode()
    assert shown.status_code == 422
    assert 'value="lanxu"' in page
    assert "The sign-in is dead." in page
    assert "open sesame" not in page


@pytest.mark.parametrize("step", ["nothing_sent", "refused"])
def test_trouble_at_the_platform_is_a_sentence(scripted, client_of, owner, step):
    scripted.will(step, method="profile")
    shown = client_of(owner).post(url("connect/scripted/"), GIVEN)
    assert shown.status_code == 422
    assert b"The platform" in shown.content


def test_token_of_another_workspace_or_an_old_one_saves_nothing(scripted, client_of, owner):
    client = client_of(owner)
    assert client.post(url("connect/save/made-up/"), {"name": "Tea"}).status_code == 400
    assert not Account.objects.exists()


def test_reconnect_screen_keeps_the_row(scripted, client_of, owner, workspace):
    account = make_scripted(workspace, remote_id="lanxu", state="expired", failing_since=timezone.now())
    client = client_of(owner)
    shown = client.post(url(f"{account.pk}/reconnect/"), GIVEN)
    client.post(url(f"connect/save/{shown.context['token']}/"), {"name": "Tea"})
    account.refresh_from_db()
    assert (account.state, Account.objects.count()) == ("healthy", 1)
    wrong = client.post(url(f"{account.pk}/reconnect/"), GIVEN | {"name": "other"})
    assert wrong.status_code == 422


def test_only_owners_connect(scripted, client_of, manager, viewer):
    for member in (manager, viewer):
        assert client_of(member).get(url("connect/")).status_code == 403
        assert client_of(member).post(url("connect/scripted/"), GIVEN).status_code == 403


def test_strangers_see_no_account(scripted, client_of, stranger, workspace):
    account = make_account(workspace, platform="scripted")
    assert client_of(stranger).get(f"/w/elsewhere/accounts/{account.pk}/").status_code == 404
    assert client_of(stranger).get(url(f"{account.pk}/")).status_code == 404


def test_own_site_opens_with_one_click(client_of, owner, workspace):
    from platforms.connectors.site import SiteConnector

    client = client_of(owner)
    key = SiteConnector.spec.key
    assert client.get(url(f"connect/{key}/")).status_code == 200
    assert client.post(url(f"connect/{key}/")).status_code == 302
    assert Account.objects.get().platform == key
    client.post(url(f"connect/{key}/"))
    assert Account.objects.count() == 1


def test_platform_without_an_interface_is_added_by_name(client_of, owner):
    from platforms.connectors.by_hand import BY_HAND

    key = BY_HAND[0].spec.key
    client = client_of(owner)
    assert client.post(url(f"connect/{key}/"), {"name": ""}).status_code == 422
    made = client.post(url(f"connect/{key}/"), {"name": "Our tea", "url": "https://page.example/"})
    account = Account.objects.get()
    assert (made.status_code, account.name, account.remote_id) == (302, "Our tea", "https://page.example/")
    assert b"By hand" in client.get(url()).content


class _Answer(BaseHTTPRequestHandler):
    status, body, kind = 500, b"", "text/html"

    def do_GET(self):
        self.send_response(self.status)
        self.send_header("Content-Type", self.kind)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *args):
        pass


@pytest.fixture
def answering(settings):
    """A loopback server that answers everything alike."""
    settings.ALLOW_LOCAL_SERVERS = True
    servers = []

    def serve(status, body, kind="text/html"):
        handler = type("Handler", (_Answer,), {"status": status, "body": body, "kind": kind})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body"), [(500, b"<h1>Oops</h1>"), (200, b"<html>Welcome</html>"), (401, b"{}"), (429, b"slow down")]
)
def test_a_real_server_that_is_no_platform_gives_a_sentence(client_of, owner, answering, status, body):
    from platforms.connectors.wordpress import WordPress

    address = answering(status, body)
    given = {"address": address, "username": "editor", "password": "wxyz QRST 1234"}
    shown = client_of(owner).post(url(f"connect/{WordPress.spec.key}/"), given)
    page = shown.content.decode()
    assert shown.status_code == 422
    assert address in page
    assert "wxyz QRST" not in page
    assert "WordPress" in page


def test_account_with_fewer_rights_promises_less(scripted, workspace, owner):
    account = make_scripted(workspace, secret={"name": "scripted-account", "password": "x", "rights": "posts reply"})
    health.check_account(account, timezone.now())
    account.refresh_from_db()
    assert (account.rights, account.is_by_hand) == (["posts", "reply"], True)
    assert gateway.can(account, base.ReadsPosts)
    assert gateway.can(account, base.Connects)
    assert not gateway.can(account, base.ReadsMessages)
    assert not gateway.can(account, base.Publishes)


def test_sign_in_that_ends_soon_is_told_once(scripted, workspace, owner):
    now = timezone.now()
    ends = now + timedelta(days=3)
    secret = {"name": "scripted-account", "password": "x", "ends": ends.isoformat()}
    account = make_scripted(workspace, secret=secret)
    for hours in (0, 1):
        account = health.check_account(account, now + timedelta(hours=hours))
    assert (account.state, account.expires_at) == ("soon", ends)
    assert Notice.objects.filter(kind="account.ends_soon", member=owner).count() == 1


def test_any_platform_can_be_served_by_hand(scripted, workspace, owner, client_of):
    client = client_of(owner)
    answer = client.post(f"/w/{workspace.slug}/accounts/connect/scripted/by-hand/", {"name": ""})
    assert answer.status_code == 422
    client.post(f"/w/{workspace.slug}/accounts/connect/scripted/by-hand/", {"name": "Lanxu", "url": ""})
    account = Account.objects.get()
    assert (account.name, account.rights, account.is_by_hand) == ("Lanxu", [], True)
    assert not gateway.can(account, base.Connects)
    health.check_account(account, timezone.now())
    assert not scripted.calls("profile")


def test_account_served_by_hand_can_be_connected_later(scripted, workspace, owner):
    now = timezone.now()
    account = connecting.connect_by_hand(workspace, "scripted", name="Lanxu", by=owner, now=now)
    same = connecting.reconnect(account, {"name": "scripted-account", "password": "x"}, by=owner, now=now)
    assert (same.pk, same.remote_id, same.rights, same.is_by_hand) == (account.pk, "scripted-account", None, False)
    other = connecting.connect_by_hand(workspace, "scripted", name="Other", by=owner, now=now)
    with pytest.raises(connecting.CannotConnect, match="connected already"):
        connecting.reconnect(other, {"name": "scripted-account", "password": "x"}, by=owner, now=now)


def test_rest_adds_an_account_served_by_hand(scripted, owner, api_of):
    answer = api_of(owner).post(
        "/api/v1/accounts/", {"platform": "scripted", "by_hand": True, "name": "Lanxu"}, format="json"
    )
    assert (answer.status_code, answer.data["is_by_hand"], answer.data["can"]) == (201, True, [])
