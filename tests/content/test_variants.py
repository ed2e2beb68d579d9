from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from content.actions import fitting
from content.actions.reviewing import approve
from content.models import Variant
from content.tabs import accounts_left, tabs_of
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity
from tests.builders import make_account, make_item, make_publication, make_variant
from tests.builders_assets import make_asset, open_platforms, shown

NOW = datetime(2026, 10, 20, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _house(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    open_platforms(monkeypatch)
    with translation.override("en"):
        yield


@pytest.fixture
def paper(workspace):
    return make_account(workspace, platform="paper", name="Paper")


@pytest.fixture
def item(workspace):
    return make_item(workspace, title="Tea", body="Words.")


@pytest.fixture
def variant(item, paper):
    return make_variant(item, paper)


def save(variant, by, **fields):
    return fitting.save_variant(variant, fields, revision=variant.revision, by=by, now=NOW)


def test_an_account_is_added_once(item, paper, editor):
    first = fitting.add_variant(item, paper, by=editor, now=NOW)
    assert fitting.add_variant(item, paper, by=editor, now=NOW) == first
    assert Activity.objects.get(verb="variant.added").detail == {"account": "Paper"}


@pytest.mark.parametrize("fields", [{"state": "gone"}, {"relation": "partner"}])
def test_an_account_that_cannot_publish_is_not_added(item, workspace, editor, fields):
    with pytest.raises(UserError):
        fitting.add_variant(item, make_account(workspace, platform="paper", **fields), by=editor, now=NOW)


def test_another_teams_account_is_not_added(item, other_workspace, editor):
    with pytest.raises(UserError):
        fitting.add_variant(item, make_account(other_workspace, platform="paper"), by=editor, now=NOW)


def test_saving_keeps_what_was_written_and_who_wrote_it(variant, editor):
    saved = save(variant, editor, title="Own", options={"visibility": "closed", "junk": 1})
    row = Variant.objects.get()
    assert (row.title, row.options, row.revision) == ("Own", {"visibility": "closed"}, 2)
    assert (row.changed_by, row.changed_at, saved.revision) == (editor, NOW, 2)


def test_saving_the_same_changes_nothing(variant, editor):
    assert save(variant, editor, title="", options={}).revision == 1
    assert not Activity.objects.exists()


def test_the_second_writer_is_told_and_overwrites_nothing(variant, editor, manager):
    save(variant, editor, title="First")
    with pytest.raises(fitting.VariantEditedMeanwhile, match="Editor changed this version meanwhile") as told:
        save(variant, manager, title="Second")
    assert told.value.theirs.title == "First"
    assert Variant.objects.get().title == "First"


def test_a_sitting_is_one_line_of_the_trail(variant, editor):
    saved = save(variant, editor, title="A")
    save(saved, editor, title="B")
    assert Activity.objects.filter(verb="variant.changed").count() == 1


def test_own_pictures_keep_their_order_and_are_noted_as_used(variant, editor, workspace, item):
    a, b = make_asset(workspace), make_asset(workspace)
    saved = save(variant, editor, own_images=True, images=[b, a])
    assert [pick.asset for pick in saved.picks.all()] == [b, a]
    assert set(item.assets.all()) == {a, b}
    saved = save(saved, editor, images=[a])
    assert [pick.asset for pick in saved.picks.all()] == [a]
    assert set(item.assets.all()) == {a}


def test_another_teams_picture_is_left_out(variant, editor, other_workspace):
    assert not save(variant, editor, images=[make_asset(other_workspace)]).picks.exists()


@pytest.mark.parametrize("change", ["save", "add", "drop", "describe"])
def test_every_change_withdraws_an_approval(item, variant, workspace, manager, change):
    from content.actions import assets

    picture = make_asset(workspace)
    type(item).objects.filter(pk=item.pk).update(body=shown(picture))
    item.refresh_from_db()
    approve(item, by=manager, now=NOW)
    if change == "save":
        save(variant, manager, title="New")
    elif change == "add":
        fitting.add_variant(item, make_account(workspace, platform="chirp"), by=manager, now=NOW)
    elif change == "drop":
        fitting.drop_variant(variant, by=manager, now=NOW)
    else:
        assets.describe(picture, name="x.png", alt_text="Another", by=manager, now=NOW)
    item.refresh_from_db()
    assert item.state == "stale"


def test_what_is_planned_keeps_its_variant(variant, editor):
    make_publication(variant, due_at=NOW + timedelta(days=1))
    with pytest.raises(WrongState, match="1 publication on Paper is planned. Cancel it first."):
        fitting.drop_variant(variant, by=editor, now=NOW)


def test_what_went_out_keeps_its_variant(variant, editor):
    make_publication(variant, due_at=NOW, state="failed")
    with pytest.raises(WrongState, match="history"):
        fitting.drop_variant(variant, by=editor, now=NOW)


def test_what_was_only_cancelled_goes_with_it(variant, editor):
    make_publication(variant, due_at=NOW, state="cancelled")
    fitting.drop_variant(variant, by=editor, now=NOW)
    assert not Variant.objects.exists()


def test_an_archived_piece_is_not_changed(variant, editor):
    type(variant.item).objects.update(archived_at=NOW)
    with pytest.raises(WrongState, match="archived"):
        save(Variant.objects.get(), editor, title="New")


def test_tabs_tell_what_is_wrong_with_each_account(item, variant, workspace):
    chirp = make_account(workspace, platform="chirp")
    make_variant(item, chirp, body="x" * 40)
    left = make_account(workspace, platform="chirp")
    tabs = tabs_of(item)
    assert [(tab.stops, tab.warns) for tab in tabs] == [(0, 0), (1, 0)]
    assert accounts_left(item) == [left]


def at(name, row, *args):
    workspace = row.item.workspace if isinstance(row, Variant) else row.workspace
    return reverse(f"content:{name}", args=[workspace.slug, row.pk, *args])


HTMX = {"HTTP_HX_REQUEST": "true"}


def test_the_page_of_a_version_shows_what_it_takes_from_the_piece(client_of, editor, variant):
    page = client_of(editor).get(at("variant", variant)).content.decode()
    assert 'placeholder="Tea"' in page
    assert "Options of Paper" in page
    assert "Nothing stands in the way on Paper." in page


def test_autosave_answers_with_the_next_revision(client_of, editor, variant):
    typed = {"revision": 1, "title": "Own", "option_visibility": "closed"}
    answer = client_of(editor).post(at("variant-save", variant), typed, **HTMX)
    assert 'name="revision" value="2"' in answer.content.decode()
    assert "variant:saved" in answer["HX-Trigger"]
    variant.refresh_from_db()
    assert (variant.title, variant.options) == ("Own", {"visibility": "closed"})


def test_the_second_writer_sees_both_and_may_save_over(client_of, editor, manager, variant):
    save(variant, manager, title="Theirs")
    client, typed = client_of(editor), {"revision": 1, "title": "Mine"}
    answer = client.post(at("variant-save", variant), typed, **HTMX)
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#variant-conflict"
    assert "Theirs" in answer.content.decode()
    plain = client.post(at("variant-save", variant), typed)
    assert 'value="Mine"' in plain.content.decode()
    assert client.post(at("variant-save", variant), typed | {"over": 2}).status_code == 302
    variant.refresh_from_db()
    assert variant.title == "Mine"


def test_what_is_typed_is_judged_before_it_is_saved(client_of, editor, item, workspace):
    variant = make_variant(item, make_account(workspace, platform="chirp"))
    typed = {"revision": 1, "body": "x" * 31}
    answer = client_of(editor).post(at("variant-check", variant), typed, **HTMX).content.decode()
    assert "The text has 31 characters; Chirp allows 30. Cut 1." in answer
    assert 'data-body-count="31"' in answer
    variant.refresh_from_db()
    assert variant.body == ""


def test_own_pictures_are_ordered_by_buttons(client_of, editor, item, workspace):
    variant = make_variant(item, make_account(workspace, platform="chirp"))
    a, b = make_asset(workspace), make_asset(workspace)
    client, typed = client_of(editor), {"revision": 1, "own_images": "on", "images": [a.pk, b.pk]}
    client.post(at("variant-save", variant), typed | {"picture_earlier": b.pk}, **HTMX)
    assert [pick.asset for pick in variant.picks.all()] == [b, a]
    client.post(at("variant-save", variant), typed | {"revision": 2, "picture_out": a.pk}, **HTMX)
    assert [pick.asset for pick in variant.picks.all()] == [b]


def test_a_viewer_reads_but_does_not_write(client_of, viewer, variant):
    client = client_of(viewer)
    assert client.get(at("variant", variant)).status_code == 200
    assert client.post(at("variant-save", variant), {"revision": 1}).status_code == 403


def test_another_teams_version_is_not_there(client_of, stranger, owner, other_workspace, variant):
    assert client_of(stranger).get(at("variant", variant)).status_code == 404
    inside = reverse("content:variant", args=[other_workspace.slug, variant.pk])
    assert client_of(stranger).get(inside).status_code == 404


def test_an_account_is_added_and_dropped_on_the_page(client_of, editor, item, paper):
    client = client_of(editor)
    client.post(at("variant-add", item), {"account": paper.pk})
    made = Variant.objects.get()
    assert client.post(at("variant-drop", made)).status_code == 302
    assert not Variant.objects.exists()


def test_the_preview_marks_what_does_not_fit(client_of, editor, item, workspace):
    chirp = make_account(workspace, platform="chirp")
    make_variant(item, chirp, body="y" * 30 + "over the edge")
    shown_part = client_of(editor).get(at("item-preview", item), {"account": chirp.pk}).content.decode()
    assert '<mark class="over">over the edge</mark>' in shown_part


def test_the_preview_of_an_account_that_is_not_added_yet_and_of_none(client_of, editor, item, paper):
    client = client_of(editor)
    assert "Paper" in client.get(at("item-preview", item), {"account": paper.pk}).content.decode()
    assert "Words." in client.get(at("item-preview", item)).content.decode()


def test_the_piece_lists_the_problems_of_every_account(client_of, editor, item, workspace):
    make_variant(item, make_account(workspace, platform="chirp", name="Notes"), body="x" * 31)
    shown_part = client_of(editor).get(at("item-checks", item)).content.decode()
    assert "Notes" in shown_part
    assert "Chirp allows 30" in shown_part
