"""Publishing on an account, and the one place where a Post is written."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mediaops.actions.activity import record
from mediaops.errors import UserError, WrongState
from mediaops.lib import bulk
from mediaops.models import Membership
from platforms import gateway
from platforms.actions import health
from platforms.connectors.account import AccountRight
from platforms.connectors.base import (
    ChecksTickets,
    Deletes,
    FindsByKey,
    FollowsPosts,
    Previews,
    Publishes,
    ReadsPosts,
    RepeatsSafely,
    Updates,
)
from platforms.connectors.counting import links_of
from platforms.connectors.errors import (
    ConnectorError,
    NeedsReconnect,
    NothingSent,
    NotPermitted,
    OutcomeUnknown,
)
from platforms.connectors.outgoing import OutgoingPost
from platforms.connectors.remote import HandOver, PostRef, RemotePost, Ticket
from platforms.models import Account, Post
from platforms.models.account import Relation
from platforms.models.post import FirstSeen

log = logging.getLogger(__name__)

LONG_ENOUGH = 8
"""Words of fewer signs are only known again when they are the whole text."""
FIRST_LOOK = timedelta(hours=1)
"""After this it is asked for the first time whether a post still stands; see `following`."""
REPEAT_TAKES = timedelta(minutes=2)
"""A repeat may be on its way so long; the platform must know the key until then."""

Published = Post | Ticket | HandOver


def can_publish(account: Account) -> bool:
    """Say whether a machine can publish here; if not, a person does it by hand."""
    return gateway.can(account, Publishes) and not account.is_by_hand


def repeats_safely(account: Account, options: Mapping[str, Any], *, since: datetime, now: datetime) -> bool:
    """Say whether a repeat with the same key cannot make a second post, going out with these options.

    `since` is when the key was first sent: some platforms know it again for a while only.
    """
    spec = account.spec
    if spec.repeats_for_s is not None and now - since > timedelta(seconds=spec.repeats_for_s) - REPEAT_TAKES:
        return False
    return gateway.can(account, RepeatsSafely) and all(
        options.get(name) == value for name, value in spec.repeats_where.items()
    )


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


def preview(account: Account, outgoing: OutgoingPost, to: str) -> None:
    """Show `outgoing` on the platform to one person; raises the errors of `connectors.errors`."""
    connector = gateway.connect(account)
    if not isinstance(connector, Previews):
        raise TypeError(f"{account.platform} shows nothing to single people")
    try:
        connector.preview(outgoing, to)
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


class NotDone(UserError):
    """The platform did not do to a live post what a person asked for; the sentence says what to do."""

    status = HTTPStatus.CONFLICT
    code = "not_done"


def can_delete(post: Post) -> bool:
    """Say whether the post can be deleted on its platform from here."""
    return _is_in_reach(post) and gateway.can(post.account, Deletes)


def can_update(post: Post) -> bool:
    """Say whether the post's words can be changed on its platform from here."""
    return _is_in_reach(post) and gateway.can(post.account, Updates)


def delete(post: Post, *, by: Membership, now: datetime) -> Post:
    """Delete a post from its platform and mark the row; the row, its talks and its figures stay.

    Raises NotDone with one sentence when the platform did not do it, or may not have.
    """
    if not can_delete(post):
        raise WrongState(_("This post cannot be deleted from here; delete it on the platform."))
    with _acting(post, "delete", now) as connector:
        connector.delete(post.remote_id)
    post.removed_at, post.removed_why = now, _("Deleted from here by %(name)s.") % {"name": by.name}
    with transaction.atomic():
        Post.objects.filter(pk=post.pk).update(removed_at=now, removed_why=post.removed_why)
        record(by=by, verb="post.deleted", subject=post, workspace=post.account.workspace)
    log.info("post %s: deleted on its platform", post.pk)
    return post


def update(post: Post, outgoing: OutgoingPost, now: datetime) -> Post:
    """Replace the post's words and pictures on its platform. Raises NotDone as `delete` does."""
    if not can_update(post):
        raise WrongState(_("This post cannot be changed from here; change it on the platform."))
    with _acting(post, "update", now) as connector:
        remote = connector.update(post.remote_id, outgoing)
    return _settled_post(post.account, remote, outgoing, now)


def _is_in_reach(post: Post) -> bool:
    account = post.account
    return post.removed_at is None and account.relation == Relation.OWN and account.is_working


