"""Pieces, media, ideas and slots over REST."""

import io
from datetime import UTC, datetime

import pytest

from content.models import Asset, ContentItem, Idea, Publication, Slot, Variant
from mediaops.models import Activity
from tests.builders import make_account, make_item, make_variant
from tests.builders_assets import make_asset, open_platforms, picture, shown

API = "/api/v1"
NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _platforms(monkeypatch):
    open_platforms(monkeypatch)


def problem(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return answer.json()


def test_piece_is_written_and_changed(api_of, editor):
    api = api_of(editor)
    made = api.post(f"{API}/items/", {"title": "First flush", "body": "# Tea\n", "tags": ["#tea", "spring"]}, "json")
    assert made.status_code == 201, made.content
    item = made.json()
    assert (item["tags"], item["owner"], item["state"]) == (["tea", "spring"], editor.pk, "draft")
    assert item["page_url"].endswith(f"/w/lanxu/items/{item['id']}/")
    given = {"revision": item["revision"], "summary": "Short."}
    saved = api.patch(f"{API}/items/{item['id']}/", given, "json").json()
    assert (saved["summary"], saved["body"], saved["revision"]) == ("Short.", "# Tea\n", item["revision"] + 1)
    assert Activity.objects.get(verb="item.made").by_token == "tests"


def test_writing_over_somebody_elses_words_is_refused_with_theirs(api_of, editor, manager):
    item = make_item(editor.workspace)
    theirs = {"revision": item.revision, "title": "Theirs"}
    assert api_of(manager).patch(f"{API}/items/{item.pk}/", theirs, "json").status_code == 200
    mine = {"revision": item.revision, "title": "Mine"}
    said = problem(api_of(editor).patch(f"{API}/items/{item.pk}/", mine, "json"), 409, "edited_meanwhile")
    assert said["theirs"]["title"] == "Theirs"
    item.refresh_from_db()
    assert item.title == "Theirs"


def test_change_needs_the_revision_that_was_read(api_of, editor):
    item = make_item(editor.workspace)
    said = api_of(editor).patch(f"{API}/items/{item.pk}/", {"title": "Mine"}, "json")
    assert "revision" in problem(said, 400, "invalid")["fields"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "x" * 201}, "title"),
        ({"tags": ["x" * 51]}, "tags"),
        ({"tags": [str(n) for n in range(21)]}, "tags"),
        ({"pillar": 999}, "pillar"),
        ({"body": "x" * 200_001}, "body"),
    ],
)
def test_wrong_words_are_refused_by_field(api_of, editor, given, field):
    assert field in problem(api_of(editor).post(f"{API}/items/", given, "json"), 400, "invalid")["fields"]
    assert not ContentItem.objects.exists()


def test_list_narrows(api_of, viewer, editor):
    tea = make_item(viewer.workspace, title="Tea", owner=editor)
    make_item(viewer.workspace, title="Coffee", state="approved")
    old = make_item(viewer.workspace, title="Old", archived_at=NOW)
    make_variant(tea, make_account(viewer.workspace, platform="paper"))
    api = api_of(viewer)

    def titles(**query):
        return sorted(row["title"] for row in api.get(f"{API}/items/", query).json()["results"])

    assert titles() == ["Coffee", "Tea"]
    assert titles(state=["approved", "stale"]) == ["Coffee"]
    assert titles(q="tea") == titles(owner=editor.pk) == ["Tea"]
    assert titles(account=tea.variants.get().account_id) == ["Tea"]
    assert titles(archived="true") == ["Old"]
    assert api.get(f"{API}/items/{old.pk}/").json()["title"] == "Old"


def test_list_asks_the_database_a_fixed_number_of_times(api_of, editor, django_assert_max_num_queries):
    for _ in range(12):
        make_variant(make_item(editor.workspace, owner=editor), make_account(editor.workspace))
    api = api_of(editor)
    api.get(f"{API}/items/")
    with django_assert_max_num_queries(5):
        assert len(api.get(f"{API}/items/").json()["results"]) == 12


def test_review_goes_round(api_of, editor, manager):
    item = make_item(editor.workspace)
    at, writer, boss = f"{API}/items/{item.pk}", api_of(editor), api_of(manager)
    assert writer.post(f"{at}/submit/", {"note": "Please"}, "json").json()["state"] == "in_review"
    problem(writer.post(f"{at}/submit/", {}, "json"), 409, "wrong_state")
    assert writer.post(f"{at}/take-back/").json()["state"] == "draft"
    writer.post(f"{at}/submit/")
    assert "note" in problem(boss.post(f"{at}/request-changes/"), 400, "invalid")["fields"]
    assert boss.post(f"{at}/request-changes/", {"note": "Shorter"}, "json").json()["state"] == "changes"
    writer.post(f"{at}/submit/")
    seen = boss.get(f"{at}/").json()["digest"]
    assert boss.post(f"{at}/approve/", {"seen": seen}, "json").json()["state"] == "approved"


