"""Figures and reports over REST."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from analytics.actions import collecting, reporting
from analytics.models import Report, Subscription
from campaigns.models import Campaign, Collaboration, Partner
from mediaops.lib.periods import week_of
from platforms.connectors.remote import AccountReading, Reading
from tests.builders import make_account, make_item, make_post, make_publication, make_variant

API = "/api/v1"
WEEK = week_of(date(2026, 11, 9))
NOW = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)


def problem(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    return answer.json()


@pytest.fixture
def account(workspace):
    return make_account(workspace, name="Journal")


@pytest.fixture
def posts(account):
    """Two posts with 120 and 30 views; the second tells no likes."""
    made = []
    for n, counters in enumerate([{"views": 120, "likes": 6}, {"views": 30}]):
        born = datetime(2026, 11, 10 + n, 4, tzinfo=UTC)
        post = make_post(account, title=f"Piece {n}", published_at=born)
        for hours in (2, 30):
            reading = Reading(remote_id=post.remote_id, **counters)
            collecting.keep_readings(account, [reading], {post.remote_id: post}, born + timedelta(hours=hours))
        made.append(post)
    collecting.know_new(NOW)
    collecting.keep_account_reading(account, AccountReading(followers=50), datetime(2026, 11, 11, tzinfo=UTC))
    return made


@pytest.fixture
def report(workspace, posts):
    return reporting.make_report(workspace, WEEK, by=None, now=NOW)


def test_newest_figures_of_posts(api_of, viewer, posts):
    api = api_of(viewer)
    second, first = api.get(f"{API}/metrics/posts/").json()["results"]
    assert (first["post"], first["views"], first["interactions"], first["engagement_rate"]) == (
        posts[0].pk,
        120,
        6,
        0.05,
    )
    assert (second["likes"], second["interactions"], second["engagement_rate"]) == (None, None, None)
    assert api.get(f"{API}/metrics/posts/{posts[0].pk}/").json() == first
    narrowed = api.get(f"{API}/metrics/posts/", {"until": "2026-11-10T20:00:00Z"}).json()["results"]
    assert [row["post"] for row in narrowed] == [posts[0].pk]


def test_posts_of_a_campaign(api_of, viewer, workspace, account, posts):
    spring = Campaign.objects.create(workspace=workspace, name="S", starts_on=WEEK.first, ends_on=WEEK.last)
    row = make_variant(make_item(workspace, campaign=spring), account)
    make_publication(row, state="live", post=posts[1])
    found = api_of(viewer).get(f"{API}/metrics/posts/", {"campaign": spring.pk}).json()["results"]
    assert [row["post"] for row in found] == [posts[1].pk]


def test_figures_by_day(api_of, viewer, account, posts):
    api = api_of(viewer)
    rows = api.get(f"{API}/metrics/accounts/days/", {"account": account.pk, "last": "2026-11-10"}).json()["results"]
    assert [(row["day"], row["views"], row["likes"], row["posts"]) for row in rows] == [("2026-11-10", 120, 6, 1)]
    rows = api.get(f"{API}/metrics/posts/days/", {"post": posts[1].pk, "first": "2026-11-11"}).json()["results"]
    assert (rows[-1]["day"], rows[-1]["views"], rows[-1]["likes"]) == ("2026-11-11", 30, None)
    assert api.get(f"{API}/metrics/accounts/{account.pk}/").json()["followers"] == 50


def test_snapshots_are_cumulative(api_of, viewer, posts, stranger):
    at = f"{API}/posts/{posts[0].pk}/snapshots/"
    rows = api_of(viewer).get(at).json()["results"]
    assert [(row["taken_at"], row["views"]) for row in rows] == [
        ("2026-11-11T10:00:00Z", 120),
        ("2026-11-10T06:00:00Z", 120),
    ]
    problem(api_of(stranger).get(at), 404, "not_found")


def test_overview_is_the_dashboard(api_of, viewer, account, posts):
    api = api_of(viewer)
    told = api.get(f"{API}/metrics/overview/", {"first": "2026-11-09", "last": "2026-11-15"}).json()
    figures = {row["key"]: row for row in told["figures"]}
    assert (figures["views"]["value"], figures["posts"]["value"], figures["rate"]["value"]) == (150, 2, 0.05)
    assert figures["views"]["before"] is None
    assert told["accounts"][0]["account"] == account.pk
    backwards = {"first": "2026-11-15", "last": "2026-11-09"}
    assert "last" in problem(api.get(f"{API}/metrics/overview/", backwards), 400, "invalid")["fields"]
    ancient = {"first": "0001-01-01", "last": "0001-01-02"}
    assert "first" in problem(api.get(f"{API}/metrics/overview/", ancient), 400, "invalid")["fields"]


def test_partners_pieces_beside_their_cost(api_of, manager, viewer, workspace, posts):
    kol = Partner.objects.create(workspace=workspace, name="Mira")
    deal = Collaboration.objects.create(partner=kol, title="Letter", cost_amount="60.00", currency="EUR")
    deal.deliverables.create(title="One", post=posts[0], delivered_at=NOW)
    (row,) = api_of(manager).get(f"{API}/metrics/deliverables/", {"partner": kol.pk}).json()
    assert (row["cost"], row["cpm"], row["cpe"], row["views"]) == ("60.00", "500.00", "10.00", 120)
    (hidden,) = api_of(viewer).get(f"{API}/metrics/deliverables/").json()
    assert (hidden["cost"], hidden["cpm"], hidden["cpe"], hidden["views"]) == (None, None, None, 120)


def test_report_is_read_as_json_pdf_and_workbook(api_of, viewer, report, stranger):
    api = api_of(viewer)
    (row,) = api.get(f"{API}/reports/").json()["results"]
    assert (row["starts_on"], row["made_by"], "numbers" in row) == ("2026-11-09", None, False)
    told = api.get(f"{API}/reports/{report.pk}/").json()
    assert next(each for each in told["numbers"]["figures"] if each["key"] == "views")
    pdf = api.get(f"{API}/reports/{report.pk}.pdf", HTTP_ACCEPT="application/pdf")
    assert (pdf.status_code, pdf["Content-Type"], pdf.content[:4]) == (200, "application/pdf", b"%PDF")
    book = api.get(f"{API}/reports/{report.pk}.xlsx")
    assert load_workbook(io.BytesIO(book.content)).sheetnames
    for kind in ("/", ".pdf", ".xlsx"):
        problem(api_of(stranger).get(f"{API}/reports/{report.pk}{kind}"), 404, "not_found")


def test_report_is_made_for_any_week_that_has_begun(api_of, analyst, editor, posts):
    api = api_of(analyst)
    made = api.post(f"{API}/reports/", {"day": "2026-01-07"}, "json", HTTP_IDEMPOTENCY_KEY="r")
    assert (made.status_code, made.json()["starts_on"], made.json()["made_by"]) == (201, "2026-01-05", analyst.pk)
    api.post(f"{API}/reports/", {"day": "2026-01-07"}, "json", HTTP_IDEMPOTENCY_KEY="r")
    assert Report.objects.count() == 1
    problem(api.post(f"{API}/reports/", {"day": "2099-01-07"}, "json"), 400, "invalid")
    assert "day" in problem(api.post(f"{API}/reports/", {"day": "0001-01-01"}, "json"), 400, "invalid")["fields"]
    problem(api_of(editor).post(f"{API}/reports/", {"day": "2026-01-07"}, "json"), 403, "not_allowed")


def test_report_comes_by_mail_to_who_wants_it(api_of, viewer, manager, report):
    api_of(viewer).post(f"{API}/reports/subscribe/", {"on": True}, "json")
    assert Subscription.objects.get().member == viewer
    problem(api_of(viewer).post(f"{API}/reports/{report.pk}/send/"), 403, "not_allowed")
    assert api_of(manager).post(f"{API}/reports/{report.pk}/send/").json() == {"people": 1}
    api_of(viewer).post(f"{API}/reports/subscribe/", {"on": False}, "json")
    assert not Subscription.objects.exists()


def test_strangers_see_no_figures(api_of, stranger, posts, account):
    api = api_of(stranger)
    for path in ("metrics/posts", "metrics/accounts", "metrics/posts/days", "metrics/accounts/days", "reports"):
        assert api.get(f"{API}/{path}/").json()["results"] == []
    problem(api.get(f"{API}/metrics/posts/{posts[0].pk}/"), 404, "not_found")
    problem(api.get(f"{API}/metrics/accounts/days/", {"account": account.pk}), 400, "invalid")


@pytest.mark.parametrize("path", ["metrics/posts", "metrics/accounts", "metrics/posts/days", "metrics/accounts/days"])
def test_lists_ask_the_database_a_fixed_number_of_times(api_of, viewer, posts, django_assert_max_num_queries, path):
    api = api_of(viewer)
    api.get(f"{API}/{path}/")
    with django_assert_max_num_queries(3):
        assert api.get(f"{API}/{path}/").json()["results"]
