"""The product's own actions on real servers: connect, publish, doubt, sync, answer."""

import time
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from platforms.actions import answering, connecting, posting, syncing
from platforms.connectors.remote import PostRef
from platforms.models import Account, Message, Post
from platforms.models.reply import ReplyState
from tests.platforms.connectors.posts import make_image, make_outgoing

pytestmark = [pytest.mark.real, pytest.mark.django_db]


def sync(account):
    Account.objects.filter(pk=account.pk).update(synced_at=None, looked_back_at=None)
    account.refresh_from_db()
    assert syncing.sync_account(account, timezone.now())


def until(look, wait_s=20):
    end = time.monotonic() + wait_s
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.5)
    return found


def walk(account, owner, say_elsewhere):
    """Publish, find again, see what others did, answer."""
    now = timezone.now()
    outgoing = make_outgoing(images=(make_image(),))
    post = posting.publish(account, outgoing, now)
    assert posting.publish(account, outgoing, now).pk == post.pk
    assert posting.find(account, outgoing, since=now - timedelta(minutes=1), now=now).pk == post.pk
    written, said = say_elsewhere(post)

    def heard():
        sync(account)
        return Message.objects.filter(remote_id=said).first()

    message = until(heard)
    assert message.conversation.post_id == post.pk
    assert Post.objects.filter(account=account, remote_id=written, removed_at=None).exists()
    assert not Post.objects.filter(account=account, removed_at__isnull=False).exists()
    row = answering.reply(message.conversation, "谢谢 🍵", by=owner, now=timezone.now())
    assert answering.send(row, timezone.now()).state == ReplyState.SENT
    sync(account)
    assert Message.objects.filter(conversation=message.conversation, is_own=True).count() == 1
    posting.delete(post, by=owner, now=timezone.now())
    assert posting.find(account, outgoing, since=now - timedelta(minutes=1), now=now) is None


def test_wordpress(workspace, owner, wordpress_server):
    account = connecting.connect_account(
        workspace,
        "wordpress",
        {
            "address": wordpress_server["WP_URL"],
            "username": "erin",
            "password": wordpress_server["WP_ERIN_APP_PASSWORD"],
        },
        by=owner,
        now=timezone.now(),
    )
    auth = ("admin", wordpress_server["WP_ADMIN_APP_PASSWORD"])

    def ask(path, values):
        address = f"{wordpress_server['WP_URL']}/wp-json/wp/v2/{path}"
        return str(httpx.post(address, json=values, auth=auth, trust_env=False).json()["id"])

    def say_elsewhere(post):
        written = ask("posts", {"title": "Elsewhere", "content": "Words.", "status": "publish"})
        return written, ask("comments", {"post": int(post.remote_id), "content": f"好茶 {post.pk} {time.time()}"})

    walk(account, owner, say_elsewhere)


def test_bluesky(workspace, owner, bluesky_server):
    if bluesky_server.get("BSKY_MODE") != "full":
        pytest.skip("this Bluesky has no AppView")

    def connect(name):
        credentials = {
            "handle": bluesky_server[f"BSKY_{name}_HANDLE"],
            "password": bluesky_server[f"BSKY_{name}_APP_PASSWORD"],
            "server": bluesky_server["BSKY_PDS_URL"],
        }
        return connecting.connect_account(workspace, "bluesky", credentials, by=owner, now=timezone.now())

    ours, reader = connect("CAROL"), connect("BOB")

    def say_elsewhere(post):
        from platforms import gateway

        written = gateway.connect(ours).publish(make_outgoing(text="By hand.", images=()))
        return written.remote_id, until(lambda: _answer(gateway.connect(reader), post))

    def _answer(connector, post):
        return (
            connector.reply(post.remote_id, "好茶！").remote_id
            if list(connector.post_readings([PostRef(post.remote_id)]))
            else ""
        )

    walk(ours, owner, say_elsewhere)
