import pytest
from django.urls import reverse

from tests.builders import make_account, make_post


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
    for n in range(8):
        account = make_account(workspace)
        for _n in range(3):
            make_post(account)
    client = client_of(viewer)
    with django_assert_max_num_queries(15):
        client.get(reverse("analytics:dashboard", args=["lanxu"]))


def test_a_post_shows_that_nothing_is_told_yet(client_of, viewer, workspace):
    post = make_post(make_account(workspace))
    page = client_of(viewer).get(reverse("analytics:post-figures", args=["lanxu", post.pk])).content.decode()
    assert "has not told any figures" in page
