"""The kit of a post that a person makes, from the due minute to the link."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from content import kit as kits
from content.actions import assisting, scheduling, telling
from content.checks import check_variant
from content.models import Publication
from content.models.publication import State
from mediaops.models import Activity, ChatMessage, ChatRobot, Notice
from platforms.actions import connecting, posting
from platforms.connectors.remote import RemotePost
from tests.builders import make_account, make_item, make_variant
from tests.builders_assets import make_asset
from tests.builders_publishing import NOW, approve, later, make_ready, publish

SAID = "春天的第一泡。" * 200


@pytest.fixture
def account(workspace, owner):
    return connecting.connect_by_hand(workspace, "xiaohongshu", name="岚序的茶", by=owner, now=NOW)


def make_due(account, *, title="桂花乌龙的 5 种喝法", body="水要开。", due_at=NOW, **fields):
    picture = make_asset(account.workspace)
    body = f"{body}\n\n![tea](/w/{account.workspace.slug}/assets/{picture.pk}/file)"
    item = make_item(account.workspace, title=title, body=body, **fields)
    variant = make_variant(item, account, body=body)
    approve(item)
    return scheduling.plan(variant, due_at, by=None, now=min(due_at, NOW))


def by_hand(account, **fields):
    return publish(make_due(account, **fields))


def test_texts_are_cut_to_the_platforms_rules_with_the_tags_whole(account):
    row = make_due(account, title="茶" * 30, body=SAID, tags=["桂花乌龙", "秋天"])
    made = kits.kit_of(row)
    assert (made.title.length, made.title.limit, made.title.is_cut) == (20, 20, True)
    assert made.text.length <= made.text.limit == 1000
    assert made.text.is_cut
    assert made.text.text.endswith("#桂花乌龙 #秋天")


def test_a_text_that_fits_stays_as_it_is(account):
    made = kits.kit_of(make_due(account, body="水要开。", tags=["茶"]))
    assert (made.text.text, made.text.is_cut, made.title.is_cut) == ("水要开。\n\n#茶", False, False)


def test_what_is_too_long_is_cut_and_stops_nothing(account):
    row = by_hand(account, title="茶" * 30)
    assert row.state == "by_hand"
    found = {problem.code: problem.level for problem in check_variant(row.variant, now=NOW)}
    assert found["title_long"] == "warn"


def test_nothing_is_posted_by_hand_without_approval(account):
    row = make_due(account)
    row.variant.item.state = "draft"
    row.variant.item.save(update_fields=["state"])
    assert publish(row).state == "failed"


def test_tags_that_the_text_holds_are_not_added_again(account):
    made = kits.kit_of(make_due(account, body="水要开。 #茶", tags=["茶"]))
    assert made.text.text == "水要开。 #茶"


def test_a_platform_without_titles_gets_none(workspace, owner):
    weibo = connecting.connect_by_hand(workspace, "weibo", name="W", by=owner, now=NOW)
    made = kits.kit_of(make_due(weibo, tags=["茶"]))
    assert made.title is None
    assert made.text.text.endswith("#茶#")


def test_an_article_keeps_its_formats(workspace, owner):
    zhihu = connecting.connect_by_hand(workspace, "zhihu", name="Z", by=owner, now=NOW)
    made = kits.kit_of(make_due(zhihu, body="## 水\n\n要**开**。"))
    assert "<strong>开</strong>" in made.text.html
    assert made.text.limit is None


def test_the_link_opens_without_signing_in(account, operator):
    row = by_hand(account)
    page = Client().get(kits.make_link(row, operator))
    assert page.status_code == 200
    assert "水要开。" in page.content.decode()
    assert page.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("token", ["x", "W10:1abc:zzz"])
def test_a_made_up_link_opens_nothing(db, token):
    assert Client().get(reverse("kit", args=[token])).status_code == 404


def test_a_link_ends_after_days(account, operator, time_machine_at):
    row = by_hand(account)
    link = kits.make_link(row, operator)
    with time_machine_at(kits.OPEN_FOR + timedelta(minutes=1)):
        assert Client().get(link).status_code == 404


@pytest.fixture
def time_machine_at():
    import time_machine
    from django.utils import timezone

    return lambda ahead: time_machine.travel(timezone.now() + ahead)


def test_a_link_dies_with_the_membership(account, operator, owner):
    from mediaops.actions import team

    row = by_hand(account)
    link = kits.make_link(row, operator)
    team.remove(operator, by=owner, now=NOW)
    assert Client().get(link).status_code == 404


def test_a_link_for_somebody_who_may_not_publish_is_dead(account, viewer):
    row = by_hand(account)
    assert Client().get(kits.make_link(row, viewer)).status_code == 404


def test_the_groups_link_shows_but_asks_who_you_are(account, operator, client_of):
    row = by_hand(account)
    link = kits.make_link(row, None)
    page = Client().get(link).content.decode()
    assert "水要开。" in page
    assert "/sign-in/?next=" in page
    assert Client().post(f"{link}posted/", {"url": "https://xhs.example/1"}).status_code == 403
    assert client_of(operator).post(f"{link}posted/", {"url": "https://xhs.example/1"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "live"


def test_another_teams_member_is_nobody_here(account, stranger, client_of):
    row = by_hand(account)
    answer = client_of(stranger).post(f"{kits.make_link(row, None)}posted/", {"url": "https://xhs.example/1"})
    assert answer.status_code == 403


def test_a_token_of_another_kind_does_not_fit(account, operator):
    row = by_hand(account)
    other = signing.dumps([row.pk, operator.pk], salt="something.else")
    assert Client().get(reverse("kit", args=[other])).status_code == 404


def test_only_the_kits_own_files_are_served(account, operator):
    ours, other = make_asset(account.workspace), make_asset(account.workspace)
    path = f"/w/{account.workspace.slug}/assets/{ours.pk}/file"
    row = by_hand(account, body=f"![tea]({path})")
    link = kits.make_link(row, operator)
    saved = Client().get(f"{link}files/{ours.pk}/?save")
    assert saved.status_code == 200
    assert "attachment" in saved.headers["Content-Disposition"]
    assert Client().get(f"{link}files/{other.pk}/").status_code == 404


@pytest.mark.parametrize("state", [State.CANCELLED, State.FAILED])
def test_what_was_dropped_hands_out_no_files(account, operator, state):
    ours = make_asset(account.workspace)
    row = by_hand(account, body=f"![tea](/w/{account.workspace.slug}/assets/{ours.pk}/file)")
    Publication.objects.filter(pk=row.pk).update(state=state)
    assert Client().get(f"{kits.make_link(row, operator)}files/{ours.pk}/").status_code == 404


def test_a_pasted_sentence_with_a_link_is_enough(account, operator):
    row = by_hand(account)
    words = "58 岚序发布了一篇笔记，快来看吧！ http://xhslink.example/abc，复制本条信息，打开App查看"
    Client().post(f"{kits.make_link(row, operator)}posted/", {"url": words})
    row.refresh_from_db()
    assert (row.state, row.post.url) == ("live", "http://xhslink.example/abc")
    assert Activity.objects.filter(verb="publication.live", member=operator).exists()


def test_nonsense_is_kept_in_the_field(account, operator):
    row = by_hand(account)
    page = Client().post(f"{kits.make_link(row, operator)}posted/", {"url": "no link here"})
    assert page.status_code == 422
    assert "no link here" in page.content.decode()


def test_posted_without_a_link_stops_the_reminders(account, operator, workspace):
    row = by_hand(account)
    telling.tell_troubles(later(minutes=1))
    Client().post(f"{kits.make_link(row, operator)}posted/", {"url": ""})
    row.refresh_from_db()
    assert (row.state, row.posted_at is not None) == ("by_hand", True)
    assert assisting.nudge(later(hours=3)) == 0


def test_it_may_be_posted_before_its_minute(account, operator):
    row = make_due(account, due_at=later(minutes=30))
    Client().post(f"{kits.make_link(row, operator)}posted/", {"url": "https://xhs.example/early"})
    row.refresh_from_db()
    assert row.state == "live"


def test_who_cannot_post_it_says_why(account, operator):
    row = by_hand(account)
    link = kits.make_link(row, operator)
    assert Client().post(f"{link}cannot/", {"reason": " "}).status_code == 422
    Client().post(f"{link}cannot/", {"reason": "账号被限流"})
    row.refresh_from_db()
    assert (row.state, row.way_out) == ("failed", "retry")
    assert "账号被限流" in row.problem
    assert "账号被限流" in Client().get(link).content.decode()
    again = Client().post(f"{link}cannot/", {"reason": "x"})
    assert again.status_code == 409


def test_the_operator_is_told_with_the_kit_and_so_is_the_group(account, operator, workspace):
    ChatRobot.objects.create(workspace=workspace, kind="wecom", name="Duty", sealed="")
    row = by_hand(account)
    telling.tell_troubles(later(minutes=1))
    notice = Notice.objects.get(member=operator)
    assert notice.url.startswith("/kit/")
    assert kits.read_link(notice.url.split("/")[2]) == (row.pk, operator.pk)
    said = ChatMessage.objects.get()
    assert kits.read_link(said.url.split("/")[2]) == (row.pk, 0)


def test_a_reminder_then_the_managers(account, operator, manager, workspace):
    row = by_hand(account)
    telling.tell_troubles(later(minutes=1))
    assert assisting.nudge(later(minutes=14)) == 0
    assert assisting.nudge(later(minutes=16)) == 1
    assert assisting.nudge(later(minutes=17)) == 0
    reminder = Notice.objects.filter(kind="publication.by_hand.reminder")
    assert operator.pk in reminder.values_list("member_id", flat=True)
    assert assisting.nudge(later(minutes=61)) == 1
    escalated = Notice.objects.filter(kind="publication.by_hand.escalation")
    assert {notice.member_id for notice in escalated} == {manager.pk, account.made_by_id}
    assert assisting.nudge(later(hours=9)) == 0
    row.refresh_from_db()
    assert row.nudges == 2


def test_a_row_that_does_not_say_since_when_is_counted_from_its_time(account, operator):
    row = by_hand(account)
    telling.tell_troubles(later(minutes=1))
    Publication.objects.filter(pk=row.pk).update(settled_at=None)
    assert assisting.nudge(later(minutes=16)) == 1


def test_the_team_chooses_when(account, operator, workspace):
    workspace.hand_reminder_min = 5
    workspace.save(update_fields=["hand_reminder_min"])
    by_hand(account)
    telling.tell_troubles(later(minutes=1))
    assert assisting.nudge(later(minutes=6)) == 1


def test_a_new_time_starts_the_count_anew(account, operator):
    row = by_hand(account)
    telling.tell_troubles(later(minutes=1))
    assisting.nudge(later(minutes=16))
    row.refresh_from_db()
    scheduling.reschedule(row, later(hours=2), by=operator, now=later(minutes=20))
    assert (row.nudges, row.posted_at) == (0, None)


def seen(account, *, title="", text="", at=NOW, number="1"):
    remote = RemotePost(number, f"https://xhs.example/{number}", at, title=title, text=text)
    return posting.record_post(account, remote, first_seen="synced", now=at)


def test_a_post_with_the_same_title_settles_it(account):
    row = by_hand(account)
    post = seen(account, title="桂花乌龙的 5 种喝法", at=later(minutes=20))
    assert assisting.settle_by_posts(later(minutes=30)) == 1
    row.refresh_from_db()
    assert (row.state, row.post) == ("live", post)


def test_two_that_look_alike_wait_for_a_person(account):
    row = by_hand(account)
    for number in "12":
        seen(account, title="桂花乌龙的 5 种喝法", at=later(minutes=20), number=number)
    assert assisting.settle_by_posts(later(minutes=30)) == 0
    row.refresh_from_db()
    assert row.state == "by_hand"


def test_another_publications_post_does_not_count(account, operator):
    first = by_hand(account)
    post = seen(account, title="桂花乌龙的 5 种喝法")
    assisting.settle_by_posts(NOW)
    second = by_hand(account, title="桂花乌龙的 5 种喝法")
    assert assisting.settle_by_posts(NOW) == 0
    assert Publication.objects.get(post=post) == first
    second.refresh_from_db()
    assert second.state == "by_hand"


def test_other_words_and_other_accounts_settle_nothing(account, workspace):
    by_hand(account)
    seen(account, title="Something else")
    seen(make_account(workspace, platform="weibo"), title="桂花乌龙的 5 种喝法", number="2")
    assert assisting.settle_by_posts(NOW) == 0


def test_the_publications_page_shows_the_code(account, operator, viewer, client_of):
    row = by_hand(account)
    page = client_of(operator).get(row.get_absolute_url()).content.decode()
    assert "/kit/" in page
    assert "<svg" in page
    assert "/kit/" not in client_of(viewer).get(row.get_absolute_url()).content.decode()


def test_rest_hands_out_the_kit_and_takes_the_answers(account, operator, api_of):
    api, row = api_of(operator), by_hand(account)
    told = api.get(f"/api/v1/publications/{row.pk}/kit/").json()
    assert told["title"]["text"] == "桂花乌龙的 5 种喝法"
    assert "/kit/" in told["link"]
    assert api.post(f"/api/v1/publications/{row.pk}/posted/").json()["posted_at"]
    refused = api.post(f"/api/v1/publications/{row.pk}/cannot/", {"reason": ""}, format="json")
    assert refused.status_code == 400
    told = api.post(f"/api/v1/publications/{row.pk}/cannot/", {"reason": "no"}, format="json").json()
    assert told["state"] == "failed"


def test_who_may_only_see_gets_no_kit(account, viewer, api_of):
    row = by_hand(account)
    assert api_of(viewer).get(f"/api/v1/publications/{row.pk}/kit/").status_code == 403


def test_scripted_accounts_have_no_kit_while_they_publish_themselves(workspace, operator, scripted, client_of):
    from tests.builders_publishing import make_connected

    row = make_ready(make_connected(workspace), due_at=later(hours=1))
    assert "/kit/" not in client_of(operator).get(row.get_absolute_url()).content.decode()
