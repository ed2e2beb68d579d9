from datetime import timedelta

import pytest
from django.utils import timezone, translation

from content.actions import drafting, reviewing
from content.models import ContentItem, ItemVersion
from content.models.item import ItemState
from content.models.version import Reason
from mediaops.actions import team
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity
from tests.builders import make_item, make_member

NOW = timezone.now()
LATER = NOW + timedelta(minutes=11)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def write(item, by, *, now=NOW, revision=None, **fields):
    return drafting.save_item(item, fields, revision=revision or item.revision, by=by, now=now)


def bodies(item):
    return [version.body for version in item.versions.order_by("number")]


def test_a_new_piece_is_its_makers_draft(workspace, editor):
    item = drafting.create_item(workspace, by=editor, now=NOW, title="Autumn")
    assert (item.owner, item.made_by, item.state, item.revision) == (editor, editor, ItemState.DRAFT, 1)
    assert Activity.objects.about(item).get().verb == "item.made"


def test_saving_counts_up_and_remembers_who(workspace, editor):
    item = drafting.create_item(workspace, by=editor, now=NOW, title="Autumn")
    saved = write(item, editor, body="First words", tags=["tea"])
    assert (saved.revision, saved.body, saved.tags, saved.changed_by) == (2, "First words", ["tea"], editor)
    saved.refresh_from_db()
    assert (saved.revision, saved.body) == (2, "First words")


def test_saving_the_same_words_changes_nothing(workspace, editor):
    item = make_item(workspace, body="Words")
    assert write(item, editor, body="Words").revision == 1
    assert not Activity.objects.about(item).exists()


def test_the_second_writer_is_told_and_overwrites_nothing(workspace, editor, operator):
    item = make_item(workspace, body="Both read this")
    write(item, editor, body="The editor's words")
    with pytest.raises(drafting.EditedMeanwhile) as told:
        write(item, operator, body="The operator's words", revision=1)
    assert told.value.theirs.body == "The editor's words"
    assert "Editor" in str(told.value)
    item.refresh_from_db()
    assert (item.body, item.revision) == ("The editor's words", 2)


def test_two_who_wrote_the_same_are_not_told(workspace, editor, operator):
    item = make_item(workspace, body="Both read this")
    write(item, editor, body="Same idea")
    assert write(item, operator, body="Same idea", revision=1).revision == 2


def test_saving_over_keeps_what_the_other_wrote(workspace, editor, operator):
    item = make_item(workspace, body="Both read this")
    write(item, editor, body="The editor's words")
    saved = drafting.save_over(item, {"body": "The operator's words"}, revision=2, by=operator, now=NOW)
    assert saved.body == "The operator's words"
    kept = ItemVersion.objects.get(item=item, reason=Reason.ASIDE)
    assert (kept.body, kept.made_by) == ("The editor's words", editor)


def test_saving_over_a_third_writer_is_refused(workspace, editor, operator, manager):
    item = make_item(workspace, body="All read this")
    write(item, editor, body="Second")
    write(item, manager, body="Third", revision=2)
    with pytest.raises(drafting.EditedMeanwhile):
        drafting.save_over(item, {"body": "Mine"}, revision=2, by=operator, now=NOW)
    item.refresh_from_db()
    assert item.body == "Third"


def test_giving_way_keeps_my_text_as_a_version(workspace, editor, operator):
    item = make_item(workspace, body="Both read this")
    write(item, editor, body="The editor's words")
    kept = drafting.set_aside(item, {"body": "The operator's words"}, by=operator, now=NOW)
    assert (kept.body, kept.made_by, kept.reason) == ("The operator's words", operator, Reason.ASIDE)
    item.refresh_from_db()
    assert item.body == "The editor's words"


def test_versions_are_kept_once_in_ten_minutes_of_one_writer(workspace, editor):
    item = drafting.create_item(workspace, by=editor, now=NOW, body="0")
    for minute in range(1, 31):
        item = write(item, editor, now=NOW + timedelta(minutes=minute), body=str(minute))
    assert bodies(item) == ["10", "20"]


def test_another_writer_leaves_the_former_text_as_a_version(workspace, editor, operator):
    item = drafting.create_item(workspace, by=editor, now=NOW, body="The editor's words")
    write(item, operator, body="")
    version = item.versions.get()
    assert (version.body, version.made_by) == ("The editor's words", editor)


def test_the_trail_has_one_line_for_a_sitting(workspace, editor, operator):
    item = make_item(workspace, body="0")
    for n in range(5):
        item = write(item, editor, now=timezone.now(), body=f"editor {n}")
    item = write(item, operator, now=timezone.now(), body="operator")
    assert [row.member for row in Activity.objects.about(item).filter(verb="item.edited")] == [editor, operator]


def test_restoring_brings_text_back_and_keeps_what_was_there(workspace, editor, operator):
    item = drafting.create_item(workspace, by=editor, now=NOW, title="Old", body="Old words", tags=["old"])
    write(item, operator, title="New", body="New words", tags=["new"], now=LATER)
    restored = drafting.restore(item.versions.get(body="Old words"), by=editor, now=LATER)
    assert (restored.title, restored.body, restored.tags) == ("Old", "Old words", ["old"])
    assert item.versions.get(reason=Reason.RESTORED).body == "New words"


def test_an_archived_piece_is_not_changed(workspace, editor):
    item = make_item(workspace, archived_at=NOW)
    with pytest.raises(WrongState, match="archived"):
        write(item, editor, body="More")


def test_personas_are_saved_with_the_text(workspace, editor):
    from content.models import Persona

    persona = Persona.objects.create(workspace=workspace, name="Office workers")
    item = make_item(workspace)
    saved = write(item, editor, personas=[persona])
    assert (list(saved.personas.all()), saved.revision) == ([persona], 2)
    assert write(saved, editor, personas=[persona]).revision == 2


def test_pieces_of_a_member_who_left_stay_and_can_be_handed_over(workspace, owner, editor, operator):
    item = make_item(workspace, owner=editor, body="Half written")
    team.remove(editor, by=owner, now=NOW)
    item.refresh_from_db()
    assert (item.owner, item.body) == (editor, "Half written")
    assert drafting.hand_over([item], operator, by=owner, now=NOW) == 1
    assert ContentItem.objects.get(pk=item.pk).owner == operator
    line = Activity.objects.about(item).get(verb="item.handed_over")
    assert line.detail == {"was": "Editor", "now": "Operator"}


def test_nobody_who_left_can_be_given_a_piece(workspace, owner, editor):
    team.remove(editor, by=owner, now=NOW)
    with pytest.raises(UserError, match="left"):
        drafting.hand_over([make_item(workspace, owner=owner)], editor, by=owner, now=NOW)


def test_a_change_after_approval_withdraws_it(workspace, editor, manager):
    item = make_item(workspace, owner=editor)
    reviewing.approve(item, by=manager, now=NOW)
    saved = write(item, editor, body="One more word")
    assert saved.state == ItemState.STALE
    assert Activity.objects.about(item).filter(verb="item.approval_withdrawn", member=editor).exists()


def test_another_pillar_does_not_withdraw_an_approval(workspace, editor, manager):
    item = make_item(workspace, owner=editor)
    reviewing.approve(item, by=manager, now=NOW)
    assert write(item, editor, owner=make_member(workspace)).state == ItemState.APPROVED
