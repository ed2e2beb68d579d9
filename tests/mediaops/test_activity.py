"""The trail: who did what, for everybody in the team to read."""

import pytest

from mediaops.actions.activity import record
from mediaops.models import Activity
from tests.builders import make_item

ACTIVITY = "/w/lanxu/activity/"


def test_a_line_outlives_what_it_speaks_of(client_of, editor, viewer):
    item = make_item(editor.workspace, title="Gone letter")
    record(by=editor, verb="item.made", subject=item)
    item.delete()
    assert "Gone letter" in client_of(viewer).get(ACTIVITY).content.decode()


def test_a_line_keeps_the_name_of_who_left(editor, viewer, client_of):
    record(by=editor, verb="item.made", subject=make_item(editor.workspace))
    editor.user.name = "Somebody Else"
    editor.user.save()
    assert Activity.objects.get().member_name == "Editor"


def test_the_machine_needs_a_workspace(editor):
    item = make_item(editor.workspace)
    with pytest.raises(ValueError, match="needs a workspace"):
        record(by=None, verb="item.made", subject=item)
    assert record(by=None, verb="item.made", subject=item, workspace=editor.workspace).member_name == ""


def test_the_trail_is_narrowed_by_person_and_by_noun(client_of, editor, manager):
    record(by=editor, verb="item.made", subject=make_item(editor.workspace, title="By the editor"))
    record(by=manager, verb="idea.made", subject=make_item(editor.workspace, title="By the manager"))
    client = client_of(editor)
    assert "By the manager" not in client.get(f"{ACTIVITY}?member={editor.pk}").content.decode()
    assert "By the editor" not in client.get(f"{ACTIVITY}?noun=idea").content.decode()
    assert client.get(f"{ACTIVITY}?member=x&noun=%25").status_code == 200


def test_other_teams_have_their_own_trail(client_of, editor, stranger):
    record(by=editor, verb="item.made", subject=make_item(editor.workspace, title="Ours alone"))
    assert "Ours alone" not in client_of(stranger).get("/w/elsewhere/activity/").content.decode()
    assert client_of(stranger).get(ACTIVITY).status_code == 404


def test_the_trail_asks_the_same_of_the_database_however_long(client_of, editor, django_assert_max_num_queries):
    item = make_item(editor.workspace)
    for _n in range(120):
        record(by=editor, verb="item.changed", subject=item)
    client = client_of(editor)
    with django_assert_max_num_queries(11):
        assert client.get(ACTIVITY).status_code == 200
