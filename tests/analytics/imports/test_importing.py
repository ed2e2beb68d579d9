"""Which post a row is, what it changes, and that everything can be done twice and taken back."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import translation

from analytics import tasks
from analytics.actions import collecting, importing, sorting, undoing
from analytics.imports.writing import BATCH
from analytics.models import (
    AccountDay,
    AccountFigures,
    AccountSnapshot,
    ColumnMapping,
    ImportedFile,
    Overwritten,
    PostDay,
    PostFigures,
    PostSnapshot,
)
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity
from platforms.connectors.remote import AccountReading, Reading
from platforms.models import Post
from tests import builders_exports as exports
from tests.builders import make_account, make_item, make_post, make_publication, make_variant

NOW = datetime(2026, 9, 24, 6, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
TITLE, AT = "冷泡的三个误区", datetime(2026, 9, 20, 4, tzinfo=UTC)

DERIVED = [PostSnapshot, PostFigures, PostDay, AccountSnapshot, AccountFigures, AccountDay]


def everything():
    """All figures and posts as plain values, without the ids of rows that are derived anew."""
    told = {model.__name__: sorted(map(str, model.objects.values_list(*names(model)))) for model in DERIVED}
    return told | {"Post": sorted(map(str, Post.objects.values_list("pk", "remote_id", "title")))}


def names(model):
    return [field.attname for field in model._meta.concrete_fields if field.attname not in ("id", "next_at")]


@pytest.fixture
def account(workspace):
    return make_account(workspace, platform="douyin", name="Tea", rights=[])


def douyin(*rows):
    return exports.douyin_posts(*[exports.douyin_row(*row) for row in rows])


@pytest.mark.parametrize(
    ("title", "minutes", "is_matched"),
    [
        (TITLE, 0, True),
        (" 冷泡的 三个误区", 9, True),
        (f"{TITLE} #茶", 0, True),
        (TITLE, 11, False),
        ("冷泡", 0, False),
    ],
)
def test_title_and_time_say_which_post_it_is(analyst, account, title, minutes, is_matched):
    post = make_post(account, title=title, published_at=AT + timedelta(minutes=minutes))
    row = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00")), now=NOW, makes_posts=False)
    assert row.counts["new" if is_matched else "waiting"] == 1
    assert PostSnapshot.objects.filter(post=post).exists() == is_matched


def test_two_posts_of_one_title_and_time_wait_for_a_person(analyst, account):
    for _n in range(2):
        make_post(account, title=TITLE, published_at=AT)
    row = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00")), now=NOW, makes_posts=False)
    assert row.rows.get().problem == "2 posts have this title and time."


def test_a_platforms_own_id_beats_title_and_day(analyst, workspace):
    channels = make_account(workspace, platform="wechat_channels")
    other = make_post(
        channels, remote_id="export/other", title="掌柜说茶", published_at=datetime(2026, 9, 22, 4, tzinfo=UTC)
    )
    exports.bring(analyst, exports.channels_posts(), now=NOW)
    assert not PostSnapshot.objects.filter(post=other).exists()
    assert Post.objects.filter(account=channels).count() == 3


def test_a_row_without_a_title_is_the_only_post_of_its_minute(analyst, account):
    post = make_post(account, title=TITLE, published_at=AT + timedelta(seconds=20))
    row = exports.bring(analyst, douyin(("", "2026-09-20 12:00:00"), ("", "2026-09-20 12:01:00")), now=NOW)
    assert (row.counts["new"], row.counts["waiting"], row.counts["made"]) == (1, 1, 0)
    assert PostSnapshot.objects.get().post == post


def test_posts_of_other_accounts_and_teams_are_never_touched(analyst, account, other_workspace):
    for stranger in (
        make_account(account.workspace, platform="weibo", rights=[]),
        make_account(other_workspace, platform="douyin", rights=[]),
    ):
        make_post(stranger, title=TITLE, published_at=AT)
    row = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00")), now=NOW)
    assert PostSnapshot.objects.get().post.account == row.account == account


def test_a_second_row_about_the_same_post_is_reported_and_stops_no_other(analyst, account):
    row = exports.bring(
        analyst,
        douyin((TITLE, "2026-09-20 12:00:00"), ("Bad", "soon"), (TITLE, "2026-09-20 12:00:00"), ("Good",)),
        now=NOW,
    )
    assert (row.counts["new"], row.counts["bad"]) == (2, 2)
    assert [(bad.line, bad.problem) for bad in row.rows.bad()] == [
        (3, "发布时间: “soon” is not a time."),
        (4, "Line 2 is about the same post."),
    ]
    assert row.rows.bad().first().title == "Bad"


def test_each_reader_sees_reasons_in_his_own_language(analyst, account):
    make_post(account, title=TITLE, published_at=AT - timedelta(days=30))
    row = exports.bring(analyst, douyin((TITLE,), ("Bad", "soon")), now=NOW, makes_posts=False)
    [waits], [bad] = row.rows.waiting(), row.rows.bad()
    with translation.override("zh-hans"):
        assert waits.problem_text == "有同标题的作品，但时间不同。"
        assert bad.problem_text == "发布时间：「soon」不是时间。"
        assert [one["said"] for one in row.sample_text[0]["rows"]] == [waits.problem_text, bad.problem_text]
    with translation.override("en"):
        assert (waits.problem_text, bad.problem_text) == (
            "A post has this title, but another time.",
            "发布时间: “soon” is not a time.",
        )


def test_why_a_file_cannot_be_read_is_told_in_the_readers_language(analyst, account):
    broken = douyin((TITLE,))
    row = exports.read(exports.upload(analyst, broken[: len(broken) // 2], "half.xlsx", now=NOW), NOW)
    with translation.override("zh-hans"):
        chinese = row.problem_text
    with translation.override("en"):
        assert row.problem_text == row.problem != chinese


def test_the_same_bytes_twice_are_one_file(analyst, account):
    content = douyin((TITLE,))
    first = exports.bring(analyst, content, now=NOW)
    before = everything()
    again = importing.add_file(io.BytesIO(content), "again.xlsx", len(content), by=analyst, now=LATER)
    assert (again.is_known, again.imported) == (True, first)
    assert everything() == before
    exports.take_back(first, analyst, LATER)
    assert not importing.add_file(io.BytesIO(content), "again.xlsx", len(content), by=analyst, now=LATER).is_known


def test_the_same_figures_in_another_file_change_nothing(analyst, account):
    exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "900", "9")), now=NOW)
    before = everything()
    row = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "900", "9"), ("-", "-")), now=LATER)
    assert (row.counts["same"], row.counts["new"]) == (1, 0)
    assert everything() == before


def test_a_later_export_adds_only_where_figures_grew(analyst, account):
    exports.bring(
        analyst, douyin(("One", "2026-09-20 12:00:00", "900"), ("Two", "2026-09-20 13:00:00", "50")), now=NOW
    )
    row = exports.bring(
        analyst, douyin(("One", "2026-09-20 12:00:00", "900"), ("Two", "2026-09-20 13:00:00", "80")), now=LATER
    )
    assert (row.counts["changed"], row.counts["same"]) == (1, 1)
    assert list(PostSnapshot.objects.filter(post__title="Two").values_list("views", flat=True)) == [50, 80]
    assert PostDay.objects.get(post__title="Two", day=LATER.date()).views == 30
    assert PostFigures.objects.get(post__title="Two").views == 80


def test_a_file_leaves_what_it_does_not_tell_as_it_was(analyst, account):
    post = make_post(account, title=TITLE, published_at=AT)
    collecting.keep_readings(
        account, [Reading(post.remote_id, views=10, clicks=4)], {post.remote_id: post}, NOW - timedelta(days=1)
    )
    exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "900", "-")), now=NOW)
    figures = PostFigures.objects.get(post=post)
    assert (figures.views, figures.clicks, figures.likes) == (900, 4, None)


def test_an_older_file_does_not_become_the_newest_word(analyst, account):
    post = make_post(account, title=TITLE, published_at=AT)
    collecting.keep_readings(account, [Reading(post.remote_id, views=1000)], {post.remote_id: post}, NOW)
    exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "900")), now=NOW, as_of=NOW - timedelta(days=1))
    assert PostFigures.objects.get(post=post).views == 1000
    assert PostDay.objects.get(post=post, day=NOW.date()).views == 100


def test_more_rows_than_one_batch_and_a_worker_that_died(analyst, account):
    rows = [
        (f"Post {n}", f"2026-08-{n % 28 + 1:02} {n // 28 % 24:02}:{n // 672:02}:00", str(n))
        for n in range(BATCH + 50)
    ]
    row = exports.read(exports.upload(analyst, douyin(*rows), "many.xlsx", now=NOW), NOW)
    assert row.counts["new"] == BATCH + 50
    importing.confirm(row, by=analyst, now=NOW)
    claimed = importing.claim(row.pk, NOW)
    parts = [importing.layouts.part_of(memo) for memo in claimed.parts]
    with claimed.file.open("rb") as file, importing.files.tables(file) as tables:
        batches = importing._batches(claimed, parts, tables, NOW, writes=True)
        importing._taken(*next(batches))  # and then the power goes
        batches.close()
    assert importing.claim(row.pk, NOW + timedelta(seconds=30)) is None
    later = NOW + timedelta(seconds=61)
    importing.import_rows(importing.claim(row.pk, later), later)
    assert PostSnapshot.objects.count() == PostFigures.objects.count() == BATCH + 50
    assert ImportedFile.objects.get(pk=row.pk).counts["total"] == BATCH + 50
    assert AccountDay.objects.get(day=NOW.date()).account == account


def test_a_file_that_never_comes_to_an_end_is_given_up(analyst, account):
    row = exports.upload(analyst, douyin((TITLE,)), now=NOW)
    ImportedFile.objects.filter(pk=row.pk).update(tries=importing.TRIES)
    assert importing.claim(row.pk, NOW) is None
    row.refresh_from_db()
    assert (row.state, "never came to an end" in row.problem) == ("failed", True)


def test_undoing_takes_everything_back(analyst, account):
    post = make_post(account, title=TITLE, published_at=AT)
    collecting.know_new(NOW)
    collecting.keep_readings(
        account, [Reading(post.remote_id, views=10, likes=1, extra={"theirs": 1})], {post.remote_id: post}, NOW
    )
    before = everything()
    # to the very minute of the reading, so that it is overwritten, and with a post nobody knew
    row = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "900"), ("New one",)), now=NOW)
    assert PostSnapshot.objects.get(post=post).extra["theirs"] == 1
    assert undoing.what_undoing_takes(row) == {"figures": 2, "posts": 1, "restored": 1}
    assert everything() != before
    row = exports.take_back(row, analyst, LATER)
    assert everything() == before
    assert (row.state, Overwritten.objects.count(), row.rows.count()) == ("undone", 0, 0)


def test_undoing_days_of_an_account_takes_them_back(analyst, account):
    wechat = make_account(account.workspace, platform="wechat", rights=[])
    collecting.know_new(NOW)
    collecting.keep_account_reading(wechat, AccountReading(followers=9000), datetime(2026, 9, 22, 15, 59, tzinfo=UTC))
    before = everything()
    row = exports.bring(analyst, exports.wechat_followers(), now=NOW)
    assert AccountFigures.objects.get(account=wechat).followers == 10019
    exports.take_back(row, analyst, LATER)
    assert everything() == before


def test_files_are_undone_in_any_order_where_they_do_not_meet(analyst, account):
    before = everything()
    first = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "900")), now=NOW)
    second = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "950")), now=LATER)
    exports.take_back(first, analyst, LATER)
    assert PostFigures.objects.get().views == 950
    exports.take_back(second, analyst, LATER)
    assert everything() == before


def test_a_file_under_a_later_one_is_undone_after_it(analyst, account):
    before = everything()
    first = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "900")), now=NOW)
    second = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "950")), "later.xls", now=NOW)
    with pytest.raises(WrongState, match="later.xls"):
        undoing.start_undo(first, by=analyst)
    exports.take_back(second, analyst, LATER)
    assert PostFigures.objects.get().views == 900
    exports.take_back(first, analyst, LATER)
    assert everything() == before


def test_a_reading_of_the_same_minute_outlives_the_file(analyst, account):
    post = make_post(account, title=TITLE, published_at=AT)
    row = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "900")), now=NOW)
    collecting.keep_readings(account, [Reading(post.remote_id, views=901)], {post.remote_id: post}, NOW)
    exports.take_back(row, analyst, LATER)
    assert PostSnapshot.objects.get(post=post).views == 901


def test_a_post_that_something_refers_to_stays(analyst, account):
    row = exports.bring(analyst, douyin((TITLE,)), now=NOW)
    variant = make_variant(make_item(account.workspace), account)
    make_publication(variant, state="live", post=Post.objects.get())
    exports.take_back(row, analyst, LATER)
    assert Post.objects.count() == 1
    assert not PostSnapshot.objects.exists()


@pytest.fixture
def waiting(analyst, account):
    row = exports.bring(
        analyst,
        douyin((TITLE, "2026-09-20 12:00:00", "900"), ("Else", "2026-09-19 12:00:00")),
        now=NOW,
        makes_posts=False,
    )
    return row.rows.select_related("imported__account__workspace", "imported__workspace").order_by("line")


def test_a_row_put_to_a_post_is_written_and_remembered(analyst, account, waiting):
    post = make_post(account, title="Cold brew", published_at=AT + timedelta(hours=3))
    assert [offer.post for offer in sorting.offers(account, [waiting[0]])[waiting[0].pk]] == [post]
    sorting.match_row(waiting[0], post, by=analyst, now=NOW)
    assert PostFigures.objects.get(post=post).views == 900
    row = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "990")), now=LATER, makes_posts=False)
    assert (row.counts["changed"], PostFigures.objects.get(post=post).views) == (1, 990)
    with pytest.raises(WrongState):
        sorting.match_row(waiting[0], post, by=analyst, now=NOW)


def test_a_row_becomes_a_post_that_the_next_file_finds(analyst, account, waiting):
    sorting.make_posts(list(waiting), by=analyst, now=NOW)
    assert Post.objects.get(title=TITLE).first_seen == "imported"
    assert PostFigures.objects.get(post__title=TITLE).views == 900
    row = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "990")), now=LATER, makes_posts=False)
    assert row.counts["changed"] == 1


def test_a_row_left_out_stays_out(analyst, account, waiting):
    assert sorting.ignore_rows(list(waiting), by=analyst) == 2
    row = exports.bring(analyst, douyin((TITLE, "2026-09-20 12:00:00", "990")), now=LATER)
    assert (row.counts["ignored"], row.counts["made"], Post.objects.count()) == (1, 0, 0)


def test_a_row_is_put_to_posts_of_its_account_only(analyst, account, waiting):
    other = make_post(make_account(account.workspace, platform="douyin", rights=[]))
    with pytest.raises(UserError, match="not on Tea"):
        sorting.match_row(waiting[0], other, by=analyst, now=NOW)
    assert not PostSnapshot.objects.exists()


def test_a_post_is_found_by_address_or_title(account):
    post = make_post(account, title="Cold brew", url="https://v.example/1")
    assert sorting.find_post(account, " https://v.example/1 ") == sorting.find_post(account, "Cold brew") == post
    make_post(account, title="Cold brew")
    for words in ("Cold brew", "nothing"):
        with pytest.raises(UserError):
            sorting.find_post(account, words)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("tendency_20260801_20260831.xls", "2026-08-31 23:59"),
        ("作品列表 2026-09-20.xlsx", "2026-09-20 23:59"),
        ("数据趋势_2026年09月01日.xlsx", "2026-09-01 23:59"),
        ("20990101.xls", "2026-09-24 14:30"),
        ("figures 99999999.xls", "2026-09-24 14:30"),
    ],
)
def test_the_day_in_a_name_says_when_figures_were_told(name, day):
    assert importing.as_of_from(name, NOW).astimezone(importing.BEIJING).strftime("%Y-%m-%d %H:%M") == day


def test_one_account_of_the_platform_is_preselected_and_two_are_asked_for(analyst, account):
    make_account(account.workspace, platform="weibo", rights=[])
    assert exports.read(exports.upload(analyst, douyin((TITLE,)), now=NOW), NOW).account == account
    second = make_account(account.workspace, platform="douyin", rights=[])
    row = exports.read(exports.upload(analyst, douyin(("Other",)), now=NOW), NOW)
    assert (row.account, importing.accounts_for(row)) == (None, [second, account])
    with pytest.raises(UserError, match="Choose the account"):
        importing.confirm(row, by=analyst, now=NOW)
    importing.choose(row, account=second, as_of=row.as_of, makes_posts=None, now=NOW)
    assert exports.read(row, NOW).counts["made"] == 1


def test_an_account_of_another_platform_and_a_future_time_are_refused(analyst, account):
    row = exports.read(exports.upload(analyst, douyin((TITLE,)), now=NOW), NOW)
    weibo = make_account(account.workspace, platform="weibo", rights=[])
    for choice in ({"account": weibo, "as_of": NOW}, {"account": account, "as_of": LATER}):
        with pytest.raises(UserError):
            importing.choose(row, **choice, makes_posts=None, now=NOW)


def test_rows_become_posts_unless_an_interface_lists_them(account, workspace):
    assert importing.makes_posts_by_default(account)
    assert not importing.makes_posts_by_default(make_account(workspace, platform="wordpress"))


def test_a_preview_writes_nothing(analyst, account):
    before = everything()
    row = exports.read(exports.upload(analyst, douyin((TITLE,), ("Bad", "soon")), now=NOW), NOW)
    assert (row.counts["made"], row.counts["bad"], row.rows_total) == (1, 1, 2)
    assert [one["what"] for one in row.sample[0]["rows"]] == ["new", "bad"]
    assert everything() == before


def test_a_file_is_forgotten_with_its_bytes_and_an_import_is_not(analyst, account):
    row = exports.upload(analyst, douyin((TITLE,)), now=NOW)
    assert default_storage.exists(row.file.name)
    importing.remove(row, by=analyst)
    assert not default_storage.exists(row.file.name)
    done = exports.bring(analyst, douyin(("Two",)), now=NOW)
    with pytest.raises(WrongState):
        importing.remove(done, by=analyst)
    assert done.file.name == ""


WEIBO = exports.csv_text(
    ["发布时间", "微博内容", "阅读数", "转发数"], [["2026-09-20 12:00", "秋茶上新", "1.2万", 7]]
).encode()
SAID = {"发布时间": "published_at", "微博内容": "title", "阅读数": "views", "转发数": "shares"}


def test_columns_are_mapped_once_and_remembered(analyst, workspace):
    weibo = make_account(workspace, platform="weibo", rights=[])
    row = exports.read(exports.upload(analyst, WEIBO, "weibo.csv", now=NOW), NOW)
    assert (row.needs_columns, row.unknown["headers"]) == (True, list(SAID))
    with pytest.raises(WrongState):
        importing.confirm(row, by=analyst, now=NOW)
    importing.map_columns(row, kind="posts", columns=SAID, by=analyst, now=NOW)
    row = exports.run(exports.read(row, NOW), analyst, NOW)
    assert (row.account, row.counts["made"], PostFigures.objects.get().views) == (weibo, 1, 12_000)
    again = exports.csv_text(
        ["微博内容", "阅读数", "转发数", "发布时间"], [["秋茶上新", 13000, 8, "2026-09-20 12:00"]]
    ).encode()
    row = exports.bring(analyst, again, "later.csv", now=LATER)
    assert (row.counts["changed"], ColumnMapping.objects.count()) == (1, 1)
    assert Activity.objects.filter(verb="import.mapped").count() == 1


@pytest.mark.parametrize(
    ("kind", "columns", "said"),
    [
        ("posts", {"阅读数": "views"}, "names the post"),
        ("posts", {"微博内容": "title"}, "holds a figure"),
        ("posts", {"微博内容": "title", "阅读数": "views", "转发数": "views"}, "cannot both be"),
        ("posts", {"微博内容": "title", "阅读数": "day"}, "cannot hold"),
        ("posts", {"微博内容": "title", "阅读数": "secret"}, "cannot hold"),
        ("posts", {"没有": "title", "阅读数": "views"}, "no column"),
        ("account_days", {"阅读数": "views"}, "holds the day"),
        ("people", {"阅读数": "views"}, "what a row of the table is"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(analyst, workspace, kind, columns, said):
    row = exports.read(exports.upload(analyst, WEIBO, now=NOW), NOW)
    with pytest.raises(UserError, match=said):
        importing.map_columns(row, kind=kind, columns=columns, by=analyst, now=NOW)
    assert not ColumnMapping.objects.exists()


def test_a_mapping_of_another_team_is_not_used(analyst, stranger):
    theirs = exports.read(exports.upload(stranger, WEIBO, now=NOW), NOW)
    importing.map_columns(theirs, kind="posts", columns=SAID, by=stranger, now=NOW)
    assert exports.read(exports.upload(analyst, WEIBO, now=NOW), NOW).needs_columns


def test_a_file_without_a_table_fails_with_a_sentence(analyst):
    row = exports.read(exports.upload(analyst, b"just one word", now=NOW), NOW)
    assert (row.state, row.problem) == ("failed", "There is no table in it: a line of headers with rows below.")
    assert importing.remove(row, by=analyst) is None


def test_the_worker_takes_each_step_of_a_file(analyst, account):
    row = exports.upload(analyst, douyin((TITLE,)), now=NOW)
    tasks.work_on_file(row.pk)
    row.refresh_from_db()
    assert row.state == "previewed"
    importing.confirm(row, by=analyst, now=NOW)
    tasks.work_on_file(row.pk)
    row.refresh_from_db()
    assert (row.state, row.tries, row.worked_at) == ("done", 0, None)
    undoing.start_undo(row, by=analyst)
    tasks.work_on_file(row.pk)
    row.refresh_from_db()
    assert row.state == "undone"
    assert not ImportedFile.objects.to_work_on(NOW).exists()
