"""Connecting on the platform's own page: away, back, confirm, save; and all that may go wrong on the way."""

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest
from django.utils import timezone

from mediaops.models import Activity
from platforms import gateway
from platforms.actions import connecting, health
from platforms.connectors.mastodon import Mastodon
from platforms.connectors.weibo import Weibo
from platforms.models import Account
from tests.builders import make_account, make_member
from tests.platforms.doubles.mastodon import US, MastodonDouble
from tests.platforms.doubles.serving import serving
from tests.platforms.doubles.weibo import APP_KEY, APP_SECRET, DOMAIN, UID, WeiboDouble

WEIBO, MASTODON = Weibo.spec.key, Mastodon.spec.key
GIVEN = {"app_key": APP_KEY, "app_secret": APP_SECRET, "domain": DOMAIN, "operator_ip": "203.0.113.7"}


@pytest.fixture
def weibo(settings):
    settings.ALLOW_LOCAL_SERVERS = True
    settings.SITE_URL = "http://testserver"
    with serving(WeiboDouble()) as double:
        settings.PLATFORM_ADDRESSES = settings.PLATFORM_ADDRESSES | {"weibo": double.address}
        yield double


@pytest.fixture
def server(settings):
    settings.ALLOW_LOCAL_SERVERS = True
    settings.SITE_URL = "http://testserver"
    with serving(MastodonDouble()) as double:
        yield double


def url(rest):
    return f"/w/lanxu/accounts/{rest}"


def leave(client, platform=WEIBO, given=GIVEN, at=None):
    """Fill in the form; return the platform's page that we are sent to."""
    shown = client.post(at or url(f"connect/{platform}/"), given)
    assert shown.status_code == 200, shown.content.decode()
    return unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', shown.content.decode())[1])


def consent(address, which="allow"):
    """Press a button of the platform's page; return the address it leads back to."""
    page = httpx.get(address).text
    return unescape(re.search(f'id="{which}" href="([^"]+)"', page)[1]).removeprefix("http://testserver")


def connected(client, back):
    """Come back, look at what was found, save it; return the account."""
    found = client.get(back)
    assert found.status_code == 302, found.content.decode()
    page = client.get(found["Location"])
    action = re.search(r'action="([^"]+/save/[^"]+)"', page.content.decode())[1]
    saved = client.post(action, {"name": "Our tea"})
    assert saved.status_code == 302
    return Account.objects.get(name="Our tea")


def test_form_says_what_to_copy_where(weibo, client_of, owner):
    page = client_of(owner).get(url(f"connect/{WEIBO}/")).content.decode()
    assert "http://testserver/connect/back/" in page
    assert 'data-copy="#back-address"' in page
    assert "授权回调页" in page
    assert "<details" in page


def test_weibo_account_is_connected_on_weibos_page(weibo, client_of, owner):
    client = client_of(owner)
    address = leave(client)
    assert address.startswith(f"{weibo.address}/oauth2/authorize?")
    assert APP_SECRET not in address
    account = connected(client, consent(address))
    assert (account.platform, account.remote_id, account.state) == (WEIBO, str(UID), "healthy")
    assert gateway.limits_of(account).link_hosts == (DOMAIN,)
    assert 29 <= (account.expires_at - timezone.now()).days <= 30
    assert Activity.objects.filter(verb="account.connected", member=owner).count() == 1


def test_mastodon_account_is_connected_on_its_servers_page(server, client_of, owner):
    client = client_of(owner)
    account = connected(client, consent(leave(client, MASTODON, {"server": server.address})))
    host = server.address.removeprefix("http://")
    assert (account.remote_id, account.server) == (f"{host}#{US}", server.address)
    assert health.check_account(account, timezone.now()).state == "healthy"
    assert [app["redirect"] for app in server.apps.values()] == ["http://testserver/connect/back/"]


def test_no_secret_stands_in_session_or_pages(weibo, client_of, owner):
    client = client_of(owner)
    back = consent(leave(client))
    assert APP_SECRET not in str(dict(client.session))
    page = client.get(client.get(back)["Location"]).content.decode()
    assert APP_SECRET not in page + str(dict(client.session))
    assert "token-1" not in page + str(dict(client.session))


def test_token_at_hand_needs_no_page(weibo, client_of, owner, api_of):
    shown = client_of(owner).post(url(f"connect/{WEIBO}/"), GIVEN | {"access_token": "token-1"})
    assert "岚序茶饮" in shown.content.decode()
    told = {"platform": WEIBO, "credentials": GIVEN | {"access_token": "token-1"}}
    made = api_of(owner).post("/api/v1/accounts/", told, format="json")
    assert (made.status_code, made.json()["remote_id"], made.json()["state"]) == (201, str(UID), "healthy")
    wrong = told | {"credentials": GIVEN | {"access_token": "made up"}}
    refused = api_of(owner).post("/api/v1/accounts/", wrong, format="json")
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["access_token"])


