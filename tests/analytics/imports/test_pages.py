"""Imports in the browser without a browser: who may, what each state shows, what is refused."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.models import ImportedFile, PostSnapshot
from tests import builders_exports as exports
from tests.builders import make_account, make_post


@pytest.fixture
def account(workspace):
    return make_account(workspace, platform="douyin", name="Tea", rights=[])


@pytest.fixture
def home(workspace):
    return f"/w/{workspace.slug}/insights/imports/"


def file(content, name="作品列表.xlsx"):
    return SimpleUploadedFile(name, content)


def now():
    return timezone.now()


@pytest.mark.parametrize("role", ["editor", "operator", "viewer"])
def test_importing_is_for_those_who_keep_figures(request, client_of, home, role):
    client = client_of(request.getfixturevalue(role))
    assert client.get(home).status_code == 403
    assert client.post(f"{home}upload/", {"file": file(exports.douyin_posts())}).status_code == 403
    assert not ImportedFile.objects.exists()
    assert b"insights/imports" not in client.get(home.removesuffix("imports/")).content


def test_a_file_goes_from_upload_to_result_by_plain_forms(client_of, analyst, home, account):
    client = client_of(analyst)
    assert b"No file yet" in client.get(home).content
    answer = client.post(f"{home}upload/", {"file": file(exports.douyin_posts())})
    row = ImportedFile.objects.get()
    assert answer.headers["Location"] == row.get_absolute_url()
    assert b"hx-trigger" in client.get(row.get_absolute_url()).content  # it looks again by itself
    exports.read(row, now())
    page = client.get(row.get_absolute_url()).content.decode()
    assert "New post" in page
    assert "冷泡的三个误区" in page
    assert "12,000" in page
    assert client.post(f"{row.get_absolute_url()}confirm/").status_code == 302
    row.refresh_from_db()
    exports.importing.import_rows(exports.importing.claim(row.pk, now()), now())
    page = client.get(row.get_absolute_url()).content.decode()
    assert "2 of 2 rows are in the figures of Tea" in page
    assert "2 posts that only this file told of go with it" in page
    client.post(f"{row.get_absolute_url()}undo/")
    row.refresh_from_db()
    assert row.state == "undoing"


def test_several_files_are_taken_at_once_and_a_picture_is_named(client_of, analyst, home):
    answer = client_of(analyst).post(
        f"{home}upload/",
        {"file": [file(exports.zhihu_days()), file(b"\x89PNG\r\n\x1a\n", "me.png"), file(b"", "none.csv")]},
    )
    assert answer.status_code == 422
    assert "me.png: This is a picture, not a table." in answer.content.decode()
    assert ImportedFile.objects.count() == 1


def test_the_script_is_told_what_became_of_a_file(client_of, analyst, home):
    client = client_of(analyst)
    for is_known in (False, True):
        told = client.post(
            f"{home}upload/", {"file": file(exports.zhihu_days())}, headers={"accept": "application/json"}
        ).json()
        assert [one["known"] for one in told["files"]] == [is_known]
    refused = client.post(f"{home}upload/", {"file": file(b"MZ\x00")}, headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()["problem"]) == (422, "This is a program, not a table.")
    assert client.post(f"{home}upload/", {}).status_code == 422


def test_account_and_time_are_chosen_in_the_preview(client_of, analyst, home, account):
    other = make_account(account.workspace, platform="douyin", name="Cups", rights=[])
    row = exports.read(exports.upload(analyst, exports.douyin_posts(), now=now()), now())
    client, at = client_of(analyst), (now() - timedelta(days=1)).replace(second=0, microsecond=0)
    ours = at.astimezone(exports.importing.BEIJING).strftime("%Y-%m-%dT%H:%M")
    part = client.post(
        f"{row.get_absolute_url()}choose/",
        {"account": other.pk, "as_of": ours, "was": ""},
        headers={"hx-request": "true"},
    )
    assert part.status_code == 200
    row.refresh_from_db()
    assert (row.account, row.as_of, row.makes_posts, row.state) == (other, at, True, "uploaded")
    row = exports.read(row, now())
    for wrong in ({"account": other.pk, "as_of": "2099-01-01T00:00"}, {"account": other.pk, "as_of": "soon"}):
        answer = client.post(f"{row.get_absolute_url()}choose/", wrong)
        assert answer.status_code == 422
        assert b"aria-invalid" in answer.content


def test_without_an_account_nothing_is_imported(client_of, analyst, home):
    row = exports.read(exports.upload(analyst, exports.douyin_posts(), now=now()), now())
    page = client_of(analyst).get(row.get_absolute_url()).content.decode()
    assert "has no account on that platform" in page
    assert client_of(analyst).post(f"{row.get_absolute_url()}confirm/").status_code == 422


def test_columns_of_an_unknown_table_are_mapped_on_the_page(client_of, analyst, workspace, home):
    make_account(workspace, platform="weibo", rights=[])
    content = exports.csv_text(["Text", "Seen", ""], [["Autumn tea", 12, ""]]).encode()
    row = exports.read(exports.upload(analyst, content, "other.csv", now=now()), now())
    client, columns = client_of(analyst), f"{row.get_absolute_url()}columns/"
    assert b"What do the columns hold?" in client.get(row.get_absolute_url()).content
    refused = client.post(columns, {"kind": "posts", "column_0": "title", "column_1": ""})
    assert refused.status_code == 422
    assert b"holds a figure" in refused.content
    assert b'value="title" selected' in refused.content
    assert client.post(columns, {"kind": "posts", "column_0": "title", "column_1": "views"}).status_code == 302
    assert exports.read(row, now()).counts["waiting"] == 1


def test_waiting_rows_are_sorted_on_the_page(client_of, analyst, account):
    post = make_post(account, title="Cold", published_at=now() - timedelta(days=400))
    rows = [
        exports.douyin_row("One"),
        exports.douyin_row("Two", "2026-09-20 12:00:00"),
        exports.douyin_row("Three", "2026-09-21 12:00:00"),
    ]
    row = exports.bring(
        analyst, exports.douyin_posts(*rows, exports.douyin_row("Bad", "soon")), now=now(), makes_posts=False
    )
    client, page = client_of(analyst), row.get_absolute_url()
    told = client.get(page).content.decode()
    assert "3 of 4 rows match no post; 0 are in the figures." in told
    assert "“soon” is not a time." in told
    one, two, three = row.rows.waiting()
    assert client.post(f"{page}rows/{one.pk}/", {"how": "match", "words": "Cold"}).status_code == 302
    assert client.post(f"{page}rows/{two.pk}/", {"how": "ignore"}).status_code == 302
    assert client.post(f"{page}rows/{three.pk}/", {"how": "match", "words": "nothing like it"}).status_code == 400
    assert client.post(f"{page}rows/{three.pk}/", {"how": "match", "post": str(post.pk)}).status_code == 302
    assert client.post(f"{page}rows/{three.pk}/", {"how": "match", "post": str(post.pk)}).status_code == 409
    assert client.post(f"{page}rows/{three.pk}/", {"how": "sing"}).status_code == 400
    assert PostSnapshot.objects.filter(post=post).count() == 1
    assert not row.rows.waiting().exists()


def test_all_waiting_rows_are_sorted_at_once(client_of, analyst, account):
    row = exports.bring(analyst, exports.douyin_posts(), now=now(), makes_posts=False)
    client = client_of(analyst)
    assert client.post(f"{row.get_absolute_url()}rows/", {"how": "make"}).status_code == 302
    assert row.rows.filter(state="made").count() == 2
    assert client.post(f"{row.get_absolute_url()}rows/", {"how": "ignore"}).status_code == 302


def test_a_posts_page_says_from_which_file_its_figures_are(client_of, analyst, viewer, account):
    exports.bring(analyst, exports.douyin_posts(), "作品列表.xlsx", now=now())
    post = PostSnapshot.objects.order_by("pk").first().post
    address = f"/w/{account.workspace.slug}/insights/parts/post/{post.pk}/"
    told = client_of(analyst).get(address).content.decode()
    assert "from the file 作品列表.xlsx" in told
    assert "Completion rate" in told
    assert "7.41%" in told
    assert "from a file" in client_of(viewer).get(address).content.decode()


def test_posts_from_files_are_posts_made_elsewhere(client_of, analyst, account):
    exports.bring(analyst, exports.douyin_posts(), now=now())
    page = client_of(analyst).get(f"/w/{account.workspace.slug}/posts/?origin=synced")
    assert "冷泡的三个误区" in page.content.decode()


def test_the_list_asks_the_same_few_questions_however_long_it_is(client_of, analyst, home, account):
    client = client_of(analyst)
    counts = []
    for size in (2, 12):
        for n in range(ImportedFile.objects.count(), size):
            exports.bring(
                analyst, exports.douyin_posts(exports.douyin_row(f"Post {n}")), now=now(), makes_posts=n % 2 == 0
            )
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(home).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
