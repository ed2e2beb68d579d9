"""Campaigns, money, tasks, partners and links over REST."""

import pytest
from django.utils import timezone

from campaigns.models import Campaign, Collaboration, Expense, Partner, Task, TrackedLink
from mediaops.models import Activity, Notice
from tests.builders import make_account, make_post

API = "/api/v1"
GIVEN = {"name": "Spring", "starts_on": "2026-10-01", "ends_on": "2026-10-31", "currency": "EUR"}


def problem(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    return answer.json()


@pytest.fixture
def spring(workspace):
    return Campaign.objects.create(workspace=workspace, **GIVEN)


@pytest.fixture
def kol(workspace):
    return Partner.objects.create(workspace=workspace, name="Mira")


@pytest.fixture
def deal(kol):
    return Collaboration.objects.create(partner=kol, title="Two letters", cost_amount="1200.00")


def test_campaign_is_made_changed_and_moved(api_of, manager):
    api = api_of(manager)
    made = api.post(f"{API}/campaigns/", GIVEN | {"owner": manager.pk}, "json")
    assert (made.status_code, made.json()["state"]) == (201, "planned"), made.content
    at = f"{API}/campaigns/{made.json()['id']}"
    assert api.patch(f"{at}/", {"goal": "500 orders"}, "json").json()["goal"] == "500 orders"
    assert api.post(f"{at}/move/", {"state": "running"}, "json").json()["state"] == "running"
    problem(api.post(f"{at}/move/", {"state": "running"}, "json"), 409, "wrong_state")
    assert Activity.objects.get(verb="campaign.moved").by_token == "tests"


def test_campaign_ends_after_it_starts(api_of, manager, spring):
    api = api_of(manager)
    said = api.post(f"{API}/campaigns/", GIVEN | {"ends_on": "2026-09-01"}, "json")
    assert "ends_on" in problem(said, 400, "invalid")["fields"]
    said = api.patch(f"{API}/campaigns/{spring.pk}/", {"starts_on": "2026-12-01"}, "json")
    assert "ends_on" in problem(said, 400, "invalid")["fields"]


def test_budget_is_exact(api_of, manager, spring):
    api, at = api_of(manager), f"{API}/campaigns/{spring.pk}"
    line = api.post(f"{at}/budget/", {"name": "Ads", "planned_amount": "100.10"}, "json").json()["lines"][0]
    api.post(f"{at}/budget/", {"name": "Print", "planned_amount": "0.20"}, "json")
    given = {"line": line["id"], "amount": "33.33", "day": "2026-10-05", "note": "Posters"}
    spent = api.post(f"{at}/expenses/", given, "json", HTTP_IDEMPOTENCY_KEY="e1")
    assert (spent.status_code, spent.json()["amount"]) == (201, "33.33")
    api.post(f"{at}/expenses/", given, "json", HTTP_IDEMPOTENCY_KEY="e1")
    told = api.get(f"{at}/budget/").json()
    assert (told["planned"], told["spent"], told["left"], told["currency"]) == ("100.30", "33.33", "66.97", "EUR")
    assert told["lines"][0]["left"] == "66.77"
    problem(api.delete(f"{at}/budget/{line['id']}/"), 400, "invalid")
    assert api.delete(f"{at}/expenses/{spent.json()['id']}/").status_code == 204
    assert api.get(f"{at}/expenses/").json() == []
    change = api.patch(f"{at}/budget/{line['id']}/", {"planned_amount": "50"}, "json")
    assert change.json()["planned"] == "50.20"
    assert api.delete(f"{at}/budget/{line['id']}/").status_code == 204


@pytest.mark.parametrize("amount", ["1.234", "-1", "x", "1e20", None])
def test_amounts_that_are_none_are_refused(api_of, manager, spring, amount):
    said = api_of(manager).post(
        f"{API}/campaigns/{spring.pk}/budget/", {"name": "Ads", "planned_amount": amount}, "json"
    )
    assert "planned_amount" in problem(said, 400, "invalid")["fields"]


def test_expense_belongs_to_a_line_of_the_campaign(api_of, manager, spring):
    other = Campaign.objects.create(workspace=manager.workspace, **GIVEN | {"name": "Autumn"})
    line = other.budget_lines.create(name="Ads", planned_amount=1)
    given = {"line": line.pk, "amount": "1", "day": "2026-10-05"}
    assert api_of(manager).post(f"{API}/campaigns/{spring.pk}/expenses/", given, "json").status_code == 404
    assert not Expense.objects.exists()


def test_who_may_not_see_amounts_sees_none(api_of, operator, manager, spring, deal):
    deal.deliverables.create(title="Letter", cost_amount="600.00")
    deal.partner.channels.create(name="Blog", price_amount="80.00")
    for api in (api_of(operator), api_of(manager, scopes=["see", "campaigns"])):
        problem(api.get(f"{API}/campaigns/{spring.pk}/budget/"), 403, "not_allowed")
        problem(api.get(f"{API}/campaigns/{spring.pk}/expenses/"), 403, "not_allowed")
        assert api.get(f"{API}/collaborations/{deal.pk}/").json()["cost_amount"] is None
        assert api.get(f"{API}/deliverables/").json()["results"][0]["cost_amount"] is None
        assert api.get(f"{API}/partners/{deal.partner_id}/").json()["channels"][0]["price_amount"] is None
        said = api.patch(f"{API}/collaborations/{deal.pk}/", {"cost_amount": "1.00"}, "json")
        problem(said, 403, "not_allowed")
        assert api.patch(f"{API}/collaborations/{deal.pk}/", {"title": "Three"}, "json").status_code == 200
    deal.refresh_from_db()
    assert str(deal.cost_amount) == "1200.00"
    assert api_of(manager).get(f"{API}/collaborations/{deal.pk}/").json()["cost_amount"] == "1200.00"


def test_task_is_given_and_done(api_of, operator, editor, viewer):
    made = api_of(operator).post(f"{API}/tasks/", {"title": "Call Mira", "assignee": editor.pk}, "json").json()
    assert Notice.objects.filter(member=editor, kind="task.given").exists()
    at = f"{API}/tasks/{made['id']}"
    problem(api_of(viewer).post(f"{at}/move/", {"state": "done"}, "json"), 403, "not_allowed")
    done = api_of(editor).post(f"{at}/move/", {"state": "done"}, "json").json()
    assert (done["state"], bool(done["done_at"])) == ("done", True)
    problem(api_of(editor).post(f"{at}/move/", {"state": "doing"}, "json"), 409, "wrong_state")
    api_of(operator).patch(f"{at}/", {"assignee": operator.pk}, "json")
    problem(api_of(editor).post(f"{at}/move/", {"state": "open"}, "json"), 403, "not_allowed")
    assert api_of(viewer).get(f"{API}/tasks/", {"assignee": operator.pk}).json()["results"][0]["id"] == made["id"]


def test_ones_own_task_needs_no_other_right(api_of, client_of, operator, viewer):
    """Whoever may only look can still finish what they were given: on the page, and the same over REST."""
    for n, finish in enumerate(
        (
            lambda row: client_of(viewer).post(f"/w/lanxu/tasks/{row.pk}/move/", {"to": "done"}),
            lambda row: api_of(viewer, scopes=["see"]).post(f"{API}/tasks/{row.pk}/move/", {"state": "done"}, "json"),
        )
    ):
        own = Task.objects.create(workspace=viewer.workspace, title="Read", assignee=viewer)
        others = Task.objects.create(workspace=viewer.workspace, title="Call", assignee=operator)
        assert finish(own).status_code in {200, 302}
        assert finish(others).status_code == 403
        own.refresh_from_db()
        others.refresh_from_db()
        assert (own.state, others.state, bool(own.done_at)) == ("done", "open", True)
        assert Activity.objects.filter(verb="task.moved", member=viewer).count() == n + 1


def test_ones_own_task_is_changed_by_oneself(api_of, operator, viewer):
    own = Task.objects.create(workspace=viewer.workspace, title="Read", assignee=viewer)
    others = Task.objects.create(workspace=viewer.workspace, title="Call", assignee=operator)
    api = api_of(viewer)
    assert api.patch(f"{API}/tasks/{own.pk}/", {"note": "Page 9"}, "json").json()["note"] == "Page 9"
    problem(api.patch(f"{API}/tasks/{others.pk}/", {"note": "Mine now"}, "json"), 403, "not_allowed")
    problem(api.post(f"{API}/tasks/", {"title": "x"}, "json"), 403, "not_allowed")


def test_a_narrow_token_leaves_others_tasks_alone(api_of, operator, viewer):
    """The role would do; the token was not given the scope."""
    others = Task.objects.create(workspace=viewer.workspace, title="Read", assignee=viewer)
    at = f"{API}/tasks/{others.pk}/move/"
    problem(api_of(operator, scopes=["see"]).post(at, {"state": "done"}, "json"), 403, "not_allowed")
    assert api_of(operator, scopes=["see", "campaigns"]).post(at, {"state": "done"}, "json").status_code == 200


def test_nobody_outside_the_team_gets_a_task(api_of, manager, editor, stranger):
    for member in (stranger, editor):
        type(editor).objects.filter(pk=editor.pk).update(left_at=timezone.now())
        said = api_of(manager).post(f"{API}/tasks/", {"title": "x", "assignee": member.pk}, "json")
        assert "assignee" in problem(said, 400, "invalid")["fields"]


def test_partner_delivers_a_real_post(api_of, manager, spring):
    api, workspace = api_of(manager), manager.workspace
    kol = api.post(f"{API}/partners/", {"name": "Mira", "kind": "kol"}, "json").json()
    assert "name" in problem(api.post(f"{API}/partners/", {"name": "Mira"}, "json"), 400, "invalid")["fields"]
    account = make_account(workspace, relation="partner")
    channel = {"name": "Blog", "followers": 12_000, "price_amount": "80", "currency": "EUR", "account": account.pk}
    made = api.post(f"{API}/partners/{kol['id']}/channels/", channel, "json").json()
    assert made["price_amount"] == "80.00"
    given = {"partner": kol["id"], "title": "Letter", "campaign": spring.pk, "cost_amount": "900", "currency": "EUR"}
    deal = api.post(f"{API}/collaborations/", given, "json").json()
    assert (
        api.post(f"{API}/collaborations/{deal['id']}/move/", {"state": "agreed"}, "json").json()["state"] == "agreed"
    )
    problem(api.post(f"{API}/collaborations/{deal['id']}/move/", {"state": "paid"}, "json"), 409, "wrong_state")
    piece = api.post(f"{API}/deliverables/", {"collaboration": deal["id"], "title": "One"}, "json").json()
    post = make_post(account)
    out = api.post(f"{API}/deliverables/{piece['id']}/deliver/", {"post": post.pk}, "json").json()
    assert (out["post"], bool(out["delivered_at"])) == (post.pk, True)
    second = api.post(f"{API}/deliverables/", {"collaboration": deal["id"], "title": "Two"}, "json").json()
    problem(api.post(f"{API}/deliverables/{second['id']}/deliver/", {"post": post.pk}, "json"), 400, "invalid")
    back = api.post(f"{API}/deliverables/{piece['id']}/deliver/", {"post": None}, "json").json()
    assert back["delivered_at"] is None
    assert api.delete(f"{API}/deliverables/{second['id']}/").status_code == 204
    assert api.delete(f"{API}/partners/{kol['id']}/channels/{made['id']}/").status_code == 204


def test_link_is_made_counted_and_closed(api_of, operator, spring, client):
    api = api_of(operator)
    given = {"name": "Poster", "target": "https://tea.example/", "campaign": spring.pk}
    made = api.post(f"{API}/links/", given, "json").json()
    assert made["address"].endswith(f"/l/{made['code']}")
    client.get(f"/l/{made['code']}", HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/140.0")
    told = api.get(f"{API}/links/{made['id']}/").json()
    assert (told["clicks"], told["days"][0]["clicks"]) == (1, 1)
    assert api.post(f"{API}/links/{made['id']}/close/").json()["closed_at"]
    assert api.get(f"{API}/links/", {"closed": "false"}).json()["results"] == []


@pytest.mark.parametrize("target", ["javascript:alert(1)", "ftp://tea.example/x", "tea"])
def test_link_leads_only_to_pages(api_of, operator, target):
    said = api_of(operator).post(f"{API}/links/", {"name": "x", "target": target}, "json")
    assert "target" in problem(said, 400, "invalid")["fields"]
    assert not TrackedLink.objects.exists()


def test_readers_change_nothing(api_of, editor, spring, deal):
    api = api_of(editor)
    for path, given in (
        ("campaigns/", GIVEN), (f"campaigns/{spring.pk}/move/", {"state": "running"}), ("tasks/", {"title": "x"}),
        ("partners/", {"name": "x"}), ("collaborations/", {"partner": deal.partner_id, "title": "x"}),
        ("links/", {"name": "x", "target": "https://x.example/"}),
    ):  # fmt: skip
        problem(api.post(f"{API}/{path}", given, "json"), 403, "not_allowed")


def test_strangers_find_nothing(api_of, stranger, spring, deal, kol):
    api = api_of(stranger)
    for path in (f"campaigns/{spring.pk}", f"campaigns/{spring.pk}/budget", f"collaborations/{deal.pk}"):
        problem(api.get(f"{API}/{path}/"), 404, "not_found")
    problem(api.post(f"{API}/campaigns/{spring.pk}/move/", {"state": "running"}, "json"), 404, "not_found")
    said = api.post(f"{API}/collaborations/", {"partner": kol.pk, "title": "x"}, "json")
    assert "partner" in problem(said, 400, "invalid")["fields"]


@pytest.mark.parametrize("path", ["campaigns", "tasks", "partners", "collaborations", "deliverables", "links"])
def test_lists_ask_the_database_a_fixed_number_of_times(
    api_of, manager, workspace, spring, django_assert_max_num_queries, path
):
    for n in range(8):
        Campaign.objects.create(workspace=workspace, **GIVEN | {"name": f"C {n}"})
        partner = Partner.objects.create(workspace=workspace, name=f"P {n}")
        partner.channels.create(name="Blog")
        partner.collaborations.create(title="x").deliverables.create(title="y")
        TrackedLink.objects.create(workspace=workspace, name="x", target="https://x.example/", campaign=spring)
    api = api_of(manager)
    api.get(f"{API}/{path}/")
    with django_assert_max_num_queries(5):
        api.get(f"{API}/{path}/")