def test_new_token_alone_connects_again_over_rest(weibo, api_of, owner):
    given = GIVEN | {"access_token": "token-1"}
    account = connecting.connect_account(owner.workspace, WEIBO, given, by=owner, now=timezone.now())
    weibo.token = "token-2"
    at = f"/api/v1/accounts/{account.pk}/reconnect/"
    told = api_of(owner).post(at, {"credentials": {"access_token": "token-2"}}, format="json")
    assert (told.status_code, told.json()["id"]) == (200, account.pk)
    assert gateway.connect(account).profile().remote_id == str(UID)


def test_connecting_again_keeps_the_row_and_asks_for_no_stored_field(weibo, client_of, owner):
    client = client_of(owner)
    account = connected(client, consent(leave(client)))
    weibo.token = "token-2"
    page = client.get(url(f"{account.pk}/reconnect/")).content.decode()
    assert DOMAIN in page
    assert APP_SECRET not in page
    typed = GIVEN | {"app_secret": ""}
    again = connected(client, consent(leave(client, given=typed, at=url(f"{account.pk}/reconnect/"))))
    assert (again.pk, Account.objects.count()) == (account.pk, 1)
    assert gateway.connect(again).profile().remote_id == str(UID)


def test_connecting_again_demands_the_same_account(weibo, client_of, owner, workspace):
    other = make_account(workspace, platform=WEIBO, remote_id="999", name="Other")
    client = client_of(owner)
    shown = client.get(consent(leave(client, at=url(f"{other.pk}/reconnect/"))))
    assert shown.status_code == 422
    assert "not “Other”" in shown.content.decode()
    other.refresh_from_db()
    assert other.remote_id == "999"


def test_account_served_by_hand_takes_on_the_one_that_signed_in(weibo, client_of, owner, workspace):
    by_hand = connecting.connect_by_hand(workspace, WEIBO, name="Tea", by=owner, now=timezone.now())
    assert gateway.limits_of(by_hand).text_max == 2000
    client = client_of(owner)
    account = connected(client, consent(leave(client, at=url(f"{by_hand.pk}/reconnect/"))))
    assert (account.pk, account.remote_id, account.is_by_hand) == (by_hand.pk, str(UID), False)
    assert gateway.limits_of(account).text_max == 140


def test_sign_in_begun_over_rest_ends_in_the_members_browser(weibo, client_of, api_of, owner):
    told = api_of(owner).post("/api/v1/accounts/sign-in/", {"platform": WEIBO, "credentials": GIVEN}, format="json")
    assert told.status_code == 200
    assert told.json()["state"] in told.json()["url"]
    back = consent(told.json()["url"])
    assert connected(client_of(owner), back).remote_id == str(UID)
    assert client_of(owner).get(back).status_code == 400


def test_sign_in_begun_over_rest_is_nobody_elses(weibo, client_of, api_of, owner, workspace, stranger):
    told = api_of(owner).post("/api/v1/accounts/sign-in/", {"platform": WEIBO, "credentials": GIVEN}, format="json")
    back = consent(told.json()["url"])
    colleague = make_member(workspace, role="owner", name="Colleague")
    for somebody in (colleague, stranger):
        assert client_of(somebody).get(back).status_code == 400
    assert client_of(owner).get(back).status_code == 302


def test_sign_in_over_rest_tells_what_is_wrong(weibo, api_of, owner, manager, scripted, other_workspace):
    api, at = api_of(owner), "/api/v1/accounts/sign-in/"
    empty = api.post(at, {"platform": WEIBO, "credentials": {"app_key": APP_KEY}}, format="json")
    assert (empty.status_code, sorted(empty.json()["fields"])) == (422, ["app_secret", "domain", "operator_ip"])
    assert api.post(at, {"platform": "scripted", "credentials": {}}, format="json").status_code == 422
    assert api.post(at, {"platform": "nowhere"}, format="json").status_code == 400
    theirs = make_account(other_workspace, platform=WEIBO)
    again = {"platform": WEIBO, "credentials": GIVEN, "account": theirs.pk}
    assert api.post(at, again, format="json").status_code == 400
    assert api_of(manager).post(at, {"platform": WEIBO, "credentials": GIVEN}, format="json").status_code == 403


def test_account_of_another_platform_is_not_connected_again(weibo, api_of, owner, workspace):
    wrong = make_account(workspace, platform=MASTODON)
    told = {"platform": WEIBO, "credentials": GIVEN, "account": wrong.pk}
    assert api_of(owner).post("/api/v1/accounts/sign-in/", told, format="json").status_code == 422


def test_platform_with_a_page_of_its_own_is_not_connected_without_it(weibo, api_of, owner):
    said = api_of(owner).post("/api/v1/accounts/", {"platform": WEIBO, "credentials": GIVEN}, format="json")
    assert (said.status_code, said.json()["code"]) == (422, "cannot_connect")
    assert "begin a sign-in" in said.json()["detail"]


