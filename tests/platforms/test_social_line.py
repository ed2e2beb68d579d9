"""Whole stories on Weibo and Mastodon through the engine: publish, doubt, follow, comment, answer, figures.

Each platform is its double on a port of 127.0.0.1.
"""

import re
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone, translation
from playwright.sync_api import expect

from analytics.actions import collecting
from analytics.models import AccountFigures, PostFigures
from analytics.tasks import collect_account
from content.actions import publishing, reconciling
from content.checks import check_variant
from content.models import Publication
from mediaops.models import Notice
from platforms import places, tasks
from platforms.actions import answering, connecting, following, health, posting, syncing
from platforms.connectors.mastodon import Mastodon
from platforms.connectors.weibo import Weibo
from platforms.models import Account, CallbackEvent, ContactBook, Conversation, Post
from tests.builders import make_item, make_variant
from tests.builders_publishing import approve, fresh, make_ready
from tests.platforms.doubles.mastodon import MastodonDouble
from tests.platforms.doubles.serving import serving
from tests.platforms.doubles.weibo import APP_KEY, APP_SECRET, DOMAIN, UID, WeiboDouble

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = f"春茶上市，第一锅在清明前。https://{DOMAIN}/tea?x=1"


@pytest.fixture(autouse=True)
def _english(settings):
    settings.ALLOW_LOCAL_SERVERS = True
    with translation.override("en"):
        yield


@pytest.fixture
def weibo(settings):
    with serving(WeiboDouble()) as double:
        settings.PLATFORM_ADDRESSES = settings.PLATFORM_ADDRESSES | {"weibo": double.address}
        yield double


@pytest.fixture
def weibo_account(weibo, workspace, owner):
    given = {"app_key": APP_KEY, "app_secret": APP_SECRET, "domain": DOMAIN, "operator_ip": "203.0.113.7"}
    given["access_token"] = "token-1"
    return connecting.connect_account(workspace, Weibo.spec.key, given, by=owner, now=timezone.now())


def mastodon_account(double, workspace, owner):
    given = {"server": double.address, "access_token": "token-1"}
    return connecting.connect_account(workspace, Mastodon.spec.key, given, by=owner, now=timezone.now())


def make_note(account, text=TEXT):
    now = timezone.now()
    row = make_ready(account, due_at=now, title="Spring")
    row.variant.body = text
    row.variant.save()
    approve(row.variant.item)
    return fresh(row)


def publish(row):
    publishing.publish_one(row.pk, timezone.now(), worker="test")
    return fresh(row)


def sync(account):
    assert syncing.sync_account(Account.objects.select_related("workspace").get(pk=account.pk), timezone.now())


def answer(talk, text, by):
    row = answering.reply(talk, text, by=by, now=timezone.now())
    return answering.send(row, timezone.now())


def test_weibo_from_the_text_to_the_figures(weibo, weibo_account, owner):
    row = publish(make_note(weibo_account))
    assert (row.state, row.post.remote_id) == ("live", weibo.statuses[0]["idstr"])
    weibo.say(weibo.statuses[0], "多少钱？")
    sync(weibo_account)
    talk = Conversation.objects.get()
    assert (talk.post, talk.who_name, talk.waits_since is not None) == (row.post, "爱喝茶的猫", True)
    assert answer(talk, "二十八元", owner).state == "sent"
    sync(weibo_account)
    talk.refresh_from_db()
    assert (talk.messages.count(), talk.waits_since) == (2, None)
    collecting.know_new(timezone.now())
    collecting.collect_account(Account.objects.get(), timezone.now())
    figures = PostFigures.objects.get(post=row.post)
    assert (figures.likes, figures.shares, figures.views) == (12, 3, None)
    assert AccountFigures.objects.get(account=weibo_account).followers == 90850


def test_weibo_shows_it_later(weibo, weibo_account):
    weibo.is_delayed = True
    row = publish(make_note(weibo_account))
    assert (row.state, row.attempts.get().outcome) == ("processing", "processing")
    assert "a minute or two" in row.ticket["step"]
    reconciling.check_ticket(row.pk, timezone.now() + timedelta(minutes=1))
    assert fresh(row).state == "processing"
    weibo.show_hidden()
    reconciling.check_ticket(row.pk, timezone.now() + timedelta(minutes=2))
    row = fresh(row)
    assert (row.state, row.attempts.get().outcome, len(weibo.statuses)) == ("live", "live", 1)
    assert weibo.asked.count("/2/statuses/share.json") == 1