def test_approval_is_of_the_text_that_was_read(api_of, manager):
    item = make_item(manager.workspace)
    api, at = api_of(manager), f"{API}/items/{item.pk}"
    seen = api.get(f"{at}/").json()
    api.patch(f"{at}/", {"revision": seen["revision"], "title": "Other"}, "json")
    problem(api.post(f"{at}/approve/", {"seen": seen["digest"]}, "json"), 409, "wrong_state")
    assert api.post(f"{at}/approve/").json()["state"] == "approved"


def test_who_may_not_approve_does_not(api_of, editor, manager):
    item = make_item(editor.workspace)
    problem(api_of(editor).post(f"{API}/items/{item.pk}/approve/"), 403, "not_allowed")
    problem(api_of(manager, scopes=["see", "write"]).post(f"{API}/items/{item.pk}/approve/"), 403, "not_allowed")
    item.refresh_from_db()
    assert item.state == "draft"


def test_archive_and_back(api_of, editor):
    item = make_item(editor.workspace)
    api, at = api_of(editor), f"{API}/items/{item.pk}"
    assert api.post(f"{at}/archive/").json()["archived_at"]
    problem(api.patch(f"{at}/", {"revision": item.revision, "title": "x"}, "json"), 409, "wrong_state")
    assert api.post(f"{at}/bring-back/").json()["archived_at"] is None


def test_versions_are_read_and_restored(api_of, editor):
    item = make_item(editor.workspace, title="One", body="Old words.")
    api, at = api_of(editor), f"{API}/items/{item.pk}"
    api.post(f"{at}/submit/")
    api.patch(f"{at}/", {"revision": item.revision, "body": "New words."}, "json")
    (row,) = api.get(f"{at}/versions/").json()
    assert "body" not in row
    assert api.get(f"{at}/versions/{row['number']}/").json()["body"] == "Old words."
    assert api.post(f"{at}/versions/{row['number']}/restore/").json()["body"] == "Old words."
    assert api.get(f"{at}/versions/99/").status_code == 404


def test_comments_are_threads(api_of, editor, manager):
    item, other = make_item(editor.workspace), make_item(editor.workspace)
    api, at = api_of(manager), f"{API}/items/{item.pk}/comments"
    top = api.post(f"{at}/", {"text": "Shorter?", "quote": "Words."}, "json").json()
    answer = api_of(editor).post(f"{at}/", {"text": "Yes.", "parent": top["id"]}, "json")
    assert (answer.status_code, answer.json()["parent"]) == (201, top["id"])
    assert api.post(f"{at}/{top['id']}/resolve/").json()["resolved_by"] == manager.pk
    problem(api.post(f"{at}/{top['id']}/resolve/"), 409, "wrong_state")
    assert api.post(f"{at}/{top['id']}/reopen/").json()["resolved_at"] is None
    assert [row["text"] for row in api.get(f"{at}/").json()] == ["Shorter?", "Yes."]
    elsewhere = {"text": "Hm.", "parent": top["id"]}
    assert api.post(f"{API}/items/{other.pk}/comments/", elsewhere, "json").status_code == 404


def test_piece_is_fitted_to_an_account(api_of, editor):
    item, account = make_item(editor.workspace), make_account(editor.workspace, platform="paper")
    api, at = api_of(editor), f"{API}/items/{item.pk}/variants"
    given = {"account": account.pk, "title": "Short", "options": {"visibility": "closed"}}
    row = api.post(f"{at}/", given, "json")
    assert (row.status_code, row.json()["title"]) == (201, "Short"), row.content
    assert row.json()["options"] == {"visibility": "closed"}
    pictures = [make_asset(editor.workspace).pk, make_asset(editor.workspace).pk]
    change = {"revision": row.json()["revision"], "images": pictures}
    changed = api.patch(f"{at}/{row.json()['id']}/", change, "json").json()
    assert (changed["images"], changed["own_images"], changed["title"]) == (pictures, True, "Short")
    problem(api.patch(f"{at}/{row.json()['id']}/", change | {"title": "y"}, "json"), 409, "edited_meanwhile")
    assert [each["id"] for each in api.get(f"{at}/").json()] == [row.json()["id"]]
    assert api.delete(f"{at}/{row.json()['id']}/").status_code == 204
    assert not Variant.objects.exists()


