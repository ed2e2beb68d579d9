import pytest
from django.utils import timezone, translation

from content.actions import drafting, planning, reviewing
from content.digest import digest
from content.models import Review
from content.models.idea import IdeaState
from content.models.item import ItemState
from content.models.review import ReviewState
from mediaops.actions import team
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity, Notice
from tests.builders import make_account, make_item, make_variant

NOW = timezone.now()


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def told(member, kind):
    return Notice.objects.filter(member=member, kind=kind)


def test_submitting_asks_everybody_who_may_approve(workspace, editor, manager, owner, operator):
    item = make_item(workspace, owner=editor)
    review = reviewing.submit(item, by=editor, now=NOW, note="Second look at the numbers")
    assert (item.state, review.round, review.state) == (ItemState.IN_REVIEW, 1, ReviewState.OPEN)
    assert told(manager, "review.asked").exists()
    assert told(owner, "review.asked").exists()
    assert not told(operator, "review.asked").exists()
    assert item.versions.get().reason == "submitted"


def test_an_empty_piece_is_not_submitted(workspace, editor):
    item = make_item(workspace, title="", body=" ")
    with pytest.raises(UserError, match="nothing to review"):
        reviewing.submit(item, by=editor, now=NOW)


def test_approval_holds_the_digest_of_what_is_there(workspace, editor, manager):
    item = make_item(workspace, owner=editor)
    make_variant(item, make_account(workspace), title="Fitted")
    reviewing.submit(item, by=editor, now=NOW)
    review = reviewing.approve(item, by=manager, now=NOW)
    assert (item.state, review.digest) == (ItemState.APPROVED, digest(item))
    assert (review.decided_by, review.round) == (manager, 1)
    assert told(editor, "review.approved").exists()


def test_a_changed_variant_withdraws_the_approval(workspace, editor, manager):
    item = make_item(workspace, owner=editor)
    variant = make_variant(item, make_account(workspace))
    reviewing.approve(item, by=manager, now=NOW)
    assert not reviewing.withdraw_if_changed(item, by=editor, now=NOW)
    variant.title = "Another title"
    variant.save()
    assert reviewing.withdraw_if_changed(item, by=editor, now=NOW)
    assert item.state == ItemState.STALE
    assert Review.objects.get(item=item).state == ReviewState.WITHDRAWN
    assert told(manager, "review.withdrawn").exists()


def test_text_that_changed_while_reading_is_not_approved(workspace, editor, manager):
    item = make_item(workspace)
    reviewing.submit(item, by=editor, now=NOW)
    seen = digest(item)
    drafting.save_item(item, {"body": "Sneaked in"}, revision=1, by=editor, now=NOW)
    with pytest.raises(WrongState, match="while you were reading"):
        reviewing.approve(item, by=manager, now=NOW, seen=seen)
    item.refresh_from_db()
    assert item.state == ItemState.IN_REVIEW


def test_asking_for_changes_says_what(workspace, editor, manager):
    item = make_item(workspace, owner=editor)
    reviewing.submit(item, by=editor, now=NOW)
    with pytest.raises(UserError, match="what to change"):
        reviewing.request_changes(item, by=manager, now=NOW, note=" ")
    reviewing.request_changes(item, by=manager, now=NOW, note="The temperature is 90")
    assert item.state == ItemState.CHANGES
    assert "The temperature is 90" in told(editor, "review.changes").get().text


def test_an_approval_can_be_taken_back_with_changes(workspace, manager):
    item = make_item(workspace)
    reviewing.approve(item, by=manager, now=NOW)
    reviewing.request_changes(item, by=manager, now=NOW, note="On second thoughts")
    assert [review.state for review in item.reviews.order_by("round")] == [
        ReviewState.WITHDRAWN,
        ReviewState.CHANGES,
    ]


def test_a_submission_can_be_taken_back(workspace, editor):
    item = make_item(workspace)
    reviewing.submit(item, by=editor, now=NOW)
    reviewing.take_back(item, by=editor, now=NOW)
    assert item.state == ItemState.DRAFT
    assert reviewing.submit(item, by=editor, now=NOW).round == 2


def test_a_second_decision_is_refused(workspace, manager, owner):
    item = make_item(workspace)
    reviewing.approve(item, by=manager, now=NOW)
    with pytest.raises(WrongState):
        reviewing.approve(item, by=owner, now=NOW)


def test_reviewers_are_reminded_once_a_day(workspace, editor, manager):
    item = make_item(workspace)
    with pytest.raises(WrongState):
        reviewing.remind(item, by=editor, now=NOW)
    reviewing.submit(item, by=editor, now=NOW)
    assert reviewing.remind(item, by=editor, now=NOW) == [manager]
    with pytest.raises(UserError, match="already"):
        reviewing.remind(item, by=editor, now=NOW)


def test_answers_reach_who_spoke_and_open_the_thread_again(workspace, editor, manager, operator):
    item = make_item(workspace, owner=editor)
    comment = reviewing.say(item, text="It says 90", quote="95", by=manager, now=NOW)
    reviewing.resolve(comment, by=editor, now=NOW)
    answer = reviewing.say(item, text="No, 92", parent=comment, by=operator, now=NOW)
    comment.refresh_from_db()
    assert (answer.parent, comment.resolved_at) == (comment, None)
    assert told(manager, "comment.made").count() == 1
    assert told(editor, "comment.made").count() == 2


def test_an_answer_to_an_answer_stays_in_the_thread(workspace, editor, manager):
    item = make_item(workspace)
    comment = reviewing.say(item, text="One", by=manager, now=NOW)
    answer = reviewing.say(item, text="Two", parent=comment, by=editor, now=NOW)
    assert reviewing.say(item, text="Three", parent=answer, by=manager, now=NOW).parent == comment


def test_who_is_named_hears_of_it(workspace, editor, analyst):
    item = make_item(workspace, owner=editor)
    reviewing.say(item, text="Where are the figures, @Analyst?", by=editor, now=NOW)
    assert told(analyst, "comment.made").exists()


def test_who_left_hears_nothing(workspace, owner, editor, manager):
    item = make_item(workspace, owner=editor)
    team.remove(editor, by=owner, now=NOW)
    item.refresh_from_db()
    reviewing.say(item, text="Anybody?", by=manager, now=NOW)
    reviewing.approve(item, by=manager, now=NOW)
    assert not Notice.objects.filter(member=editor).exists()


def test_approval_settles_the_idea(workspace, editor, manager):
    idea = planning.add_idea(workspace, by=editor, now=NOW, title="Three fires")
    item = planning.write(idea, by=editor, now=NOW)
    reviewing.approve(item, by=manager, now=NOW)
    idea.refresh_from_db()
    assert idea.state == IdeaState.DONE


def test_every_step_is_on_the_trail_with_its_name(workspace, editor, manager):
    item = make_item(workspace, owner=editor)
    reviewing.submit(item, by=editor, now=NOW)
    reviewing.request_changes(item, by=manager, now=NOW, note="Shorter")
    reviewing.submit(item, by=editor, now=NOW)
    reviewing.approve(item, by=manager, now=NOW)
    steps = [(row.verb, row.member_name) for row in Activity.objects.about(item)]
    assert steps == [
        ("item.submitted", "Editor"),
        ("item.changes_requested", "Manager"),
        ("item.submitted", "Editor"),
        ("item.approved", "Manager"),
    ]