def test_weibo_post_that_was_taken_down_is_noticed(weibo, weibo_account):
    rows = [publish(make_note(weibo_account, TEXT + str(number))) for number in range(2)]
    now = timezone.now()
    assert following.due_accounts(now) == []
    weibo.statuses = [row for row in weibo.statuses if row["idstr"] != rows[1].post.remote_id]
    later = now + timedelta(hours=2)
    assert following.due_accounts(later) == [weibo_account.pk]
    assert following.follow_account(weibo_account, later) == 1
    stands, fell = (Post.objects.get(pk=row.post_id) for row in rows)
    assert (stands.removed_at, stands.follow_after > later) == (None, True)
    assert (fell.removed_at, fell.removed_why, fell.follow_after) == (later, "The post is no longer on Weibo.", None)
    assert following.follow_account(weibo_account, later + timedelta(minutes=1)) == 0, "asked again too soon"


def test_what_gives_way_goes_on_in_a_moment(weibo, weibo_account, settings, monkeypatch):
    """A publication wants the place before each request."""
    settings.CELERY_WORKER_CONCURRENCY = 2
    monkeypatch.setattr(places, "NOT_AGAIN_S", 1)
    row = publish(make_note(weibo_account))
    later = timezone.now() + timedelta(hours=2)
    soon = later + places.SOON
    collecting.know_new(later)
    weibo.asked.clear()
    acts = [syncing.sync_account, following.follow_account, collecting.collect_account, health.check_account]
    for act in acts:
        with places.taken(weibo_account) as is_free:
            assert is_free
            assert not places.Place(weibo_account, "publishes").take()
            act(weibo_account, later)
        time.sleep(1.1)
        cache.clear()
    account = Account.objects.get()
    assert (account.sync_after, account.check_after, account.failures, account.state) == (soon, soon, 0, "healthy")
    assert Post.objects.get(pk=row.post_id).follow_after == later
    assert AccountFigures.objects.get().next_at == soon
    assert PostFigures.objects.get().failures == 0
    assert weibo.asked == []


def test_what_gets_no_place_is_due_again_in_seconds(weibo, weibo_account, settings, owner):
    settings.CELERY_WORKER_CONCURRENCY = 2
    publish(make_note(weibo_account))
    weibo.say(weibo.statuses[0], "多少钱？")
    sync(weibo_account)
    collecting.know_new(timezone.now())
    Account.objects.update(sync_after=None, check_after=None)
    reply = answering.reply(Conversation.objects.get(), "二十八元", by=owner, now=timezone.now())
    book = ContactBook.objects.create(account=weibo_account)
    callback = CallbackEvent.objects.create(account=weibo_account, key="1")
    weibo.asked.clear()
    with places.taken(weibo_account, "publishes"):
        claimed = syncing.claim(weibo_account.pk, timezone.now())
        tasks.sync_account(weibo_account.pk, claimed.isoformat())
        tasks.follow_account(weibo_account.pk)
        tasks.check_account(weibo_account.pk)
        tasks.send_reply(reply.pk)
        tasks.read_contact_page(book.pk)
        tasks.understand_callback(callback.pk)
        assert collect_account(weibo_account.pk) == 0
    account, limit = Account.objects.get(), timezone.now() + places.SOON
    for row in (reply, book, callback):
        row.refresh_from_db()
    moments = [account.sync_after, account.check_after, reply.try_after, book.next_at, callback.try_after]
    assert all(timezone.now() < at <= limit for at in moments)
    assert (reply.state, reply.tries, callback.state, callback.tries) == ("waiting", 0, "waiting", 0)
    assert weibo.asked == []
    tasks.send_reply(reply.pk)
    reply.refresh_from_db()
    assert reply.state == "sent"


def test_weibo_posts_are_asked_about_again_when_the_hour_was_used_up(weibo, weibo_account):
    row = publish(make_note(weibo_account))
    weibo.statuses, weibo.quota = [], 0
    now = timezone.now()
    assert following.follow_account(weibo_account, now + timedelta(hours=2)) == 0
    weibo.quota = 100
    assert following.follow_account(weibo_account, now + timedelta(hours=4)) == 1
    assert Post.objects.get(pk=row.post_id).removed_why


def test_weibo_account_that_lacks_the_right_goes_on_by_hand(weibo, weibo_account, owner, editor):
    weibo.not_granted.add("statuses/share")
    row = publish(make_note(weibo_account))
    account = Account.objects.get()
    assert (row.state, row.way_out, account.is_by_hand) == ("by_hand", "post", True)
    assert [notice.member for notice in Notice.objects.filter(kind="account.lost_right")] == [owner]
    long_one = make_note(account, "春茶上市。" * 100 + "#春茶#")
    assert not [p for p in check_variant(long_one.variant, now=timezone.now()) if p.stops]
    assert publish(long_one).state == "by_hand"
    health.check_account(account, timezone.now())
    assert Account.objects.get().is_by_hand
    assert weibo.asked.count("/2/statuses/share.json") == 1
    weibo.statuses.append(weibo.make_status("春茶上市"))
    sync(account)  # what it may still do goes on
    assert Post.objects.count() == 1