def test_denied_sign_in_is_told_and_the_form_keeps_what_was_typed(weibo, client_of, owner):
    client = client_of(owner)
    shown = client.get(consent(leave(client), "deny"))
    page = shown.content.decode()
    assert shown.status_code == 422
    assert "You did not allow it" in page
    assert DOMAIN in page
    assert APP_SECRET not in page
    assert f'action="{url(f"connect/{WEIBO}/")}"' in page
    assert not Account.objects.exists()
    assert connected(client, consent(leave(client, given=GIVEN | {"app_secret": ""}))).remote_id == str(UID)


def test_state_counts_once(weibo, client_of, owner):
    client = client_of(owner)
    back = consent(leave(client))
    assert client.get(back).status_code == 302
    again = client.get(back)
    assert (again.status_code, Account.objects.count()) == (400, 0)
    assert "used already" in again.content.decode()


def test_state_is_bound_to_the_session_and_the_member(weibo, client_of, owner, workspace):
    back = consent(leave(client_of(owner)))
    colleague = make_member(workspace, role="owner", name="Colleague")
    for client in (client_of(owner), client_of(colleague)):  # another browser, another person
        assert client.get(back).status_code == 400
    assert "/oauth2/access_token" not in weibo.asked


def test_state_is_no_good_after_twenty_minutes(weibo, client_of, owner):
    client = client_of(owner)
    back = consent(leave(client))
    session = client.session
    old = (timezone.now() - timedelta(minutes=21)).isoformat()
    session["signing_in"] = {state: kept | {"at": old} for state, kept in session["signing_in"].items()}
    session.save()
    assert client.get(back).status_code == 400


@pytest.mark.parametrize("query", ["", "?state=", "?state=made-up&code=1", "?code=1"])
def test_made_up_answers_get_nowhere(weibo, client_of, owner, query):
    client = client_of(owner)
    leave(client)
    assert client.get(f"/connect/back/{query}").status_code == 400


def test_member_who_lost_the_right_meanwhile_gets_no_further(weibo, client_of, owner):
    client = client_of(owner)
    back = consent(leave(client))
    owner.role = "editor"
    owner.save()
    assert client.get(back).status_code == 403
    assert "/oauth2/access_token" not in weibo.asked


def test_visitor_is_asked_to_sign_in_first(weibo, client):
    answer = client.get("/connect/back/?state=x&code=1")
    assert answer["Location"].startswith("/sign-in/?next=/connect/back/")


def test_answer_without_a_code_and_other_errors_are_told(weibo, client_of, owner):
    client = client_of(owner)
    for said, sentence in (
        ("", "sent no answer along"),
        ("&error=server_error&error_description=Out+of+order.", "Out of order"),
        ("&code=used-before", "used or is too old"),
    ):
        state = httpx.URL(leave(client)).params["state"]
        shown = client.get(f"/connect/back/?state={state}{said}")
        assert (shown.status_code, sentence in shown.content.decode()) == (422, True), said


@pytest.mark.parametrize("how", ["drop", "cut"])
def test_platform_that_fails_in_the_middle_is_told(weibo, client_of, owner, how):
    client = client_of(owner)
    back = consent(leave(client))
    weibo.trouble.put("/access_token", how)
    shown = client.get(back)
    assert shown.status_code == 422
    assert not Account.objects.exists()


def test_wrong_secret_of_the_app_is_told(weibo, client_of, owner):
    client = client_of(owner)
    shown = client.get(consent(leave(client, given=GIVEN | {"app_secret": "wrong"})))
    assert (shown.status_code, "does not know this app key" in shown.content.decode()) == (422, True)


def test_server_that_is_none_is_told_before_anybody_leaves(server, client_of, owner):
    shown = client_of(owner).post(url(f"connect/{MASTODON}/"), {"server": "not a server"})
    assert (shown.status_code, "not the address of a server" in shown.content.decode()) == (422, True)


def test_found_page_is_gone_after_saving(weibo, client_of, owner):
    client = client_of(owner)
    found = client.get(consent(leave(client)))["Location"]
    page = client.get(found).content.decode()
    client.post(re.search(r'action="([^"]+/save/[^"]+)"', page)[1], {"name": "Our tea"})
    assert client.get(found).status_code == 400


def test_lost_right_stays_lost_when_the_health_is_checked(weibo, client_of, owner):
    client = client_of(owner)
    account = connected(client, consent(leave(client)))
    health.lose_right(account, "publish", "Weibo has not granted this to your app.", timezone.now())
    account = health.check_account(Account.objects.get(), timezone.now())
    assert account.is_by_hand
    assert Account.objects.get().is_by_hand
    assert gateway.limits_of(account).images_max == 18
