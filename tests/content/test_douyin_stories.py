"""Whole stories on a stand-in for Douyin, through the engine: upload, review, comment, figures."""

import hashlib
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from analytics.actions import collecting
from analytics.models import PostFigures
from content.actions import publishing, reconciling
from content.models import Attempt, Publication
from platforms import gateway
from platforms.actions import answering, health, syncing
from platforms.models import Credential, Message
from tests import servers
from tests.builders import make_account, make_item, make_publication, make_variant
from tests.builders_assets import make_asset, make_video, shown, video
from tests.builders_publishing import approve, fresh
from tests.conftest import _database_url
from tests.content.test_kill import until
from tests.platforms.doubles.douyin import ALL, DAY, DouyinPlatform

MB = 1_000_000


@pytest.fixture
def platform(settings):
    settings.ALLOW_LOCAL_SERVERS = True
    platform = DouyinPlatform(reviews=1)
    with platform.serving() as address:
        settings.PLATFORM_ADDRESSES = {**settings.PLATFORM_ADDRESSES, "douyin": address}
        platform.address = address
        yield platform


def make_douyin(workspace, platform, scope=ALL):
    account = make_account(workspace, platform="douyin", remote_id="open-1", name="岚序茶饮")
    gateway.store_secret(account, platform.secret(scope))
    health.check_account(account, timezone.now())
    account.refresh_from_db()
    return account


def make_row(account, *, film=None, still=None, due_at=None):
    item = make_item(account.workspace, title="春茶上市", body=shown(still) if still else "", video=film)
    variant = make_variant(item, account)
    approve(item)
    return make_publication(variant, due_at=due_at or timezone.now())


def publish(row, now=None):
    publishing.publish_one(row.pk, now or timezone.now(), worker="test")
    return fresh(row)


def checked(row):
    reconciling.check_ticket(row.pk, timezone.now())
    return fresh(row)


def make_large_video(workspace, megabytes):
    """A video whose bytes go on in zeros behind its end: players and platforms care for the front."""
    data = video(0.5)
    name = default_storage.save("tests/large.mp4", ContentFile(data))
    with Path(default_storage.path(name)).open("r+b") as stored:
        stored.truncate(megabytes * MB)
        stored.seek(0)
        sha256 = hashlib.file_digest(stored, "sha256").hexdigest()
    return make_video(workspace, data=data, file=name, size_bytes=megabytes * MB, sha256=sha256)


def test_a_large_video_is_cut_goes_on_and_is_live_once(workspace, platform):
    account = make_douyin(workspace, platform)
    film = make_large_video(workspace, 130)
    row = make_row(account, film=film)
    platform.cut("part_number=4", 3 * MB)
    platform.cut("part_number=4", 3 * MB)
    row = publish(row)
    assert (row.state, row.upload["known"]["parts"]) == ("planned", 3)
    assert row.upload["done"] == 3 * 20 * 1024 * 1024
    row = publish(row, row.attempt_after)
    assert row.state == "processing"
    assert row.ticket["step"]
    assert platform.calls["upload_video_part"] == 6
    assert platform.posts[0]["sha256"] == film.sha256
    row = checked(checked(row))
    assert (row.state, row.upload, len(platform.posts)) == ("live", None, 1)
    assert row.post.url.startswith("https://www.iesdouyin.com/")
    assert row.attempts.last().sent["video"]["sha256"] == film.sha256


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_an_upload_is_followed_by_another(workspace, platform, tmp_path):
    account = make_douyin(workspace, platform)
    film = make_large_video(workspace, 130)
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
        "DATABASE_URL": _database_url(),
        "ALLOW_LOCAL_SERVERS": "1",
        "DOUYIN_API": platform.address,
        "PUBLISH_LEASE_S": "3",
        "LOG_LEVEL": "INFO",
        "CELERY_QUEUE": f"douyin-{os.getpid()}",
    }
    program = servers.Worker(dict(env), tmp_path)
    platform.will("upload_video_part", times=2)
    platform.will("upload_video_part", hang_s=15)  # the third part is under way for long
    row = make_row(account, film=film)
    try:
        program.start(wait_s=120)
        assert until(lambda: _upload(row).get("parts") == 2, wait_s=60), program.log()[-3000:]
        program.kill()
        program.clock = False
        program.start(wait_s=120)
        assert until(lambda: _state(row) == "live", wait_s=90), (_state(row), program.log()[-4000:])
    finally:
        program.stop()
    assert len(platform.posts) == 1
    assert platform.posts[0]["sha256"] == film.sha256
    assert platform.calls["init_video_part_upload"] == 1, "it went on with the same upload"
    assert [a.outcome for a in Attempt.objects.order_by("number")] == ["nothing_sent", "live"]


def _upload(row):
    connection.close()  # SQLite: see what the worker wrote
    return (Publication.objects.get(pk=row.pk).upload or {}).get("known", {})


def _state(row):
    connection.close()
    return Publication.objects.get(pk=row.pk).state