@pytest.mark.parametrize(("how", "count"), [("lost", 1), ("cut", 1), ("drop", 0)])
def test_weibo_doubt_is_never_repeated_and_is_found_by_its_words(weibo, weibo_account, how, count):
    weibo.trouble.put("/share.json", how)
    row = publish(make_note(weibo_account))
    assert (row.state, len(weibo.statuses)) == ("unsure", count)
    for minutes in (1, 5, 60):
        reconciling.look_up(row.pk, timezone.now() + timedelta(minutes=minutes))
    row = fresh(row)
    assert row.state == ("live" if count else "unsure")
    assert weibo.asked.count("/2/statuses/share.json") == count


def test_weibo_doubt_is_not_settled_by_other_words(weibo, weibo_account):
    weibo.trouble.put("/share.json", "drop")
    row = publish(make_note(weibo_account))
    weibo.statuses.append(weibo.make_status("春茶上市，第一锅在清明前。"))  # no link
    weibo.statuses.append(weibo.make_status(f"夏茶上市。https://{DOMAIN}/tea"))
    reconciling.look_up(row.pk, timezone.now())
    assert fresh(row).state == "unsure"


def test_weibo_quota_waits_for_the_hour_and_sends_once(weibo, weibo_account):
    weibo.fail("statuses/share", 10023)
    row = publish(make_note(weibo_account))
    assert row.attempts.get().outcome == "nothing_sent"
    assert (row.attempt_after - timezone.now()).total_seconds() > 20
    assert (row.state, weibo.statuses) == ("planned", [])


def test_weibo_sign_in_that_ended_is_told_and_nothing_is_lost(weibo, weibo_account, owner):
    weibo.is_signed_in = False
    row = publish(make_note(weibo_account))
    assert (row.state, row.way_out, Account.objects.get().state) == ("failed", "reconnect", "expired")
    assert Notice.objects.filter(kind="account.expired", member=owner).count() == 1


def test_weibo_sign_in_that_ends_soon_is_seen_coming(weibo, weibo_account, owner):
    weibo.expires_in = 2 * 86_400
    account = health.check_account(weibo_account, timezone.now())
    assert account.state == "soon"
    assert Notice.objects.filter(kind="account.ends_soon", member=owner).count() == 1


def test_weibo_refusal_is_a_sentence_with_raw_words_beside_it(weibo, weibo_account):
    weibo.fail("statuses/share", 20021)
    row = publish(make_note(weibo_account))
    assert (row.state, row.way_out) == ("failed", "edit")
    assert "not allowed there" in row.problem
    assert "20021" in row.attempts.get().raw


def test_weibo_post_is_deleted_there(weibo, weibo_account, owner):
    post = publish(make_note(weibo_account)).post
    posting.delete(post, by=owner, now=timezone.now())
    assert weibo.statuses == []
    weibo.not_granted.add("statuses/destroy")
    weibo.statuses.append(weibo.make_status("另一条"))
    sync(weibo_account)
    with pytest.raises(posting.NotDone, match="platform itself"):
        posting.delete(Post.objects.standing().get(), by=owner, now=timezone.now())
    assert not posting.can_delete(Post.objects.standing().get())


def test_mastodon_from_the_text_to_the_figures(workspace, owner):
    with serving(MastodonDouble()) as server:
        account = mastodon_account(server, workspace, owner)
        row = publish(make_note(account))
        assert (row.state, len(server.posts)) == ("live", 1)
        assert row.post.url.startswith(server.address)
        server.say("@lanxu 多少钱？", to=row.post.remote_id)
        server.say("@lanxu 私下问问", visibility="direct")
        sync(account)
        talk = Conversation.objects.get(kind="comment")
        assert (talk.post, Conversation.objects.filter(kind="private").count()) == (row.post, 1)
        assert answer(talk, "二十八元", owner).state == "sent"
        sync(account)
        talk.refresh_from_db()
        assert (talk.messages.count(), talk.waits_since) == (2, None)
        collecting.know_new(timezone.now())
        collecting.collect_account(Account.objects.get(), timezone.now())
        assert PostFigures.objects.get(post=row.post).likes == 5
        assert AccountFigures.objects.get(account=account).followers == 1204


