"""The brand guide and mending over REST."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from content.models import AllowedPhrase, BrandRule, ContentItem, WordList
from mediaops.models import Activity
from tests.builders import make_account, make_item, make_variant
from tests.builders_assets import make_asset, open_platforms, picture, shown

API = "/api/v1"


@pytest.fixture(autouse=True)
def _house(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    open_platforms(monkeypatch)


@pytest.fixture
def variant(workspace):
    account = make_account(workspace, platform="chirp")
    return make_variant(make_item(workspace, title="Tea", body="Words."), account, body="最佳 tea")


def problem(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    return answer.json()


def test_rules_are_kept(api_of, owner, variant):
    api = api_of(owner)
    made = api.post(f"{API}/brand/rules/", {"phrase": "tea", "instead": "Tea", "reason": "A name."}, "json")
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["kind"], row["phrase"], row["made_by"]) == ("banned", "tea", owner.pk)
    (found, law) = api.get(f"{API}/variants/{variant.pk}/problems/").json()
    assert (found["code"], found["start"], found["end"], found["excerpt"]) == ("brand_word", 3, 6, "tea")
    assert (law["category"], law["places"]) == ("Absolute claim", [[0, 2]])
    assert found["fixes"] == [
        {"key": "replace:body:brand:tea", "label": "Replace with “Tea”", "value": "Tea"},
    ]
    assert api.patch(f"{API}/brand/rules/{row['id']}/", {"phrase": "coffee"}, "json").json()["phrase"] == "coffee"
    assert [one["id"] for one in api.get(f"{API}/brand/rules/?q=coff").json()["results"]] == [row["id"]]
    assert api.delete(f"{API}/brand/rules/{row['id']}/").status_code == 204
    assert Activity.objects.get(verb="brand_rule.dropped").by_token == "tests"


def test_the_same_rule_is_refused_by_field(api_of, owner):
    api = api_of(owner)
    api.post(f"{API}/brand/rules/", {"phrase": "tea"}, "json")
    said = problem(api.post(f"{API}/brand/rules/", {"phrase": "tea"}, "json"), 400, "invalid")
    assert "phrase" in said["fields"]
    assert BrandRule.objects.count() == 1


def test_lists_are_imported_as_file_or_words(api_of, owner):
    api = api_of(owner)
    file = SimpleUploadedFile("words.csv", "代购,广告\n代购\n".encode("gb18030"))
    made = api.post(f"{API}/brand/word-lists/", {"name": "File", "file": file}, format="multipart")
    assert made.status_code == 201, made.content
    assert (made.json()["size"], made.json()["left_out"]) == (1, 1)
    words = [{"word": "包邮"}, {"word": "代购", "category": "广告", "advice": "改写"}]
    row = api.post(f"{API}/brand/word-lists/", {"name": "Words", "words": words}, "json").json()
    assert api.get(f"{API}/brand/word-lists/{row['id']}/words/").json()[1] == words[1]
    assert api.patch(f"{API}/brand/word-lists/{row['id']}/", {"is_on": False}, "json").json()["is_on"] is False
    assert api.delete(f"{API}/brand/word-lists/{row['id']}/").status_code == 204
    assert WordList.objects.get().name == "File"


def test_other_files_are_refused(api_of, owner):
    file = SimpleUploadedFile("words.xlsx", b"PK\x03\x04 nothing")
    answer = api_of(owner).post(f"{API}/brand/word-lists/", {"name": "x", "file": file}, format="multipart")
    problem(answer, 422, "file_refused")


def test_phrases_are_allowed_by_managers(api_of, manager, editor, variant):
    api = api_of(manager)
    row = api.post(f"{API}/brand/allowed/", {"phrase": "最佳", "reason": "A title"}, "json").json()
    assert row["made_by"] == manager.pk
    assert api.get(f"{API}/variants/{variant.pk}/problems/").json() == []
    problem(api_of(editor).post(f"{API}/brand/allowed/", {"phrase": "x"}, "json"), 403, "not_allowed")
    assert api.delete(f"{API}/brand/allowed/{row['id']}/").status_code == 204
    assert not AllowedPhrase.objects.exists()


@pytest.mark.parametrize("path", ["rules/", "word-lists/"])
def test_only_owners_change_the_guide(api_of, manager, path):
    problem(api_of(manager).post(f"{API}/brand/{path}", {}, "json"), 403, "not_allowed")


def test_checks_are_read_by_all_and_switched_by_owners(api_of, owner, viewer):
    on = {"checks_law": True, "checks_personal": True, "checks_email": False}
    assert api_of(viewer).get(f"{API}/brand/checks/").json() == on
    changed = api_of(owner).patch(f"{API}/brand/checks/", {"checks_law": False}, "json")
    assert changed.json() == on | {"checks_law": False}
    problem(api_of(viewer).patch(f"{API}/brand/checks/", {"checks_law": True}, "json"), 403, "not_allowed")


def test_a_text_is_tried(api_of, viewer):
    found = api_of(viewer).post(f"{API}/brand/try/", {"text": "打13812345678"}, "json").json()
    assert [(one["code"], one["level"], one["start"]) for one in found] == [("personal_phone", "warn", 1)]


def test_a_variant_is_mended(api_of, editor, variant):
    api = api_of(editor)
    asked = {"fix": "replace:body:law:最佳", "revision": 1}
    told = api.post(f"{API}/variants/{variant.pk}/mend/", asked, "json").json()
    assert (told["variant"]["body"], told["variant"]["revision"], told["of_piece"]) == ("出色 tea", 2, False)
    problem(api.post(f"{API}/variants/{variant.pk}/mend/", asked, "json"), 409, "edited_meanwhile")
    problem(api.post(f"{API}/variants/{variant.pk}/mend/", asked | {"revision": 2}, "json"), 409, "wrong_state")


def test_a_picture_is_cropped_around_its_focus(api_of, editor, workspace):
    tall = make_asset(workspace, data=picture(40, 200), width=40, height=200)
    account = make_account(workspace, platform="chirp", limits={"image_ratio_min": 0.75})
    variant = make_variant(make_item(workspace), account, body=f"Tea {shown(tall)}")
    api = api_of(editor)
    keys = [fix["key"] for fix in api.get(f"{API}/variants/{variant.pk}/fixes/").json()]
    key = next(key for key in keys if key.startswith("crop:"))
    asked = {"fix": key, "revision": 1, "focus_x": 0.5, "focus_y": 1}
    told = api.post(f"{API}/variants/{variant.pk}/mend/", asked, "json").json()
    assert told["variant"]["own_images"] is True
    assert told["variant"]["images"] != [tall.pk]
    wrong = api.post(f"{API}/variants/{variant.pk}/mend/", asked | {"focus_y": 2}, "json")
    assert "focus_y" in problem(wrong, 400, "invalid")["fields"]


def test_a_piece_is_mended(api_of, editor, workspace):
    item = make_item(workspace, title="最佳", body="Words.")
    api = api_of(editor)
    (found,) = api.get(f"{API}/items/{item.pk}/wording/").json()
    asked = {"fix": found["fixes"][0]["key"], "revision": 1}
    assert api.post(f"{API}/items/{item.pk}/mend/", asked, "json").json()["title"] == "出色"
    problem(api.post(f"{API}/items/{item.pk}/mend/", asked, "json"), 409, "edited_meanwhile")
    assert ContentItem.objects.get().revision == 2


def test_a_dry_run_tells_of_risky_words_and_goes_on(api_of, operator, workspace):
    account = make_account(workspace, platform="chirp")
    given = {"title": "Tea", "body": "最佳", "accounts": [account.pk], "scheduled_at": None}
    told = api_of(operator).post(f"{API}/publications/validate/", given, "json").json()
    warned = [one for one in told["accounts"][0]["problems"] if one["code"] == "law_term"]
    assert [(one["level"], one["field"]) for one in warned] == [("warn", "body")]