@contextmanager
def _acting(post: Post, right: AccountRight, now: datetime) -> Iterator[Any]:
    """Give the connector of a post's account; what goes wrong at the platform becomes a sentence."""
    account = post.account
    try:
        connector = gateway.connect(account)
        try:
            yield connector
        finally:
            gateway.keep_renewed(account, connector)
    except NeedsReconnect as error:
        health.mark_expired(account, error, now)
        raise NotDone(error) from None
    except NotPermitted as error:
        health.lose_right(account, right, error, now)
        raise NotDone(_("%(problem)s Do it on the platform itself.") % {"problem": error}) from None
    except OutcomeUnknown as error:
        raise NotDone(_("%(problem)s Look on the platform before you try again.") % {"problem": error}) from None
    except NothingSent as error:
        raise NotDone(_("%(problem)s Nothing was changed; try again later.") % {"problem": error}) from None
    except ConnectorError as error:
        raise NotDone(error) from None


def record_post(account: Account, remote: RemotePost, *, first_seen: str, now: datetime) -> Post:
    """Write what a platform told about one post: a new row, or the known one brought up to date.

    With `record_new_posts` the only way in which a Post is written, so it does not matter whether
    publishing or syncing sees it first. `first_seen` is kept from the first time.
    """
    told = _told(remote, now)
    if not remote.data:  # what a connector said before stays
        del told["data"]
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


def record_new_posts(
    account: Account, remotes: Sequence[RemotePost], *, first_seen: str, now: datetime
) -> dict[str, int]:
    """Write many posts that nobody knows yet, at once; return the ids of the rows by remote id.

    One that is known after all stays as it is. See `record_post`.
    """
    names = ["account_id", "remote_id", "first_seen", *_told(remotes[0], now)] if remotes else []
    rows = ((account.pk, remote.remote_id, first_seen, *_told(remote, now).values()) for remote in remotes)
    bulk.insert(Post, names, rows, skip_known=True)
    ids = [remote.remote_id for remote in remotes]
    return dict(Post.objects.filter(account=account, remote_id__in=ids).order_by().values_list("remote_id", "pk"))


def _told(remote: RemotePost, now: datetime) -> dict[str, Any]:
    return {
        "url": remote.url[:1000],
        "title": remote.title[:300],
        "text": remote.text,
        "kind": remote.kind,
        "part_of": remote.part_of,
        "published_at": remote.published_at,
        "seen_at": now,
        "removed_at": None,
        "removed_why": "",
        "data": dict(remote.data),
    }


def _settled(
    account: Account, result: RemotePost | Ticket | HandOver, outgoing: OutgoingPost | None, now: datetime
) -> Published:
    if isinstance(result, Ticket | HandOver):
        return result
    return _settled_post(account, result, outgoing, now)


def _settled_post(account: Account, result: RemotePost, outgoing: OutgoingPost | None, now: datetime) -> Post:
    post = record_post(account, result, first_seen=FirstSeen.PUBLISHED, now=now)
    for part in result.parts:
        record_post(account, part, first_seen=FirstSeen.PUBLISHED, now=now)
    if gateway.can(account, FollowsPosts):
        Post.objects.filter(pk=post.pk).update(follow_after=now + FIRST_LOOK)
    if outgoing and not post.title and outgoing.title:  # some platforms do not hand the title back
        Post.objects.filter(pk=post.pk).update(title=outgoing.title[:300])
        post.title = outgoing.title[:300]
    return post


def _same_words(post: RemotePost, outgoing: OutgoingPost) -> bool:
    """Compare titles, else words; some platforms write every link anew (t.cn), so links only have to be there."""
    if outgoing.title and post.title:
        return _folded(post.title) == _folded(outgoing.title)
    if not post.text:
        return False
    theirs, ours = _folded(post.text), _folded(outgoing.text)
    if theirs[:200] == ours[:200] or (len(ours) >= LONG_ENOUGH and theirs.startswith(ours)):
        return True  # some platforms want the tags behind the words
    return _folded(_with_bare_links(post.text)) == _folded(_with_bare_links(outgoing.text))


def _with_bare_links(text: str) -> str:
    for link in reversed(links_of(text)):
        text = f"{text[: link.start]}\x00{text[link.end :]}"
    return text


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()