@pytest.mark.parametrize("how", ["lost", "drop"])
def test_doubt_on_genuine_mastodon_is_settled_by_the_same_key(workspace, owner, how):
    with serving(MastodonDouble()) as server:
        account = mastodon_account(server, workspace, owner)
        server.trouble.put("/api/v1/statuses", how)
        row = publish(make_note(account))
        assert row.state == "unsure"
        reconciling.look_up(row.pk, timezone.now())
        row = fresh(row)
        if row.state == "planned":  # not seen: sent again with the same key
            row = publish(row)
        assert (row.state, len(server.posts)) == ("live", 1)


def test_doubt_on_genuine_mastodon_that_cannot_be_seen_is_repeated_once(workspace, owner):
    """The list is behind: the repeat finds the first post by its key."""
    with serving(MastodonDouble()) as server:
        account = mastodon_account(server, workspace, owner)
        server.trouble.put("/api/v1/statuses", "lost")
        row = publish(make_note(account))
        first = server.posts[0]
        first["content"] = "<p>not yet</p>"
        reconciling.look_up(row.pk, timezone.now())
        assert fresh(row).state == "planned"
        row = publish(row)
        assert (row.state, row.post.remote_id, len(server.posts)) == ("live", first["id"], 1)


@pytest.mark.parametrize("software", ["gotosocial", "snac", "pleroma"])
def test_doubt_on_a_look_alike_is_never_repeated(workspace, owner, software):
    with serving(MastodonDouble(software)) as server:
        account = mastodon_account(server, workspace, owner)
        assert not posting.repeats_safely(account, {}, since=timezone.now(), now=timezone.now())
        server.trouble.put("/api/v1/statuses", "lost")
        row = publish(make_note(account))
        hidden = server.statuses.copy()
        server.statuses.clear()
        for minutes in (1, 5, 60):
            reconciling.look_up(row.pk, timezone.now() + timedelta(minutes=minutes))
        assert (fresh(row).state, server.posts) == ("unsure", [])
        server.statuses |= hidden
        reconciling.look_up(row.pk, timezone.now())
        assert (fresh(row).state, len(server.posts)) == ("live", 1)


def test_server_that_counts_links_its_own_way_is_counted_so(workspace, owner):
    with serving(MastodonDouble("gotosocial", max_characters=60)) as server:
        account = mastodon_account(server, workspace, owner)
        item = make_item(workspace)
        variant = make_variant(item, account, body="茶" * 36 + f" https://{DOMAIN}/{'x' * 90}")
        found = [
            problem.text for problem in check_variant(variant, now=timezone.now()) if problem.code == "text_long"
        ]
        assert found == ["The text has 62 characters; Mastodon allows 60. Cut 2."]


@pytest.mark.browser
def test_weibo_is_connected_in_a_browser(workspace, owner, weibo, page_of, live):
    weibo.redirect_uris = {f"{live}/connect/back/"}
    page = page_of(owner)
    page.goto(f"/w/{workspace.slug}/accounts/connect/")
    page.get_by_role("link", name=re.compile("Weibo")).click()
    expect(page.locator("#back-address")).to_have_text(f"{live}/connect/back/")
    page.get_by_label("App key").fill(APP_KEY)
    page.get_by_label("App secret").fill(APP_SECRET)
    page.get_by_label("Secure domain").fill(DOMAIN)
    page.get_by_label("Public address").fill("203.0.113.7")
    page.get_by_role("button", name="Sign in at Weibo").click()
    page.wait_for_url(f"{weibo.address}/oauth2/authorize**")
    page.get_by_role("link", name="Deny").click()
    expect(page.get_by_role("alert").last).to_contain_text("You did not allow it")
    expect(page.get_by_label("Secure domain")).to_have_value(DOMAIN)
    page.get_by_role("button", name="Sign in at Weibo").click()
    page.get_by_role("link", name="Allow").click()
    expect(page.locator(".found-account")).to_contain_text("岚序茶饮")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("岚序茶饮")
    assert Account.objects.get().remote_id == str(UID)


@pytest.mark.browser
def test_post_is_changed_and_deleted_in_a_browser(workspace, owner, page_of):
    with serving(MastodonDouble()) as server:
        account = mastodon_account(server, workspace, owner)
        row = publish(make_note(account))
        row.variant.body = f"改过了。https://{DOMAIN}/tea"
        row.variant.save()
        approve(row.variant.item)
        page = page_of(owner)
        page.goto(row.post.get_absolute_url())
        page.get_by_role("button", name="Change the text there").click()
        page.get_by_role("dialog").get_by_role("button", name="Change it there").click()
        expect(page.locator(".post-words")).to_contain_text("改过了")
        page.get_by_role("button", name="Delete there").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete there").click()
        expect(page.locator("main")).to_contain_text("Deleted from here by")
        assert server.posts == []
        assert Publication.objects.get().state == "live"