def test_pictures_are_turned_down_in_review(workspace, platform):
    account = make_douyin(workspace, platform)
    platform.reviews = 9
    row = publish(make_row(account, still=make_asset(workspace)))
    assert (row.state, platform.posts[0]["media_type"]) == ("processing", 2)
    platform.turn_down(platform.posts[0]["item_id"])
    row = checked(row)
    assert (row.state, row.way_out) == ("failed", "edit")
    assert "turned it down" in row.problem


def test_an_answer_that_was_lost_is_found_by_its_words(workspace, platform):
    account = make_douyin(workspace, platform)
    item = make_item(workspace, title="春茶上市，第一锅", body=shown(make_asset(workspace)), tags=["春茶"])
    variant = make_variant(item, account)
    approve(item)
    platform.will("create_image_text", loses_answer=True)
    row = publish(make_publication(variant, due_at=timezone.now()))
    assert row.state == "unsure"
    reconciling.look_up(row.pk, timezone.now())
    row = fresh(row)
    assert (row.state, len(platform.posts)) == ("live", 1)
    assert platform.posts[0]["title"].endswith("#春茶")


def test_a_used_up_quota_does_not_try_all_night(workspace, platform):
    account = make_douyin(workspace, platform)
    platform.will("create_image_text", code=28003017)
    row = publish(make_row(account, still=make_asset(workspace)))
    assert row.attempts.get().outcome == "nothing_sent"
    assert row.attempt_after > timezone.now() + timedelta(minutes=1) or row.late_at is not None


def test_a_comment_is_answered(workspace, platform, owner):
    account = make_douyin(workspace, platform)
    row = checked(checked(publish(make_row(account, still=make_asset(workspace)))))
    assert row.state == "live"
    platform.comment(row.post.remote_id, "多少钱？")
    assert syncing.sync_account(account, timezone.now()) is True
    message = Message.objects.get(text="多少钱？")
    assert message.conversation.post == row.post
    answer = answering.reply(message.conversation, "28 元", by=owner, now=timezone.now())
    assert answering.send(answer, timezone.now()).state == "sent"
    assert platform.comments[-1]["told"]["content"] == "28 元"
    syncing.sync_account(account, timezone.now())
    assert Message.objects.filter(text="28 元", is_own=True).count() == 1, "the sync knows our own answer again"


def test_figures_are_collected(workspace, platform):
    account = make_douyin(workspace, platform)
    row = checked(checked(publish(make_row(account, still=make_asset(workspace)))))
    platform.posts[0]["statistics"] |= {"play_count": 900, "digg_count": 31}
    now = timezone.now()
    collecting.know_new(now)
    assert collecting.collect_account(account, now) == 1
    figures = PostFigures.objects.get(post=row.post)
    assert (figures.views, figures.likes, figures.saves) == (900, 31, None)


def test_an_account_without_the_scope_goes_by_hand(workspace, platform):
    account = make_douyin(workspace, platform, "user_info,video.list.bind,item.comment")
    assert account.is_by_hand
    row = publish(make_row(account, still=make_asset(workspace)))
    assert (row.state, platform.calls["create_image_text"]) == ("by_hand", 0)
    assert syncing.sync_account(account, timezone.now()) is True, "what it may do goes on"


def test_a_scope_that_was_taken_back_makes_it_go_by_hand(workspace, platform):
    account = make_douyin(workspace, platform)
    platform.will("upload_image", code=28001014)
    row = publish(make_row(account, still=make_asset(workspace)))
    account.refresh_from_db()
    assert (row.state, account.is_by_hand, "messages" in account.rights) == ("by_hand", True, True)


def test_the_health_check_renews_and_keeps_what_it_got(workspace, platform):
    account = make_douyin(workspace, platform)
    old = platform.secret()
    gateway.store_secret(account, {**old, "refresh_ends": str(time.time() + 3600)})
    sealed = Credential.objects.get(account=account).sealed
    health.check_account(account, timezone.now())
    assert Credential.objects.get(account=account).sealed != sealed
    assert old["refresh_token"] not in platform.refresh
    health.check_account(account, timezone.now())
    account.refresh_from_db()
    assert (account.state, platform.calls["renew_refresh_token"]) == ("healthy", 1)


def test_people_are_warned_before_the_last_renewal_ends(workspace, owner, platform):
    account = make_douyin(workspace, platform)
    secret = {**platform.secret(), "renewals": "5", "refresh_ends": str(time.time() + 29 * DAY)}
    gateway.store_secret(account, secret)
    health.check_account(account, timezone.now())
    account.refresh_from_db()
    assert account.state == "soon"


def test_a_worker_with_an_old_secret_takes_the_renewed_one(workspace, platform):
    account = make_douyin(workspace, platform)
    gateway.store_secret(account, {**platform.secret(), "refresh_ends": str(time.time() + 3600)})
    first, second = gateway.connect(account), gateway.connect(account)
    assert first.profile().remote_id == second.profile().remote_id == "open-1"
    gateway.keep_renewed(account, second)
    assert platform.calls["renew_refresh_token"] == 1
    assert gateway.connect(account).profile().remote_id == "open-1"
