import re
from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from content.actions import drafting, reviewing
from content.models import ContentItem, Pillar
from content.models.item import ItemState
from content.models.publication import State
from content.models.version import Reason
from mediaops.actions import team
from tests.builders import make_account, make_item, make_member, make_publication, make_variant

NOW = timezone.now()


def url(workspace, path=""):
    return f"/w/{workspace.slug}/items/{path}"


def page_of(client, workspace, **query):
    return client.get(url(workspace), query).content.decode()


def typed(item=None, **fields):
    values = {"title": "", "summary": "", "body": "", "tags": "", "revision": item.revision if item else 0}
    if item is not None:
        values |= {"title": item.title, "summary": item.summary, "body": item.body, "owner": item.owner_id or ""}
    return values | fields


def autosave(client, item, **fields):
    address = url(item.workspace, f"{item.pk}/save/")
    return client.post(address, typed(item, **fields), headers={"Accept": "application/json"})


def test_saved_views_count_and_show(workspace, editor, client_of):
    account = make_account(workspace)
    make_item(workspace, title="Draft of mine", owner=editor)
    make_item(workspace, title="Waits", state=ItemState.IN_REVIEW)
    make_item(workspace, title="Sent back", state=ItemState.CHANGES)
    make_item(workspace, title="Ready one", state=ItemState.APPROVED)
    make_publication(
        make_variant(make_item(workspace, title="Broken one", state=ItemState.APPROVED), account), state=State.FAILED
    )
    make_item(workspace, title="Old one", archived_at=NOW)
    client = client_of(editor)
    page = page_of(client, workspace)
    found = dict(re.findall(r'>([^<>]+) <span class="count">(\d+)</span></a>', page))
    assert found == {
        "All": "5", "Mine": "1", "To review": "1", "To change": "1",
        "Approved, not planned": "1", "Trouble": "1", "Archived": "1",
    }  # fmt: skip
    assert "Old one" not in page
    assert "Old one" in page_of(client, workspace, view="old")
    assert "Ready one" in page_of(client, workspace, view="ready")
    assert "Broken one" in page_of(client, workspace, view="trouble")
    assert "Draft of mine" not in page_of(client, workspace, view="trouble")


def test_filters_narrow_the_rows(workspace, editor, client_of):
    account, other = make_account(workspace), make_account(workspace)
    pillar = Pillar.objects.create(workspace=workspace, name="Know-how")
    campaign = Campaign.objects.create(workspace=workspace, name="Autumn", starts_on=NOW.date(), ends_on=NOW.date())
    hit = make_item(
        workspace, title="The right one", body="osmanthus", pillar=pillar, campaign=campaign, owner=editor
    )
    make_variant(hit, account)
    make_variant(make_item(workspace, title="The wrong one", state=ItemState.IN_REVIEW), other)
    client = client_of(editor)
    for query in (
        {"account": account.pk},
        {"pillar": pillar.pk},
        {"campaign": campaign.pk},
        {"owner": editor.pk},
        {"state": "draft"},
        {"q": "osmanthus"},
    ):
        page = page_of(client, workspace, **query)
        assert "The right one" in page, query
        assert "The wrong one" not in page, query
    assert "No piece matches" in page_of(client, workspace, q="nothing like it")


def test_rows_are_sorted_and_paged(workspace, editor, client_of):
    for n in range(30):
        make_item(workspace, title=f"Piece {n:02}", changed_at=NOW + timedelta(minutes=n))
    client = client_of(editor)
    assert page_of(client, workspace).index("Piece 29") < page_of(client, workspace).index("Piece 28")
    by_title = page_of(client, workspace, sort="title")
    assert by_title.index("Piece 00") < by_title.index("Piece 01")
    assert "Piece 00" in page_of(client, workspace, page=2)
    assert "Piece 29" not in page_of(client, workspace, page=2)


def test_a_long_list_asks_few_questions(workspace, editor, client_of, django_assert_max_num_queries):
    accounts = [make_account(workspace) for _ in range(5)]
    owners = [make_member(workspace) for _ in range(5)]
    rows = [ContentItem(workspace=workspace, title=f"Piece {n}", owner=owners[n % 5]) for n in range(400)]
    for item in ContentItem.objects.bulk_create(rows)[:40]:
        make_publication(make_variant(item, accounts[item.pk % 5]))
    client = client_of(editor)
    page_of(client, workspace)
    with django_assert_max_num_queries(15):
        page_of(client, workspace, view="ready", owner=owners[0].pk, q="Piece")