@pytest.mark.parametrize("options", [{"visibility": "sideways"}, {"colour": "red"}])
def test_options_the_platform_does_not_know_are_named(api_of, editor, options):
    item, account = make_item(editor.workspace), make_account(editor.workspace, platform="paper")
    given = {"account": account.pk, "options": options}
    said = problem(api_of(editor).post(f"{API}/items/{item.pk}/variants/", given, "json"), 400, "invalid")
    assert list(said["fields"]) == [f"options.{next(iter(options))}"]
    assert not Variant.objects.exists()


def test_foreign_account_is_not_one_of_ours(api_of, editor, other_workspace):
    item = make_item(editor.workspace)
    api, at = api_of(editor), f"{API}/items/{item.pk}/variants/"
    theirs = make_account(other_workspace, platform="paper")
    watched = make_account(editor.workspace, platform="paper", relation="watched")
    assert "account" in problem(api.post(at, {"account": theirs.pk}, "json"), 400, "invalid")["fields"]
    problem(api.post(at, {"account": watched.pk}, "json"), 400, "invalid")


def upload(data, name="tea.png"):
    file = io.BytesIO(data)
    file.name = name
    return file


def test_picture_is_uploaded_once(api_of, editor):
    api, data = api_of(editor), picture()
    made = api.post(f"{API}/media/", {"file": upload(data), "alt": "A tea field"}, format="multipart")
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["alt"], row["mime"], row["duplicate"]) == ("A tea field", "image/png", False)
    assert row["path"] == f"/w/lanxu/assets/{row['id']}/file"
    again = api.post(f"{API}/media/", {"file": upload(data, "other.png")}, format="multipart")
    assert (again.status_code, again.json()["id"], again.json()["duplicate"]) == (200, row["id"], True)
    got = api.get(f"{API}/media/{row['id']}/file/")
    assert (got["Content-Type"], b"".join(got.streaming_content)[:4]) == ("image/png", b"\x89PNG")


