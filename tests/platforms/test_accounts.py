from datetime import timedelta

import pytest
from django.utils import timezone

from mediaops.models import Activity
from platforms.models import Account, Credential
from tests.builders import make_account, make_post
from tests.builders_platforms import make_conversation, make_scripted


def url(path=""):
    return f"/w/lanxu/accounts/{path}"


@pytest.fixture
def account(scripted, workspace):
    return make_scripted(workspace)


def test_list_puts_what_needs_a_person_first(client_of, viewer, account, workspace):
    now = timezone.now()
    make_account(
        workspace, platform="scripted", name="Dead", state="expired", problem="Signed out.", failing_since=now
    )
    make_account(workspace, platform="scripted", name="Silent", failures=5, failing_since=now)
    page = client_of(viewer).get(url())
    assert [row.name for row in page.context["accounts"]] == ["Dead", "Silent", "Scripted"]
    assert page.context["totals"]["well"] == 1
    assert b"Signed out." in page.content


def test_list_counts_posts_and_waiting_talks_of_each_account(client_of, viewer, account):
    make_post(account)
    make_post(account, removed_at=timezone.now())
    make_conversation(account)
    make_conversation(account, waits=False)
    row = client_of(viewer).get(url()).context["accounts"][0]
    assert (row.posts_n, row.waiting_n) == (1, 1)


def test_partners_and_disconnected_accounts_have_their_own_lists(client_of, viewer, account, workspace):
    make_account(workspace, platform="scripted", name="KOL", relation="partner")
    make_account(workspace, platform="scripted", name="Old", state="gone")

    def names(query=""):
        return [row.name for row in client_of(viewer).get(url() + query).context["accounts"]]

    assert names() == ["Scripted"]
    assert names("?show=others") == ["KOL"]
    assert names("?show=gone") == ["Old"]
    assert names("?show=nonsense") == ["Scripted"]


@pytest.mark.parametrize("fields", [
    {}, {"state": "gone"}, {"failures": 2, "problem": "No answer."}, {"relation": "watched"},
    {"state": "expired", "problem": "Dead.", "problem_raw": "401"}, {"limits": {"text_max": 77}},
])  # fmt: skip
def test_account_page_shows_every_kind_of_account(client_of, owner, scripted, workspace, fields):
    since = timezone.now() - timedelta(hours=1)
    row = make_scripted(workspace, failing_since=since if "problem" in fields else None, **fields)
    make_post(row)
    page = client_of(owner).get(url(f"{row.pk}/"))
    assert page.status_code == 200
    assert str(fields.get("problem", row.name)) in page.content.decode()


def test_own_limits_of_an_account_are_shown(client_of, viewer, account):
    Account.objects.update(limits={"text_max": 77})
    assert "77 " in client_of(viewer).get(url(f"{account.pk}/")).content.decode()


def test_check_now_tells_what_came_of_it(client_of, operator, viewer, account, scripted):
    scripted.will("needs_reconnect", method="profile")
    assert client_of(viewer).post(url(f"{account.pk}/check/")).status_code == 403
    page = client_of(operator).post(url(f"{account.pk}/check/"), follow=True)
    assert "The sign-in is dead." in page.content.decode()


def test_disconnecting_asks_first_and_is_the_owners(client_of, owner, manager, account):
    assert client_of(manager).post(url(f"{account.pk}/disconnect/")).status_code == 403
    client = client_of(owner)
    assert client.get(url(f"{account.pk}/disconnect/")).status_code == 200
    assert Account.objects.get().state == "healthy"
    client.post(url(f"{account.pk}/disconnect/"))
    assert Account.objects.get().state == "gone"
    assert not Credential.objects.exists()
    assert Activity.objects.filter(verb="account.disconnected", member=owner).exists()
    assert client.post(url(f"{account.pk}/disconnect/")).status_code == 404


def test_credentials_reach_no_page(client_of, owner, account):
    client = client_of(owner)
    for path in ("", f"{account.pk}/", f"{account.pk}/reconnect/", f"{account.pk}/disconnect/"):
        assert "open sesame" not in client.get(url(path)).content.decode()


def test_today_shows_accounts_that_need_a_person(client_of, viewer, account, workspace):
    assert client_of(viewer).get(url("today/")).content.strip() == b""
    Account.objects.update(state="expired", failing_since=timezone.now(), problem="Dead.")
    assert b"Dead." in client_of(viewer).get(url("today/")).content


def test_list_stays_within_its_query_ceiling(client_of, owner, workspace, scripted, django_assert_max_num_queries):
    for n in range(20):
        make_scripted(workspace, remote_id=f"a{n}")
    client = client_of(owner)
    with django_assert_max_num_queries(12):
        client.get(url())


@pytest.mark.parametrize("path", ["", "connect/", "connect/scripted/", "connect/other/"])
def test_pages_open_without_any_account(client_of, owner, scripted, path):
    assert client_of(owner).get(url(path)).status_code == 200