def test_what_matters_most_stands_in_the_row(workspace, editor, client_of):
    variant = make_variant(make_item(workspace), make_account(workspace))
    make_publication(variant, state=State.PLANNED, due_at=NOW + timedelta(days=1))
    make_publication(variant, state=State.UNSURE, due_at=NOW - timedelta(days=1))
    assert "Unsure" in page_of(client_of(editor), workspace)


def test_many_are_archived_at_once_and_their_plans_cancelled(workspace, editor, operator, client_of):
    items = [make_item(workspace, title=f"Piece {n}") for n in range(3)]
    plan = make_publication(make_variant(items[0], make_account(workspace)), due_at=NOW + timedelta(days=1))
    client_of(editor).post(url(workspace), {"do": "archive", "pk": [items[0].pk, items[1].pk]})
    plan.refresh_from_db()
    assert plan.state == State.CANCELLED
    assert ContentItem.objects.current().get() == items[2]


def test_what_is_being_sent_is_not_archived(workspace, editor, client_of):
    item = make_item(workspace)
    make_publication(make_variant(item, make_account(workspace)), state=State.SENDING)
    answer = client_of(editor).post(url(workspace), {"do": "archive", "pk": [item.pk]})
    assert answer.status_code == 409
    assert "being sent" in answer.content.decode()
    assert ContentItem.objects.current().exists()


def test_choosing_nothing_says_so(workspace, editor, client_of):
    answer = client_of(editor).post(url(workspace), {"do": "archive"})
    assert answer.status_code == 422
    assert "Choose at least one row" in answer.content.decode()


def test_pieces_of_who_left_are_found_and_handed_over(workspace, owner, editor, operator, client_of):
    item = make_item(workspace, title="Half written", owner=editor)
    make_item(workspace, title="Somebody's", owner=operator)
    team.remove(editor, by=owner, now=NOW)
    client = client_of(owner)
    page = page_of(client, workspace, owner="left")
    assert "Half written" in page
    assert "Somebody&#x27;s" not in page
    client.post(url(workspace), {"do": "owner", "owner": operator.pk, "pk": [item.pk]})
    item.refresh_from_db()
    assert item.owner == operator


def test_viewers_have_no_bulk(workspace, viewer, client_of):
    item = make_item(workspace)
    assert client_of(viewer).post(url(workspace), {"do": "archive", "pk": [item.pk]}).status_code == 403


def test_the_empty_list_says_what_to_do(workspace, editor, client_of):
    assert "Write the first piece" in page_of(client_of(editor), workspace)


def test_opening_the_new_editor_makes_nothing(workspace, editor, client_of):
    assert client_of(editor).get(url(workspace, "new/")).status_code == 200
    assert not ContentItem.objects.exists()


def test_the_first_save_makes_the_piece(workspace, editor, client_of):
    answer = client_of(editor).post(
        url(workspace, "new/"), typed(title="Autumn", tags="tea, 桂花，#slow"), headers={"Accept": "application/json"}
    )
    item = ContentItem.objects.get()
    assert (item.title, item.tags, item.made_by) == ("Autumn", ["tea", "桂花", "slow"], editor)
    assert answer.json()["url"] == item.get_absolute_url()


def test_autosave_answers_with_the_next_revision(workspace, editor, client_of):
    item = make_item(workspace, owner=editor)
    told = autosave(client_of(editor), item, body="More").json()
    item.refresh_from_db()
    assert (told["revision"], item.revision, item.body) == (2, 2, "More")
    assert re.fullmatch(r"\d\d:\d\d", told["clock"])


def test_the_second_writer_gets_both_texts(workspace, editor, operator, client_of):
    item = make_item(workspace, body="Both read this", owner=editor)
    autosave(client_of(editor), item, body="Both read this carefully")
    answer = autosave(client_of(operator), item, body="Both saw this")
    told = answer.json()
    assert answer.status_code == 409
    assert "Editor changed this piece" in told["problem"]
    assert "<ins>saw</ins>" in told["html"]
    assert told["revision"] == 2
    item.refresh_from_db()
    assert item.body == "Both read this carefully"


def test_the_second_writer_may_save_over_and_both_texts_live(workspace, editor, operator, client_of):
    item = make_item(workspace, body="Both read this")
    autosave(client_of(editor), item, body="First")
    answer = autosave(client_of(operator), item, body="Second", revision=2, choice="mine")
    item.refresh_from_db()
    assert (answer.status_code, item.body) == (200, "Second")
    assert item.versions.get(reason=Reason.ASIDE).body == "First"


