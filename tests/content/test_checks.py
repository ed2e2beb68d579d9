from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from content.checks import check_variant, stopping
from content.digest import digest
from content.models import Review
from tests.builders import make_account, make_item, make_publication, make_variant
from tests.builders_assets import make_asset, open_platforms, shown

NOW = datetime(2026, 10, 20, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)


@pytest.fixture(autouse=True)
def _platforms(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    open_platforms(monkeypatch)
    with translation.override("en"):
        yield


@pytest.fixture
def chirp(workspace):
    return make_account(workspace, platform="chirp", name="Tea notes")


@pytest.fixture
def variant(workspace, chirp):
    return make_variant(make_item(workspace, title="Tea"), chirp, body="Short.")


def approve(item):
    Review.objects.create(item=item, round=1, state="approved", digest=digest(item))
    item.state = "approved"
    item.save()


def found(variant, **words):
    return {problem.code: problem for problem in check_variant(variant, now=NOW, **words)}


def test_an_approved_piece_at_a_free_time_has_no_problem(variant):
    approve(variant.item)
    assert found(variant, due_at=LATER) == {}


def test_limits_of_the_account_count(variant):
    approve(variant.item)
    variant.account.limits = {"text_max": 3}
    assert found(variant)["text_long"].limit == 3


def test_pictures_that_are_not_in_the_library_stop(variant, other_workspace):
    variant.item.body = shown(make_asset(other_workspace))
    variant.body = variant.item.body
    assert found(variant)["image_unknown"].level == "stop"


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("draft", "not_approved"),
        ("in_review", "in_review"),
        ("changes", "changes_requested"),
        ("stale", "changed_since_approval"),
    ],
)
def test_each_state_of_review_says_what_to_do(variant, state, code):
    variant.item.state = state
    problem = found(variant)[code]
    assert (problem.field, problem.level) == ("review", "stop")


def test_a_change_after_approval_is_found_by_the_digest(variant):
    approve(variant.item)
    type(variant.item).objects.update(title="Changed behind our back")
    variant.refresh_from_db()
    assert "changed_since_approval" in found(variant)


def test_an_approval_without_a_review_is_none(variant):
    variant.item.state = "approved"
    assert "changed_since_approval" in found(variant)


@pytest.mark.parametrize(
    ("fields", "code", "level"),
    [
        ({"state": "gone"}, "account_gone", "stop"),
        ({"state": "expired"}, "account_expired", "stop"),
        ({"relation": "partner"}, "account_foreign", "stop"),
        ({"paused_at": NOW}, "account_paused", "warn"),
    ],
)
def test_the_account_must_work(variant, fields, code, level):
    for name, value in fields.items():
        setattr(variant.account, name, value)
    problem = found(variant)[code]
    assert (problem.field, problem.level) == ("account", level)
    assert "Tea notes" in problem.text


def test_a_paused_workspace_is_advice(variant):
    variant.account.workspace.paused_at = NOW
    assert found(variant)["workspace_paused"].level == "warn"


def test_a_time_in_the_past_stops_but_now_does_not(variant):
    assert found(variant, due_at=NOW - timedelta(minutes=2))["past"].level == "stop"
    assert "past" not in found(variant, due_at=NOW)
    assert "past" not in found(variant, due_at=None)


def test_a_close_neighbour_is_named_with_its_time(variant, workspace):
    other = make_variant(make_item(workspace), variant.account)
    make_publication(other, due_at=LATER - timedelta(minutes=6))
    make_publication(other, due_at=LATER + timedelta(minutes=20))
    problem = found(variant, due_at=LATER)["too_close"]
    assert problem.text == "Only 6 minutes from the 06:54 post. Leave at least 30."
    assert (problem.level, problem.field) == ("warn", "time")


@pytest.mark.parametrize("state", ["cancelled", "failed"])
def test_what_will_not_go_out_is_no_neighbour(variant, state):
    make_publication(variant, due_at=LATER, state=state)
    assert "too_close" not in found(variant, due_at=LATER)


def test_a_publication_is_not_too_close_to_itself_or_to_another_account(variant, workspace):
    own = make_publication(variant, due_at=LATER)
    make_publication(make_variant(make_item(workspace), make_account(workspace, platform="chirp")), due_at=LATER)
    assert "too_close" not in found(variant, due_at=LATER, publication=own)
    assert "too_close" in found(variant, due_at=LATER)


def test_a_full_day_is_counted_in_the_zone_of_the_workspace(variant):
    variant.account.limits = {"posts_per_day_max": 1}
    make_publication(variant, due_at=datetime(2026, 10, 20, 15, 59, tzinfo=UTC))
    assert "day_full" in found(variant, due_at=LATER)
    assert "day_full" not in found(variant, due_at=datetime(2026, 10, 20, 16, 1, tzinfo=UTC))


def test_what_stops_comes_first(variant):
    variant.account.paused_at = NOW
    levels = [problem.level for problem in check_variant(variant, due_at=NOW - timedelta(days=1), now=NOW)]
    assert levels == sorted(levels)
    assert all(problem.stops for problem in stopping(check_variant(variant, now=NOW)))


def test_checking_asks_the_database_little(variant, django_assert_max_num_queries):
    approve(variant.item)
    with django_assert_max_num_queries(10):
        check_variant(variant, due_at=LATER, now=NOW)
