import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from openpyxl import load_workbook

from analytics.actions import collecting, reporting
from analytics.actions.reporting import make_due_reports, make_report
from analytics.models import AccountDay, PostDay, PostFigures, PostSnapshot, Report
from analytics.paper import report_pdf, report_xlsx
from mediaops.errors import UserError
from mediaops.lib.periods import week_of
from platforms.connectors.remote import AccountReading, Reading
from tests.builders import make_account, make_post

MONDAY = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai
LAST_WEEK = week_of(date(2026, 11, 9))


@pytest.fixture
def account(workspace):
    return make_account(workspace, name="Journal")


@pytest.fixture
def week(account):
    """Two posts of last week with figures: 120 views and 30 views."""
    for n, views in enumerate([120, 30]):
        born = datetime(2026, 11, 10 + n, 4, tzinfo=UTC)
        post = make_post(account, title=f"Piece {n}", published_at=born)
        read(account, post, born + timedelta(hours=2), views=views, comments=n)
    collecting.know_new(MONDAY)
    collecting.keep_account_reading(account, AccountReading(followers=50), datetime(2026, 11, 11, tzinfo=UTC))
    return LAST_WEEK


def read(account, post, at, **counters):
    collecting.keep_readings(account, [Reading(remote_id=post.remote_id, **counters)], {post.remote_id: post}, at)


def figure(report, key):
    return next(row for row in report.numbers["figures"] if row["key"] == key)


def test_days_follow_from_readings(account, week):
    assert PostSnapshot.objects.count() == 2
    assert list(PostDay.objects.values_list("views", flat=True)) == [120, 30]
    tenth = AccountDay.objects.get(day=date(2026, 11, 10))
    assert (tenth.views, tenth.likes, tenth.posts) == (120, None, 1)
    assert AccountDay.objects.get(day=date(2026, 11, 11)).followers == 50


def test_of_two_readings_in_a_minute_the_later_counts(account, week):
    post = account.posts.first()
    at = datetime(2026, 11, 12, 1, 0, 10, tzinfo=UTC)
    read(account, post, at, views=500)
    read(account, post, at + timedelta(seconds=20), views=503)
    assert list(PostSnapshot.objects.filter(post=post).values_list("views", flat=True)[1:]) == [503]
    assert (
        PostDay.objects.filter(post=post).latest("day").views == 503 - PostSnapshot.objects.filter(post=post)[0].views
    )


def test_the_week_is_told_with_its_figures(workspace, week, manager):
    report = make_report(workspace, week, by=manager, now=MONDAY)
    assert figure(report, "views")["now"] == 150
    assert figure(report, "posts")["now"] == 2
    assert "Own site · Journal had its first views." in [finding["title"] for finding in report.numbers["findings"]]


def test_a_report_once_made_never_changes(workspace, account, week, manager):
    report = make_report(workspace, week, by=manager, now=MONDAY)
    before = Report.objects.values("numbers", "figures").get()
    account.posts.all().delete()
    assert Report.objects.values("numbers", "figures").get() == before
    assert report_pdf(report).startswith(b"%PDF")


def test_an_empty_week_says_so(workspace, manager):
    report = make_report(workspace, LAST_WEEK, by=manager, now=MONDAY)
    assert "Nothing was published" in report.numbers["lead"]
    assert figure(report, "views")["now"] is None
    assert report_pdf(report).startswith(b"%PDF")


def test_the_clock_makes_one_on_monday_at_eight(workspace, week):
    workspace.made_at = MONDAY - timedelta(days=30)
    workspace.save()
    assert make_due_reports(MONDAY - timedelta(hours=1)) == []
    assert len(make_due_reports(MONDAY)) == 1
    assert make_due_reports(MONDAY + timedelta(days=2)) == []


def test_a_new_team_gets_no_report_of_a_week_before_it(workspace):
    workspace.made_at = MONDAY
    workspace.save()
    assert make_due_reports(MONDAY) == []


def test_a_week_to_come_is_refused(workspace, manager):
    with pytest.raises(UserError):
        make_report(workspace, week_of(date(2026, 12, 7)), by=manager, now=MONDAY)


def test_who_subscribed_gets_it_once(workspace, week, manager, viewer):
    reporting.subscribe(viewer, MONDAY)
    report = make_report(workspace, week, by=manager, now=MONDAY)
    assert reporting.send_to_team(report, by=manager, now=MONDAY) == 1
    assert reporting.send_to_team(report, by=manager, now=MONDAY) == 0
    assert (reporting.mail_due(MONDAY), reporting.mail_due(MONDAY)) == (1, 0)
    [sent] = mail.outbox
    assert sent.to == [viewer.user.email]
    assert [name for name, *_rest in sent.attachments] == ["lanxu-2026-11-09.pdf", "lanxu-2026-11-09.xlsx"]


def test_the_workbook_holds_the_days_and_no_formulas(workspace, account, week, manager):
    account.name = "=cmd()"
    account.save()
    report = make_report(workspace, week, by=manager, now=MONDAY)
    book = load_workbook(io.BytesIO(report_xlsx(report)))
    assert book["Days"]["B3"].value == 120
    assert book["Accounts"]["A2"].data_type == "s"


