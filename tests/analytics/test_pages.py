from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from analytics.actions import collecting
from analytics.actions.reporting import make_report
from mediaops.lib.periods import week_of
from platforms.connectors.remote import Reading
from tests.builders import make_account, make_item, make_post, make_publication, make_variant


@pytest.mark.parametrize(
    "name", ["dashboard", "posts-by-result", "dashboard-csv", "posts-xlsx", "reports", "today-week"]
)
def test_pages_open_without_any_figures(client_of, viewer, name):
    answer = client_of(viewer).get(reverse(f"analytics:{name}", args=["lanxu"]))
    assert answer.status_code == 200


def test_a_turned_around_range_is_refused_in_words(client_of, viewer):
    answer = client_of(viewer).get(
        reverse("analytics:dashboard", args=["lanxu"]), {"first": "2026-11-10", "last": "2026-11-01"}
    )
    assert answer.status_code == 422
    assert "The last day is before the first" in answer.content.decode()


def test_a_viewer_cannot_make_reports(client_of, viewer):
    assert (
        client_of(viewer).post(reverse("analytics:report-make", args=["lanxu"]), {"day": "2026-11-10"}).status_code
        == 403
    )


def test_an_analyst_makes_opens_and_takes_a_report_away(client_of, analyst):
    client = client_of(analyst)
    made = client.post(reverse("analytics:report-make", args=["lanxu"]), {"day": "2026-11-10"})
    assert made.status_code == 302
    assert client.get(made.url).status_code == 200
    assert client.get(made.url.rstrip("/") + ".pdf").content.startswith(b"%PDF")
    assert client.get(made.url.rstrip("/") + ".xlsx").content.startswith(b"PK")


def test_the_dashboard_asks_little_of_the_database(client_of, viewer, workspace, django_assert_max_num_queries):
    now = datetime.now(UTC)
    for _n in range(8):
        account = make_account(workspace)
        for n in range(3):
            post = make_post(account, published_at=now - timedelta(days=n + 2))
            reading = Reading(remote_id=post.remote_id, views=n * 9 + 1)
            collecting.keep_readings(account, [reading], {post.remote_id: post}, now)
    client = client_of(viewer)
    with django_assert_max_num_queries(15):
        client.get(reverse("analytics:dashboard", args=["lanxu"]))


def test_a_post_shows_that_nothing_is_told_yet(client_of, viewer, workspace):
    post = make_post(make_account(workspace))
    page = client_of(viewer).get(reverse("analytics:post-figures", args=["lanxu", post.pk])).content.decode()
    assert "has not told any figures" in page


def test_a_report_with_rows_opens(client_of, analyst, workspace):
    account, now = make_account(workspace), datetime(2026, 11, 16, 1, tzinfo=UTC)
    for n in range(6):
        post = make_post(account, published_at=datetime(2026, 11, 10, n, tzinfo=UTC))
        reading = Reading(remote_id=post.remote_id, views=10 * n + 1, likes=n)
        collecting.keep_readings(account, [reading], {post.remote_id: post}, post.published_at + timedelta(hours=1))
    make_publication(make_variant(make_item(workspace), account), due_at=now + timedelta(days=1))
    make_publication(make_variant(make_item(workspace), account), due_at=now - timedelta(days=4), state="failed")
    report = make_report(workspace, week_of(datetime(2026, 11, 9, tzinfo=UTC).date()), by=analyst, now=now)
    page = client_of(analyst).get(report.get_absolute_url()).content.decode()
    assert "Best posts" in page
    assert "did not go out" in page
