"""Publishing on an account, and the one place where a Post is written."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from platforms import gateway
from platforms.connectors.base import (
    ChecksTickets,
    Deletes,
    FindsByKey,
    HandOver,
    OutgoingPost,
    PostRef,
    Publishes,
    ReadsPosts,
    RemotePost,
    RepeatsSafely,
    Ticket,
)
from platforms.models import Account, Post
from platforms.models.post import FirstSeen

Published = Post | Ticket | HandOver


def can_publish(account: Account) -> bool:
    """Say whether a machine can publish here; if not, a person does it by hand."""
    return gateway.can(account, Publishes) and not account.is_by_hand


def repeats_safely(account: Account) -> bool:
    """Say whether a repeat with the same key cannot make a second post."""
    return gateway.can(account, RepeatsSafely)


def finds_by_key(account: Account) -> bool:
    """Say whether the platform can be asked, with certainty, for a publication's key."""
    return gateway.can(account, FindsByKey)


def publish(account: Account, outgoing: OutgoingPost, now: datetime) -> Published:
    """Send `outgoing`; return the Post it became, a Ticket to ask about later, or what a person must finish.

    Raises the four errors of `connectors.errors`; no transaction may be open.
    """
    connector = gateway.connect(account)
    try:
        return _settled(account, connector.publish(outgoing), outgoing, now)
    finally:
        gateway.keep_renewed(account, connector)


def publish_again(account: Account, outgoing: OutgoingPost, now: datetime) -> Published:
    """Settle a doubt by repeating with the same key; only where `repeats_safely`."""
    connector = gateway.connect(account)
    try:
        return _settled(account, connector.publish_again(outgoing), outgoing, now)
    finally:
        gateway.keep_renewed(account, connector)


def check(account: Account, ticket: Ticket, now: datetime) -> Published:
    """Ask about a ticket: the Post it became, a Ticket to ask about again, or what a person must finish."""
    connector = gateway.connect(account)
    if not isinstance(connector, ChecksTickets):
        raise TypeError(f"{account.platform} gives tickets but cannot check them")
    try:
        return _settled(account, connector.check(ticket), None, now)
    finally:
        gateway.keep_renewed(account, connector)


def find(account: Account, outgoing: OutgoingPost, *, since: datetime, now: datetime) -> Post | None:
    """Look on the platform for what may have become of `outgoing`; None when it is not there.

    Where the platform knows our key the answer is certain. Elsewhere recent posts are read and one
    with the same words, published after `since`, is taken for it; then None is not certain.
    Raises ConnectorError when the platform cannot be asked.
    """
    connector = gateway.connect(account)
    try:
        if isinstance(connector, FindsByKey):
            remote = connector.find(outgoing.key)
        elif isinstance(connector, ReadsPosts):
            recent = connector.recent_posts(since - timedelta(minutes=2))
            remote = next((post for post in recent if _same_words(post, outgoing)), None)
        else:
            remote = None
    finally:
        gateway.keep_renewed(account, connector)
    return record_post(account, remote, first_seen=FirstSeen.PUBLISHED, now=now) if remote else None


def delete(post: Post, now: datetime) -> None:
    """Remove a post from its platform and mark the row; the row itself stays."""
    connector = gateway.connect(post.account)
    if not isinstance(connector, Deletes):
        raise TypeError(f"{post.account.platform} cannot delete")
    try:
        connector.delete(post.remote_id)
    finally:
        gateway.keep_renewed(post.account, connector)
    Post.objects.filter(pk=post.pk).update(removed_at=now)


def record_post(account: Account, remote: RemotePost, *, first_seen: str, now: datetime) -> Post:
    """Write what a platform told about one post: a new row, or the known one brought up to date.

    The only function that writes a Post, so it does not matter whether publishing or syncing sees
    it first. `first_seen` is kept from the first time.
    """
    told = {
        "url": remote.url[:1000],
        "title": remote.title[:300],
        "text": remote.text,
        "kind": remote.kind,
        "part_of": remote.part_of,
        "published_at": remote.published_at,
        "seen_at": now,
        "removed_at": None,
        "removed_why": "",
        **({"data": dict(remote.data)} if remote.data else {}),
    }
    known = Post.objects.filter(account=account, remote_id=remote.remote_id)
    if not known.update(**told):
        try:
            with transaction.atomic():
                return Post.objects.create(account=account, remote_id=remote.remote_id, first_seen=first_seen, **told)
        except IntegrityError:  # publishing and syncing saw it in the same moment
            known.update(**told)
    return known.get()


def record_posts(account: Account, remotes: Iterable[RemotePost], now: datetime) -> list[Post]:
    """Write what syncing saw; see `record_post`."""
    return [record_post(account, remote, first_seen=FirstSeen.SYNCED, now=now) for remote in remotes]


def ref_of(post: Post) -> PostRef:
    """Return the post as connectors get it back."""
    return PostRef(post.remote_id, post.url, post.title, post.published_at, post.data)


def _settled(
    account: Account, result: RemotePost | Ticket | HandOver, outgoing: OutgoingPost | None, now: datetime
) -> Published:
    if isinstance(result, Ticket | HandOver):
        return result
    post = record_post(account, result, first_seen=FirstSeen.PUBLISHED, now=now)
    if outgoing and not post.title and outgoing.title:  # some platforms do not hand the title back
        Post.objects.filter(pk=post.pk).update(title=outgoing.title[:300])
        post.title = outgoing.title[:300]
    return post


def _same_words(post: RemotePost, outgoing: OutgoingPost) -> bool:
    if outgoing.title and post.title:
        return _folded(post.title) == _folded(outgoing.title)
    return bool(post.text) and _folded(post.text)[:200] == _folded(outgoing.text)[:200]


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()