def test_repeated_upload_with_the_same_key_gets_the_same_answer(api_of, editor):
    api, data = api_of(editor), picture()
    answers = [
        api.post(f"{API}/media/", {"file": upload(data)}, format="multipart", HTTP_IDEMPOTENCY_KEY="up") for _ in "ab"
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("data", [b"", b"<svg onload='x()'/>", b"MZ program", b"just words"])
def test_what_is_no_picture_is_refused_with_the_reason(api_of, editor, data):
    said = api_of(editor).post(f"{API}/media/", {"file": upload(data)}, format="multipart")
    assert problem(said, 422, "picture_refused")["detail"]
    assert not Asset.objects.exists()


def test_private_address_is_not_fetched(api_of, editor):
    said = api_of(editor).post(f"{API}/media/", {"url": "http://127.0.0.1/x.png"}, "json")
    problem(said, 400, "outward_refused")


def test_picture_is_described_and_removed(api_of, editor):
    asset = make_asset(editor.workspace)
    make_item(editor.workspace, body=shown(asset))
    api, at = api_of(editor), f"{API}/media/{asset.pk}/"
    assert api.patch(at, {"alt": "Steam"}, "json").json()["alt"] == "Steam"
    assert problem(api.delete(at), 409, "still_used")["items"]
    assert api.delete(f"{at}?anyway=true").status_code == 204
    assert api.get(at).status_code == 404


def test_idea_becomes_a_piece(api_of, editor):
    api = api_of(editor)
    pillar = api.post(f"{API}/pillars/", {"name": "Craft", "share": 40}, "json").json()
    idea = api.post(f"{API}/ideas/", {"title": "Steam", "note": "How?", "pillar": pillar["id"], "score": 80}, "json")
    at = f"{API}/ideas/{idea.json()['id']}"
    assert api.patch(f"{at}/", {"score": 90}, "json").json()["score"] == 90
    assert api.post(f"{at}/move/", {"state": "chosen"}, "json").json()["state"] == "chosen"
    item = api.post(f"{at}/write/")
    assert (item.status_code, item.json()["title"], item.json()["pillar"]) == (201, "Steam", pillar["id"])
    assert api.get(f"{at}/").json()["items"] == [item.json()["id"]]
    problem(api.post(f"{at}/move/", {"state": "new"}, "json"), 409, "wrong_state")
    assert Idea.objects.get().state == "writing"


def test_pillars_and_personas_have_their_own_names(api_of, editor):
    api = api_of(editor)
    for kind in ("pillars", "personas"):
        row = api.post(f"{API}/{kind}/", {"name": "Craft"}, "json").json()
        assert "name" in problem(api.post(f"{API}/{kind}/", {"name": "craft"}, "json"), 400, "invalid")["fields"]
        assert api.patch(f"{API}/{kind}/{row['id']}/", {"description": "By hand"}, "json").status_code == 200
        assert api.post(f"{API}/{kind}/{row['id']}/close/").json()["closed_at"]
        problem(api.post(f"{API}/{kind}/{row['id']}/close/"), 409, "wrong_state")
        assert api.post(f"{API}/{kind}/{row['id']}/reopen/").json()["closed_at"] is None


def test_slots_and_the_next_free_one(api_of, operator, editor):
    account = make_account(operator.workspace)
    api = api_of(operator)
    given = {"account": account.pk, "weekdays": [0, 2], "time": "09:30"}
    problem(api_of(editor).post(f"{API}/slots/", given, "json"), 403, "not_allowed")
    assert [row["time"] for row in api.post(f"{API}/slots/", given, "json").json()] == ["09:30", "09:30"]
    said = api.post(f"{API}/slots/", given | {"time": "09:30:00Z"}, "json")
    assert "time" in problem(said, 400, "invalid")["fields"]
    found = api.get(f"{API}/slots/next/", {"account": account.pk, "after": "2027-02-01T00:00:00Z"}).json()
    assert found["due_at"] == "2027-02-01T01:30:00Z"
    row = api.get(f"{API}/slots/", {"account": account.pk}).json()["results"][0]
    assert api.delete(f"{API}/slots/{row['id']}/").status_code == 204
    assert Slot.objects.count() == 1


def test_readers_change_nothing(api_of, viewer):
    item = make_item(viewer.workspace)
    api = api_of(viewer)
    for path in ("items/", f"items/{item.pk}/submit/", f"items/{item.pk}/comments/", "ideas/", "media/", "pillars/"):
        problem(api.post(f"{API}/{path}", {"title": "x", "name": "x", "text": "x"}, "json"), 403, "not_allowed")
    assert api.get(f"{API}/items/{item.pk}/").status_code == 200


def test_strangers_find_nothing(api_of, stranger, editor):
    item, asset = make_item(editor.workspace), make_asset(editor.workspace)
    row = make_variant(item, make_account(editor.workspace))
    api = api_of(stranger)
    for path in (
        f"items/{item.pk}",
        f"items/{item.pk}/variants/{row.pk}",
        f"media/{asset.pk}",
        f"media/{asset.pk}/file",
    ):
        problem(api.get(f"{API}/{path}/"), 404, "not_found")
    problem(api.post(f"{API}/items/{item.pk}/approve/"), 404, "not_found")
    said = api.post(f"{API}/items/", {"title": "x", "cover": asset.pk}, "json")
    assert "cover" in problem(said, 400, "invalid")["fields"]


def test_reviewers_are_reminded(api_of, editor, manager, viewer):
    item = make_item(editor.workspace)
    at = f"{API}/items/{item.pk}/remind/"
    problem(api_of(editor).post(at), 409, "wrong_state")
    assert api_of(editor).post(f"{API}/items/{item.pk}/submit/", {}, "json").status_code == 200
    assert api_of(editor).post(at).json() == {"told": [manager.pk]}
    assert api_of(editor).post(at).status_code == 400
    problem(api_of(viewer).post(at), 403, "not_allowed")
    assert Activity.objects.get(verb="item.reminded").by_token == "tests"


def test_the_tray_is_planned_into_the_next_slots(scripted, api_of, operator, editor):
    account = make_account(operator.workspace, platform="scripted")
    without = make_account(operator.workspace, platform="scripted")
    for day in range(7):
        Slot.objects.create(account=account, weekday=day, time="09:00")
    for place in (account, account, without):
        make_variant(make_item(operator.workspace, state="approved"), place)
    problem(api_of(editor).post(f"{API}/publications/fill/"), 403, "not_allowed")
    rows = api_of(operator).post(f"{API}/publications/fill/").json()["planned"]
    planned = Publication.objects.filter(pk__in=rows)
    assert [row.variant.account for row in planned] == [account, account]
    assert len({row.due_at for row in planned}) == 2
    assert api_of(operator).post(f"{API}/publications/fill/").json() == {"planned": []}