def test_the_second_writer_may_give_way_and_keeps_the_words(workspace, editor, operator, client_of):
    item = make_item(workspace, body="Both read this")
    autosave(client_of(editor), item, body="First")
    autosave(client_of(operator), item, body="Second", revision=2, choice="theirs")
    item.refresh_from_db()
    assert item.body == "First"
    assert item.versions.get(reason=Reason.ASIDE, made_by=operator).body == "Second"


def test_without_script_a_clash_is_a_page_with_both_texts(workspace, editor, operator, client_of):
    item = make_item(workspace, body="Both read this")
    autosave(client_of(editor), item, body="First of two")
    answer = client_of(operator).post(url(workspace, f"{item.pk}/save/"), typed(item, body="Second of two"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Second of two" in page
    assert "<del>First</del>" in page


def test_wrong_input_is_422_with_the_words_kept(workspace, editor, client_of):
    item = make_item(workspace)
    told = autosave(client_of(editor), item, title="x" * 300)
    assert told.status_code == 422
    assert "200" in told.json()["problem"]
    plain = client_of(editor).post(url(workspace, f"{item.pk}/save/"), typed(item, title="y" * 300, body="My words"))
    assert plain.status_code == 422
    assert "My words" in plain.content.decode()


@pytest.mark.parametrize("tags", [", ".join(f"tag{n}" for n in range(30)), "a" * 80])
def test_tags_have_limits_in_words(workspace, editor, client_of, tags):
    answer = autosave(client_of(editor), make_item(workspace), tags=tags)
    assert answer.status_code == 422
    assert answer.json()["fields"].keys() == {"tags"}


def test_rows_of_another_team_cannot_be_chosen(workspace, editor, other_workspace, client_of):
    pillar = Pillar.objects.create(workspace=other_workspace, name="Theirs")
    answer = autosave(client_of(editor), make_item(workspace), pillar=pillar.pk)
    assert answer.status_code == 422


def test_viewers_read_the_piece(workspace, viewer, client_of):
    item = make_item(workspace, body="Read **me**")
    page = client_of(viewer).get(item.get_absolute_url()).content.decode()
    assert "<strong>me</strong>" in page
    assert "item-form" not in page
    assert autosave(client_of(viewer), item, body="No").status_code == 403


def test_strangers_find_no_piece(workspace, stranger, client_of):
    item = make_item(workspace)
    client = client_of(stranger)
    assert client.get(item.get_absolute_url()).status_code == 404
    assert client.post(f"/w/{stranger.workspace.slug}/items/{item.pk}/save/", typed(item)).status_code == 404


def test_versions_are_listed_compared_and_brought_back(workspace, editor, manager, client_of):
    item = make_item(workspace, title="Autumn", body="One slow fire", owner=editor)
    reviewing.submit(item, by=editor, now=NOW)
    drafting.save_item(item, {"body": "Two slow fires"}, revision=1, by=manager, now=NOW)
    client = client_of(editor)
    assert "Sent to review" in client.get(url(workspace, f"{item.pk}/versions/")).content.decode()
    page = client.get(url(workspace, f"{item.pk}/versions/1/")).content.decode()
    assert "<del>One</del>" in page
    assert "<ins>Two</ins>" in page
    client.post(url(workspace, f"{item.pk}/versions/1/restore/"))
    item.refresh_from_db()
    assert item.body == "One slow fire"


def test_versions_of_another_piece_are_not_found(workspace, editor, client_of):
    item, other = make_item(workspace), make_item(workspace)
    reviewing.submit(other, by=editor, now=NOW)
    assert client_of(editor).get(url(workspace, f"{item.pk}/versions/1/")).status_code == 404


def test_submitting_saves_what_was_typed_first(workspace, editor, client_of):
    item = make_item(workspace, owner=editor)
    client_of(editor).post(url(workspace, f"{item.pk}/submit/"), typed(item, body="Last words"))
    item.refresh_from_db()
    assert (item.state, item.body) == (ItemState.IN_REVIEW, "Last words")


def test_editors_do_not_approve_and_are_told_who_does(workspace, editor, manager, client_of):
    item = make_item(workspace, owner=editor)
    reviewing.submit(item, by=editor, now=NOW)
    client = client_of(editor)
    assert client.post(url(workspace, f"{item.pk}/approve/")).status_code == 403
    assert (
        "Only managers and owners approve. You can remind Manager."
        in client.get(item.get_absolute_url()).content.decode()
    )
    client.post(url(workspace, f"{item.pk}/remind/"))
    assert manager.notices.filter(kind="review.reminder").exists()


def test_a_manager_decides_on_what_the_page_showed(workspace, editor, manager, client_of):
    item = make_item(workspace, owner=editor)
    reviewing.submit(item, by=editor, now=NOW)
    client = client_of(manager)
    seen = re.search(r'name="seen" value="(\w+)"', client.get(item.get_absolute_url()).content.decode())[1]
    autosave(client_of(editor), item, body="Changed meanwhile")
    late = client.post(url(workspace, f"{item.pk}/approve/"), {"seen": seen})
    assert late.status_code == 409
    assert "while you were reading" in late.content.decode()


def test_asking_for_changes_without_words_is_422_on_the_note(workspace, editor, manager, client_of):
    item = make_item(workspace, owner=editor)
    reviewing.submit(item, by=editor, now=NOW)
    answer = client_of(manager).post(url(workspace, f"{item.pk}/request-changes/"), {"note": ""})
    assert answer.status_code == 422
    assert "Say what to change" in answer.content.decode()


def test_comments_are_threaded_and_resolved_on_the_page(workspace, editor, manager, client_of):
    item = make_item(workspace, owner=editor)
    htmx = {"HX-Request": "true"}
    client = client_of(manager)
    page = client.post(
        url(workspace, f"{item.pk}/comment/"), {"text": "It says 90", "quote": "Words."}, headers=htmx
    ).content.decode()
    assert "<blockquote data-quoted>Words.</blockquote>" in page
    comment = item.comments.get()
    page = (
        client_of(editor)
        .post(url(workspace, f"{item.pk}/comment/"), {"text": "Fixed", "parent": comment.pk}, headers=htmx)
        .content.decode()
    )
    assert page.index("It says 90") < page.index("Fixed")
    page = client.post(f"/w/{workspace.slug}/comments/{comment.pk}/resolve/", headers=htmx).content.decode()
    assert "resolved by Manager" in page


def test_an_empty_comment_is_422(workspace, editor, client_of):
    item = make_item(workspace)
    answer = client_of(editor).post(
        url(workspace, f"{item.pk}/comment/"), {"text": " "}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    assert "Write what you want to say" in answer.content.decode()


def test_one_timeline_tells_deeds_and_words(workspace, editor, manager, client_of):
    item = drafting.create_item(workspace, by=editor, now=NOW, title="Autumn", body="Words")
    reviewing.submit(item, by=editor, now=NOW)
    reviewing.say(item, text="Is it 90?", by=manager, now=NOW)
    reviewing.request_changes(item, by=manager, now=NOW, note="Check the temperature")
    page = client_of(editor).get(item.get_absolute_url()).content.decode()
    thread = page[page.index('class="thread"') :]
    for words in (
        "started this piece",
        "sent it to review",
        "Is it 90?",
        "asked for changes",
        "Check the temperature",
    ):
        assert words in thread


def test_the_day_shows_what_to_write_change_and_review(workspace, editor, manager, client_of):
    make_item(workspace, title="A draft of mine", owner=editor)
    back = make_item(workspace, title="Sent back to me", owner=editor)
    reviewing.request_changes(_submitted(back, editor), by=manager, now=NOW, note="The opening repeats last week")
    _submitted(make_item(workspace, title="Waits for a decision", owner=editor), editor)
    part = f"/w/{workspace.slug}/parts/today-writing/"
    mine = client_of(editor).get(part).content.decode()
    assert "A draft of mine" in mine
    assert "The opening repeats last week" in mine
    assert "Waits for a decision" not in mine
    theirs = client_of(manager).get(part).content.decode()
    assert "Waits for a decision" in theirs
    assert "A draft of mine" not in theirs


def _submitted(item, by):
    reviewing.submit(item, by=by, now=NOW)
    return item


def test_a_campaign_shows_its_pieces(workspace, editor, client_of):
    campaign = Campaign.objects.create(workspace=workspace, name="Autumn", starts_on=NOW.date(), ends_on=NOW.date())
    make_item(workspace, title="In it", campaign=campaign)
    make_item(workspace, title="Not in it")
    page = client_of(editor).get(f"/w/{workspace.slug}/parts/campaign-items/{campaign.pk}/").content.decode()
    assert "In it" in page
    assert "Not in it" not in page
