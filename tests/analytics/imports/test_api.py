"""Imports over REST: the whole way, what is refused, and nobody else's."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from analytics.models import ImportedFile, PostSnapshot
from tests import builders_exports as exports
from tests.builders import make_account, make_post

HOME = "/api/v1/metrics/imports/"


@pytest.fixture
def account(workspace):
    return make_account(workspace, platform="douyin", name="Tea", rights=[])


def send(client, content, name="作品列表.xlsx"):
    return client.post(HOME, {"file": SimpleUploadedFile(name, content)}, format="multipart")


def work(pk):
    now = timezone.now()
    row = exports.importing.claim(pk, now)
    {
        "uploaded": exports.importing.read_file,
        "importing": exports.importing.import_rows,
        "undoing": exports.undoing.undo_rows,
    }[row.state](row, now)


def test_the_whole_way(api_of, analyst, account):
    client, content = api_of(analyst), exports.douyin_posts()
    made = send(client, content)
    assert (made.status_code, made.data["state"], made.data["known"]) == (201, "uploaded", False)
    one = f"{HOME}{made.data['id']}/"
    work(made.data["id"])
    seen = client.get(one).data
    assert (seen["state"], seen["account"], seen["accounts"], seen["counts"]["made"]) == (
        "previewed",
        account.pk,
        [account.pk],
        2,
    )
    assert seen["tables"][0]["columns"]["作品名称"] == "title"
    assert (
        client.patch(one, {"makes_posts": False, "as_of": "2026-09-24T08:00:00+08:00"}, format="json").data["state"]
        == "uploaded"
    )
    work(made.data["id"])
    assert client.post(f"{one}confirm/").data["state"] == "importing"
    work(made.data["id"])
    seen = client.get(one).data
    assert (seen["state"], seen["waiting"], seen["counts"]["waiting"]) == ("done", 2, 2)
    again = send(client, content)
    assert (again.status_code, again.data["known"], again.data["id"]) == (200, True, made.data["id"])
    rows = client.get(f"{one}rows/?state=waiting").data["results"]
    post = make_post(account)
    assert (
        client.post(f"{one}rows/{rows[0]['id']}/match/", {"post": post.pk}, format="json").data["state"] == "matched"
    )
    assert client.post(f"{one}rows/{rows[1]['id']}/make/").data["state"] == "made"
    assert client.post(f"{one}rows/{rows[1]['id']}/ignore/").status_code == 409
    told = client.get(f"/api/v1/posts/{post.pk}/snapshots/").data["results"][0]
    assert (told["source"], told["imported"], told["taken_at"][:16]) == (
        "import",
        made.data["id"],
        "2026-09-24T00:00",
    )
    assert PostSnapshot.objects.filter(taken_at=datetime(2026, 9, 24, tzinfo=UTC)).count() == 2
    assert client.delete(one).status_code == 409
    assert client.post(f"{one}undo/").data["state"] == "undoing"
    work(made.data["id"])
    assert not PostSnapshot.objects.exists()
    assert client.delete(one).status_code == 204
    assert client.get(HOME).data["results"] == []


def test_columns_are_mapped_over_rest(api_of, analyst, account):
    client = api_of(analyst)
    pk = send(client, exports.csv_text(["Text", "Seen"], [["Autumn tea", 12]]).encode()).data["id"]
    work(pk)
    assert client.get(f"{HOME}{pk}/").data["unmapped"] == ["Text", "Seen"]
    wrong = client.post(f"{HOME}{pk}/columns/", {"kind": "posts", "columns": {"Text": "title"}}, format="json")
    assert (wrong.status_code, wrong.data["code"]) == (400, "invalid")
    right = {"kind": "posts", "columns": {"Text": "title", "Seen": "views"}}
    assert client.post(f"{HOME}{pk}/columns/", right, format="json").data["state"] == "uploaded"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "The file is empty."), (b"\x89PNG\r\n\x1a\n", "This is a picture, not a table.")],
)
def test_what_is_no_table_is_a_problem_document(api_of, analyst, content, said):
    answer = send(api_of(analyst), content)
    assert (answer.status_code, answer.data["code"], answer.data["detail"]) == (400, "file_refused", said)
    assert not ImportedFile.objects.exists()


def test_an_upload_without_a_file_and_a_choice_that_is_none(api_of, analyst, account):
    client = api_of(analyst)
    assert client.post(HOME, {}, format="multipart").status_code == 400
    pk = send(client, exports.douyin_posts()).data["id"]
    assert client.post(f"{HOME}{pk}/confirm/").status_code == 409
    work(pk)
    other = make_account(account.workspace, platform="weibo", rights=[])
    for wrong in (
        {"account": other.pk},
        {"account": 10**12},
        {"as_of": "2099-01-01T00:00:00Z"},
        {"as_of": "2026-01-01T00:00:00"},
    ):
        assert client.patch(f"{HOME}{pk}/", wrong, format="json").status_code == 400, wrong


@pytest.mark.parametrize("role", ["editor", "operator", "viewer"])
def test_imports_are_for_those_who_keep_figures(request, api_of, role):
    client = api_of(request.getfixturevalue(role))
    assert client.get(HOME).status_code == 403
    assert send(client, exports.douyin_posts()).status_code == 403


def test_another_teams_file_does_not_exist(api_of, analyst, stranger):
    theirs = exports.read(exports.upload(stranger, exports.zhihu_days(), now=timezone.now()), timezone.now())
    client = api_of(analyst)
    for address in ("", "rows/"):
        assert client.get(f"{HOME}{theirs.pk}/{address}").status_code == 404
    assert client.get(HOME).data["results"] == []
    assert send(client, exports.zhihu_days()).status_code == 201  # their copy is not ours
