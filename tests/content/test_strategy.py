from django.utils import timezone

from content.actions import planning
from content.models import Persona, Pillar
from mediaops.models import Activity
from tests.builders import make_account, make_item, make_post, make_publication, make_variant


def url(workspace, path=""):
    return f"/w/{workspace.slug}/strategy/{path}"


def test_an_empty_strategy_says_what_a_pillar_is(workspace, editor, client_of):
    page = client_of(editor).get(url(workspace)).content.decode()
    assert "A pillar is a subject you come back to" in page


def test_pillars_and_personas_are_made_changed_closed_and_offered_again(workspace, editor, client_of):
    client = client_of(editor)
    for kind, model in (("pillar", Pillar), ("persona", Persona)):
        client.post(url(workspace, f"{kind}/new/"), {"name": "First", "share": "40"})
        row = model.objects.get()
        client.post(url(workspace, f"{kind}/{row.pk}/"), {"name": "Renamed"})
        client.post(url(workspace, f"{kind}/{row.pk}/close/"))
        row.refresh_from_db()
        assert row.name == "Renamed"
        assert row.closed_at
        client.post(url(workspace, f"{kind}/{row.pk}/close/"))
        row.refresh_from_db()
        assert row.closed_at is None
        verbs = [line.verb for line in Activity.objects.about(row)]
        assert verbs == [f"{kind}.{verb}" for verb in ("made", "changed", "closed", "reopened")]


def test_a_name_that_is_taken_keeps_what_was_typed(workspace, editor, client_of):
    planning.add_strategy(Pillar, workspace, {"name": "People"}, by=editor)
    answer = client_of(editor).post(
        url(workspace, "pillar/new/"), {"name": "people", "description": "A long thought"}
    )
    assert answer.status_code == 422
    assert "A long thought" in answer.content.decode()
    assert Pillar.objects.count() == 1


def test_a_closed_pillar_is_not_offered_but_kept(workspace, editor, client_of):
    pillar = planning.add_strategy(Pillar, workspace, {"name": "Old pillar"}, by=editor)
    item = make_item(workspace, pillar=pillar, owner=editor)
    planning.close_strategy(pillar, by=editor, now=timezone.now())
    client = client_of(editor)
    assert "Old pillar" in client.get(item.get_absolute_url()).content.decode()
    assert "Old pillar" not in client.get(f"/w/{workspace.slug}/items/new/").content.decode()


def test_planned_shares_stand_beside_what_was_published(workspace, editor, client_of):
    pillars = [planning.add_strategy(Pillar, workspace, {"name": n, "share": 50}, by=editor) for n in ("One", "Two")]
    account = make_account(workspace)
    for pillar, count in zip(pillars, (3, 1), strict=True):
        for _ in range(count):
            variant = make_variant(make_item(workspace, pillar=pillar), account)
            make_publication(variant, state="live", post=make_post(account))
    page = client_of(editor).get(url(workspace)).content.decode()
    assert "75% published, 50% planned" in page
    assert "25% published, 50% planned" in page


def test_nothing_published_is_unknown_not_zero(workspace, editor, client_of):
    planning.add_strategy(Pillar, workspace, {"name": "One", "share": 50}, by=editor)
    assert '<td class="number">0%</td>' not in client_of(editor).get(url(workspace)).content.decode()


def test_viewers_do_not_change_the_strategy(workspace, viewer, client_of):
    assert client_of(viewer).post(url(workspace, "pillar/new/"), {"name": "No"}).status_code == 403
    assert client_of(viewer).get(url(workspace, "nonsense/new/")).status_code in (403, 404)