def test_young_posts_are_read_often_and_old_ones_rarely(account):
    now = MONDAY
    for age, wait in [(1, 10), (5, 60), (50, 360), (24 * 20, 1440), (24 * 60, 7 * 1440)]:
        post = make_post(account, published_at=now - timedelta(hours=age))
        read(account, post, now, views=1)
        assert PostFigures.objects.get(post=post).next_at == now + timedelta(minutes=wait)


def test_a_running_week_is_compared_with_the_same_days(workspace, account, week, manager):
    wednesday = datetime(2026, 11, 18, 4, tzinfo=UTC)
    post = make_post(account, published_at=wednesday - timedelta(hours=3))
    read(account, post, wednesday, views=60)
    report = make_report(workspace, week_of(date(2026, 11, 18)), by=manager, now=wednesday)
    views = figure(report, "views")
    assert (views["now"], views["before"]) == (60, 150)  # Monday to Wednesday, not the whole week before
    assert len(report.figures["views"]["days"]) == 3
    assert report.numbers["lead"].startswith("This week still runs")


CHINESE = re.compile(r"[\u4e00-\u9fff]")


def speaking(member, language):
    type(member.user).objects.filter(pk=member.user_id).update(language=language)
    member.user.language = language
    return member


def test_each_reader_gets_the_whole_report_in_their_language(workspace, week, manager, viewer, client_of):
    report = make_report(workspace, week, by=manager, now=MONDAY)
    at = report.get_absolute_url()
    english = client_of(speaking(viewer, "en")).get(at).content.decode()
    assert "Journal had its first views." in english and "What we saw" in english
    article = english[english.index("<article") : english.index("</article>")]
    assert 'lang="en"' in article and not CHINESE.search(article.replace(">站<", "><"))
    chinese = client_of(speaking(viewer, "zh-hans")).get(at).content.decode()
    article = chinese[chinese.index("<article") : chinese.index("</article>")]
    assert 'lang="zh-hans"' in article
    for english_words in ("had its first views", "What we saw", "Views", "Engagement", "posts went out", "Own site"):
        assert english_words not in article, english_words


def test_files_and_list_are_in_the_readers_language_too(workspace, week, manager, viewer, client_of):
    report = make_report(workspace, week, by=manager, now=MONDAY)
    client = client_of(speaking(viewer, "zh-hans"))
    book = load_workbook(io.BytesIO(client.get(f"/w/lanxu/reports/{report.pk}.xlsx").content))
    words = [str(cell.value) for sheet in book for row in sheet for cell in row if isinstance(cell.value, str)]
    assert not [said for said in words if re.search(r"Views|views|Figure|Engagement|Too few", said)]
    assert client.get(f"/w/lanxu/reports/{report.pk}.pdf").content.startswith(b"%PDF")
    assert "posts went out" not in client.get("/w/lanxu/reports/").content.decode()


def test_mails_are_in_the_language_of_who_gets_them(workspace, week, manager, viewer):
    reporting.subscribe(speaking(viewer, "zh-hans"), MONDAY)
    reporting.subscribe(manager, MONDAY)
    report = make_report(workspace, week, by=manager, now=MONDAY)
    reporting.send_to_team(report, by=manager, now=MONDAY)
    assert reporting.mail_due(MONDAY) == 2
    by_address = {sent.to[0]: sent for sent in mail.outbox}
    chinese, english = by_address[viewer.user.email], by_address[manager.user.email]
    assert "2 posts went out." in english.alternatives[0][0]
    assert CHINESE.search(chinese.subject)
    assert "posts went out" not in chinese.body + chinese.alternatives[0][0]


def test_rest_tells_a_report_in_the_language_that_is_asked_for(workspace, week, manager, api_of):
    report, api = make_report(workspace, week, by=manager, now=MONDAY), api_of(manager)
    told = {
        language: api.get(f"/api/v1/reports/{report.pk}/", HTTP_ACCEPT_LANGUAGE=language).json()
        for language in ("en", "zh-hans")
    }
    assert [row["language"] for row in told.values()] == ["en", "zh-hans"]
    assert told["en"]["numbers"]["lead"].startswith("2 posts went out.")
    assert CHINESE.search(told["zh-hans"]["numbers"]["lead"])
    for name in ("now", "before", "key"):
        assert [row[name] for row in told["en"]["numbers"]["figures"]] == [
            row[name] for row in told["zh-hans"]["numbers"]["figures"]
        ]
    assert "also" not in told["en"]["numbers"]


def test_a_report_that_knows_one_language_stays_wholly_in_it(workspace, week, manager, viewer, client_of):
    """One that was made before both were kept."""
    report = make_report(workspace, week, by=manager, now=MONDAY)
    numbers = {name: value for name, value in report.numbers.items() if name != "also"}
    Report.objects.filter(pk=report.pk).update(numbers=numbers)
    page = client_of(speaking(viewer, "zh-hans")).get(report.get_absolute_url()).content.decode()
    article = page[page.index("<article") : page.index("</article>")]
    assert "What we saw" in article and not CHINESE.search(article.replace(">站<", "><"))
