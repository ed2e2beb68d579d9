from datetime import timedelta

import pytest
from django.utils import timezone

from platforms import tasks
from platforms.actions import posting, syncing
from platforms.models import Account, Conversation, Message, Post
from tests.builders_platforms import make_scripted


@pytest.fixture
def account(scripted, workspace):
    return make_scripted(workspace)


def sync(account, now):
    assert syncing.claim(account.pk, now)
    account.refresh_from_db()
    return syncing.sync_account(account, now)


def test_posts_made_elsewhere_appear_once(scripted, account):
    scripted.put(title="From a phone", account="scripted-account")
    now = timezone.now()
    assert sync(account, now)
    assert sync(account, now + timedelta(minutes=5))
    post = Post.objects.get()
    assert (post.title, post.first_seen) == ("From a phone", "synced")


def test_post_that_we_published_keeps_its_origin(scripted, account):
    number = scripted.put(title="Ours", account="scripted-account")
    remote = next(posting.gateway.connect(account).recent_posts(timezone.now() - timedelta(hours=1)))
    posting.record_post(account, remote, first_seen="published", now=timezone.now())
    sync(account, timezone.now())
    assert list(Post.objects.values_list("remote_id", "first_seen")) == [(number, "published")]


def test_removed_post_is_noticed_and_comes_back_when_seen_again(scripted, account):
    now = timezone.now()
    scripted.put(title="Stays", account="scripted-account", at=now - timedelta(hours=3))
    gone = scripted.put(title="Goes", account="scripted-account", at=now - timedelta(hours=2))
    sync(account, now)
    scripted.remove(gone)
    sync(account, now + timedelta(minutes=20))
    assert list(Post.objects.standing().values_list("title", flat=True)) == ["Stays"]
    with scripted._open() as rows:
        rows.execute("update posts set removed = 0")
    sync(account, now + timedelta(minutes=40))
    assert Post.objects.standing().count() == 2


def test_young_post_missing_from_a_list_is_not_called_removed(scripted, account):
    now = timezone.now()
    number = scripted.put(title="New", account="scripted-account", at=now - timedelta(minutes=4))
    sync(account, now - timedelta(minutes=3))
    scripted.remove(number)
    sync(account, now)
    assert Post.objects.standing().count() == 1


def test_comments_become_conversations_once(scripted, account):
    post = scripted.put(title="Tea", account="scripted-account")
    first = scripted.say(post, "How much?", author="Ann")
    scripted.say(post, "And where?", author="Ann", parent=first)
    now = timezone.now()
    for minutes in (0, 5, 10):
        sync(account, now + timedelta(minutes=minutes))
    talk = Conversation.objects.get()
    assert (talk.who_name, talk.last_text, talk.post.title) == ("Ann", "And where?", "Tea")
    assert talk.waits_since == Message.objects.order_by("at").first().at
    assert Message.objects.count() == 2


def test_own_answer_given_elsewhere_ends_the_waiting(scripted, account):
    post = scripted.put(title="Tea", account="scripted-account")
    first = scripted.say(post, "How much?", author="Ann")
    now = timezone.now()
    sync(account, now)
    scripted.say(post, "Ten.", author="We", parent=first, own=True)
    sync(account, now + timedelta(minutes=5))
    talk = Conversation.objects.get()
    assert (talk.waits_since, talk.who_name) == (None, "Ann")
    assert Message.objects.filter(is_own=True).count() == 1


def test_new_message_opens_a_closed_talk_again(scripted, account):
    post = scripted.put(title="Tea", account="scripted-account")
    first = scripted.say(post, "How much?", author="Ann")
    now = timezone.now()
    sync(account, now)
    Conversation.objects.update(state="closed")
    sync(account, now + timedelta(minutes=5))
    assert Conversation.objects.get().state == "closed"
    scripted.say(post, "Hello?", author="Ann", parent=first)
    sync(account, now + timedelta(minutes=10))
    assert Conversation.objects.get().state == "open"


def test_two_workers_never_pull_the_same_account(scripted, account):
    now = timezone.now()
    claimed = syncing.claim(account.pk, now)
    assert claimed
    assert syncing.claim(account.pk, now) is None
    assert syncing.take_over(account.pk, claimed, now)
    assert syncing.take_over(account.pk, claimed, now) is None


def test_account_of_a_dead_worker_is_free_again_after_its_lease(scripted, account):
    now = timezone.now()
    assert syncing.claim(account.pk, now)
    assert syncing.claim(account.pk, now + syncing.LEASE)


def test_failing_account_waits_longer_each_time_and_heals(scripted, account):
    now = timezone.now()
    scripted.will("nothing_sent", "nothing_sent", method="recent_posts")
    waits = []
    for _ in range(2):
        assert not sync(account, now)
        waits.append(account.sync_after - now)
        now = account.sync_after
    assert waits[1] > waits[0]
    assert sync(account, now)
    account.refresh_from_db()
    assert (account.failures, account.problem) == (0, "")


def test_platforms_wish_to_wait_is_kept(scripted, account):
    now = timezone.now()
    scripted.will("nothing_sent", method="recent_posts", wait_s=5000)
    sync(account, now)
    assert account.sync_after - now == timedelta(seconds=5000)


def test_dead_sign_in_is_noticed_while_pulling(scripted, account, owner):
    scripted.will("needs_reconnect", method="recent_posts")
    sync(account, timezone.now())
    account.refresh_from_db()
    assert account.state == "expired"
    assert not Account.objects.to_sync(timezone.now() + timedelta(days=1)).exists()


def test_one_broken_account_does_not_stop_the_others(scripted, account, workspace):
    make_scripted(workspace, remote_id="second")
    scripted.put(title="Tea")
    scripted.will("bug", method="recent_posts")
    done = []
    for pk in Account.objects.to_sync(timezone.now()).values_list("pk", flat=True):
        claimed = syncing.claim(pk, timezone.now())
        try:
            tasks.sync_account(pk, claimed.isoformat())
        except RuntimeError:
            continue
        done.append(pk)
    assert len(done) == 1


def test_accounts_that_nobody_can_read_are_left_alone(scripted, workspace):
    make_scripted(workspace, platform="scripted_blind")
    tasks.sync_accounts()
    assert Account.objects.get().sync_after is None
