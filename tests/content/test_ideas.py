import pytest
from django.utils import timezone, translation

from content.actions import planning
from content.models import ContentItem, Idea, Pillar
from content.models.idea import IdeaState
from mediaops.actions import team
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity

NOW = timezone.now()


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def keep(workspace, by, **fields):
    return planning.add_idea(workspace, by=by, now=NOW, **{"title": "Cold brew overnight", "owner": by} | fields)


def url(workspace, path=""):
    return f"/w/{workspace.slug}/ideas/{path}"


def test_moving_an_idea_is_on_the_trail(workspace, editor):
    idea = keep(workspace, editor)
    planning.move_idea(idea, IdeaState.CHOSEN, by=editor, now=NOW)
    line = Activity.objects.about(idea).get(verb="idea.moved")
    assert (idea.state, line.detail) == ("chosen", {"was": "new", "now": "chosen"})


def test_a_parked_idea_is_not_done_by_a_move(workspace, editor):
    idea = keep(workspace, editor, state=IdeaState.PARKED)
    with pytest.raises(WrongState):
        planning.move_idea(idea, IdeaState.DONE, by=editor, now=NOW)


def test_writing_takes_title_note_pillar_and_owner_along(workspace, editor, operator):
    pillar = Pillar.objects.create(workspace=workspace, name="Know-how")
    idea = keep(workspace, editor, note="Three people asked", pillar=pillar)
    item = planning.write(idea, by=operator, now=NOW)
    assert (item.title, item.body, item.pillar) == ("Cold brew overnight", "Three people asked", pillar)
    assert (item.owner, item.idea, idea.state) == (editor, idea, IdeaState.WRITING)


def test_writing_a_parked_idea_takes_it_up_again(workspace, editor):
    idea = keep(workspace, editor, state=IdeaState.PARKED)
    planning.write(idea, by=editor, now=NOW)
    assert idea.state == IdeaState.WRITING


def test_the_idea_of_somebody_who_left_becomes_the_writers(workspace, owner, editor, operator):
    idea = keep(workspace, editor)
    team.remove(editor, by=owner, now=NOW)
    idea.refresh_from_db()
    assert planning.write(idea, by=operator, now=NOW).owner == operator


def test_the_board_shows_columns_best_first(workspace, editor, client_of):
    keep(workspace, editor, title="Weak", score=20)
    keep(workspace, editor, title="Strong", score=90)
    keep(workspace, editor, title="Parked one", state=IdeaState.PARKED)
    page = client_of(editor).get(url(workspace)).content.decode()
    assert page.index("Strong") < page.index("Weak") < page.index("Parked one")


def test_the_board_filters(workspace, editor, operator, owner, client_of):
    keep(workspace, editor, title="Of the editor", score=90)
    keep(workspace, operator, title="Of the operator", score=10)
    client = client_of(owner)
    assert "Of the operator" not in client.get(url(workspace), {"owner": editor.pk}).content.decode()
    assert "Of the operator" not in client.get(url(workspace), {"score": "60"}).content.decode()
    assert "hide every idea" in client.get(url(workspace), {"q": "nothing like it"}).content.decode()
    team.remove(editor, by=owner, now=NOW)
    left = client.get(url(workspace), {"owner": "left"}).content.decode()
    assert "Of the editor" in left
    assert "Of the operator" not in left


def test_a_quick_line_becomes_an_idea_in_its_column(workspace, editor, client_of):
    answer = client_of(editor).post(
        url(workspace, "new/"),
        {"quick": "1", "title": "From the comments", "state": "chosen"},
        headers={"HX-Request": "true"},
    )
    idea = Idea.objects.get()
    assert (answer.status_code, idea.state, idea.owner) == (200, "chosen", editor)
    assert "From the comments" in answer.content.decode()


def test_the_form_keeps_what_was_typed_when_it_is_wrong(workspace, editor, client_of):
    answer = client_of(editor).post(url(workspace, "new/"), {"title": "Good one", "score": "900"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Good one" in page
    assert "900" in page
    assert not Idea.objects.exists()


def test_a_card_is_moved_by_its_menu_without_script(workspace, editor, client_of):
    idea = keep(workspace, editor)
    answer = client_of(editor).post(url(workspace, f"{idea.pk}/move/"), {"state": "chosen"})
    idea.refresh_from_db()
    assert (answer.status_code, idea.state) == (302, "chosen")


def test_writing_leads_to_the_editor(workspace, editor, client_of):
    idea = keep(workspace, editor)
    answer = client_of(editor).post(url(workspace, f"{idea.pk}/write/"))
    assert answer.headers["Location"] == ContentItem.objects.get().get_absolute_url()


def test_viewers_read_and_change_nothing(workspace, editor, viewer, client_of):
    idea = keep(workspace, editor)
    client = client_of(viewer)
    assert client.get(url(workspace, f"{idea.pk}/")).status_code == 200
    assert client.post(url(workspace, f"{idea.pk}/move/"), {"state": "chosen"}).status_code == 403
    assert client.post(url(workspace, "new/"), {"title": "No"}).status_code == 403
    client.post(url(workspace, f"{idea.pk}/"), {"title": "Changed by a viewer"})
    idea.refresh_from_db()
    assert idea.title == "Cold brew overnight"


def test_strangers_find_nothing(workspace, editor, stranger, client_of):
    idea = keep(workspace, editor)
    assert client_of(stranger).get(url(workspace, f"{idea.pk}/")).status_code == 404
    elsewhere = f"/w/{stranger.workspace.slug}/ideas/{idea.pk}/move/"
    assert client_of(stranger).post(elsewhere, {"state": "chosen"}).status_code == 404


def test_the_board_asks_few_questions(workspace, editor, client_of, django_assert_max_num_queries):
    for n in range(40):
        keep(workspace, editor, title=f"Idea {n}", score=n, state=list(IdeaState)[n % 5])
    client = client_of(editor)
    client.get(url(workspace))
    with django_assert_max_num_queries(15):
        client.get(url(workspace))


def test_two_pillars_of_one_name_are_refused(workspace, editor):
    planning.add_strategy(Pillar, workspace, {"name": "Know-how"}, by=editor)
    with pytest.raises(UserError, match="there already"):
        planning.add_strategy(Pillar, workspace, {"name": "know-how"}, by=editor)
