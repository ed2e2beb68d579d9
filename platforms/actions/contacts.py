"""Who follows an account: read page by page, labelled, remarked upon."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.models import Membership
from platforms import gateway, places
from platforms.actions import health
from platforms.connectors.base import KeepsContacts
from platforms.connectors.errors import ConnectorError, NeedsReconnect, NothingSent, NotPermitted
from platforms.connectors.remote import RemoteContact, RemoteEvent, RemoteTag
from platforms.models import Account, Contact, ContactBook, ContactTag, Conversation

log = logging.getLogger(__name__)

READ_EVERY = timedelta(hours=12)
"""How long after one complete reading of an account's contacts the next one begins."""
NEXT_PAGE = timedelta(seconds=2)
LEASE = timedelta(minutes=15)
RETRY_WAIT, RETRY_MAX = timedelta(minutes=5), timedelta(hours=12)
REMARK_MAX, TAG_MAX = 30, 30
AT_ONCE = 50
"""How many people are labelled by one call."""


def keeps(account: Account) -> bool:
    """Say whether the account's followers can be read and labelled from here."""
    return gateway.can(account, KeepsContacts)


def know_new(platforms: Sequence[str], now: datetime) -> int:
    """Begin reading the contacts of accounts that were not read yet; return how many are new."""
    rows = Account.objects.own().working().filter(platform__in=platforms, contact_book=None).exclude(rights=[])
    books = [ContactBook(account_id=pk, next_at=now) for pk in rows.values_list("pk", flat=True)]
    ContactBook.objects.bulk_create(books, ignore_conflicts=True)
    return len(books)


def books_to_read(now: datetime) -> list[int]:
    """Take the books of which a page is due, each for one worker; return their accounts' ids."""
    taken = []
    working = Account.objects.own().working()
    for pk, was in ContactBook.objects.due(now).filter(account__in=working).values_list("pk", "next_at"):
        if ContactBook.objects.filter(pk=pk, next_at=was).update(next_at=now + LEASE):
            taken.append(pk)
    return taken


def read_page(book: ContactBook, now: datetime) -> int:
    """Read one page of an account's contacts; return how many people it named."""
    account = book.account
    if not keeps(account):
        _turn(book, next_at=now + READ_EVERY)
        return 0
    try:
        connector = gateway.connect(account)
        try:
            if book.began_at is None:
                keep_tags(account, connector.contact_tags())
                _turn(book, began_at=now, after="")
            page = connector.contacts(book.after)
        finally:
            gateway.keep_renewed(account, connector)
    except places.GiveWay:
        read_soon(book, now)
        return 0
    except ConnectorError as error:
        _fail(book, error, now)
        return 0
    keep_contacts(account, page.contacts, now)
    if page.after and page.after != book.after:
        _turn(book, after=page.after, next_at=now + NEXT_PAGE, failures=0, problem="")
    else:
        _note_left(book, now)
        _turn(book, after="", began_at=None, read_at=now, next_at=now + READ_EVERY, failures=0, problem="")
    return len(page.contacts)


def read_soon(book: ContactBook, now: datetime) -> None:
    """Let a book that was taken be due again in a moment: its server has no place for it now."""
    _turn(book, next_at=now + places.SOON)


def _fail(book: ContactBook, error: ConnectorError, now: datetime) -> None:
    if isinstance(error, NotPermitted):
        health.lose_right(book.account, "contacts", error, now)
    elif isinstance(error, NeedsReconnect):
        health.mark_expired(book.account, error, now)
    asked = timedelta(seconds=error.wait_s) if isinstance(error, NothingSent) and error.wait_s else timedelta(0)
    wait = max(asked, min(RETRY_WAIT * 2 ** min(book.failures, 8), RETRY_MAX))
    _turn(book, failures=book.failures + 1, problem=str(error)[:400], next_at=now + wait)
    log.info("account %s told no contacts: %s", book.account_id, type(error).__name__)


def _turn(book: ContactBook, **changes: Any) -> None:
    ContactBook.objects.filter(pk=book.pk).update(**changes)
    for name, value in changes.items():
        setattr(book, name, value)


def _note_left(book: ContactBook, now: datetime) -> None:
    """Whoever a complete reading did not name does not follow any more."""
    if book.began_at is not None:
        Contact.objects.following().filter(account=book.account, seen_at__lt=book.began_at).update(left_at=now)


def keep_tags(account: Account, told: Iterable[RemoteTag]) -> None:
    """Write the account's labels as the platform has them; those it does not have go."""
    rows = [ContactTag(account=account, remote_id=tag.remote_id[:100], name=tag.name[:100]) for tag in told]
    ContactTag.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["account", "remote_id"], update_fields=["name"]
    )
    ContactTag.objects.filter(account=account).exclude(remote_id__in=[row.remote_id for row in rows]).delete()


def keep_contacts(account: Account, told: Sequence[RemoteContact], now: datetime) -> None:
    """Write what a platform told about people, with their labels."""
    here = {contact.remote_id: contact for contact in told if contact.remote_id}
    rows = [
        Contact(
            account=account, remote_id=each.remote_id[:200], name=each.name[:200], remark=each.remark[:60],
            avatar_url=each.avatar_url[:1000], followed_at=each.followed_at, seen_at=now,
            left_at=now if each.is_gone else None,
        )
        for each in here.values()
    ]  # fmt: skip
    with transaction.atomic():
        Contact.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["account", "remote_id"],
            update_fields=["name", "remark", "avatar_url", "followed_at", "seen_at", "left_at"],
            batch_size=500,
        )
        _keep_labels(account, here)


def _keep_labels(account: Account, told: dict[str, RemoteContact]) -> None:
    tags = dict(ContactTag.objects.filter(account=account).values_list("remote_id", "pk"))
    ids, names = list(told), Contact.tags.through
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        known = dict(Contact.objects.filter(account=account, remote_id__in=part).values_list("remote_id", "pk"))
        wanted = {
            (known[remote_id], tags[tag])
            for remote_id in part
            if remote_id in known
            for tag in told[remote_id].tags
            if tag in tags
        }
        links = names.objects.filter(contact__in=list(known.values()))
        had = {(contact, tag): pk for pk, contact, tag in links.values_list("pk", "contact_id", "contacttag_id")}
        names.objects.filter(pk__in=[pk for pair, pk in had.items() if pair not in wanted]).delete()
        names.objects.bulk_create(
            [names(contact_id=contact, contacttag_id=tag) for contact, tag in wanted - set(had)],
            ignore_conflicts=True,
        )


def note_event(account: Account, event: RemoteEvent) -> None:
    """Let a follow or its end change the contact at once."""
    if not event.who_id or event.kind not in {"follow", "unfollow"} or not keeps(account):
        return
    came = event.kind == "follow"
    changes = {"left_at": None, "followed_at": event.at} if came else {"left_at": event.at}
    rows = Contact.objects.filter(account=account, remote_id=event.who_id[:200])
    if not rows.update(**changes, seen_at=event.at):
        row = Contact(account=account, remote_id=event.who_id[:200], seen_at=event.at, **changes)
        Contact.objects.bulk_create([row], ignore_conflicts=True)


def note_person(account: Account, remote_id: str, now: datetime) -> None:
    """Know somebody who writes to the account as a contact of it."""
    if remote_id and keeps(account):
        row = Contact(account=account, remote_id=remote_id[:200], seen_at=now)
        Contact.objects.bulk_create([row], ignore_conflicts=True)


def tag(contacts: Sequence[Contact], label: ContactTag, *, by: Membership, now: datetime) -> int:
    """Put a label on people, there and here; return how many carry it newly."""
    rows = _of(label.account, contacts)
    fresh = [row for row in rows if not row.tags.filter(pk=label.pk).exists()]
    for part in _parts(fresh):
        ids = [row.remote_id for row in part]
        _ask(label.account, now, lambda connector, ids=ids: connector.tag_contacts(label.remote_id, ids))
        for row in part:
            row.tags.add(label)
    for row in fresh:
        record(by=by, verb="contact.tagged", subject=row, tag=label.name)
    return len(fresh)


def untag(contacts: Sequence[Contact], label: ContactTag, *, by: Membership, now: datetime) -> int:
    """Take a label off people, there and here; return how many carried it."""
    rows = [row for row in _of(label.account, contacts) if row.tags.filter(pk=label.pk).exists()]
    for part in _parts(rows):
        ids = [row.remote_id for row in part]
        _ask(label.account, now, lambda connector, ids=ids: connector.untag_contacts(label.remote_id, ids))
        for row in part:
            row.tags.remove(label)
    for row in rows:
        record(by=by, verb="contact.untagged", subject=row, tag=label.name)
    return len(rows)


def remark(contact: Contact, text: str, *, by: Membership, now: datetime) -> Contact:
    """Change how the team calls a person; their talks are called so from now on."""
    words = " ".join(text.split())
    if len(words) > REMARK_MAX:
        raise _wrong("remark", _("A remark has at most %(max)d characters.") % {"max": REMARK_MAX})
    _ask(contact.account, now, lambda connector: connector.remark(contact.remote_id, words))
    contact.remark = words
    with transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(remark=words)
        talks = Conversation.objects.filter(account=contact.account_id, who_id=contact.remote_id)
        talks.update(who_name=contact.shown_name)
        record(by=by, verb="contact.remarked", subject=contact)
    return contact


def make_tag(account: Account, name: str, *, by: Membership, now: datetime) -> ContactTag:
    """Make a label for an account's contacts, there and here."""
    words = _tag_name(account, name)
    told = _ask(account, now, lambda connector: connector.make_tag(words))
    with transaction.atomic():
        row, _made = ContactTag.objects.update_or_create(
            account=account, remote_id=told.remote_id, defaults={"name": told.name or words}
        )
        record(by=by, verb="contact_tag.made", subject=row)
    return row


def rename_tag(row: ContactTag, name: str, *, by: Membership, now: datetime) -> ContactTag:
    """Rename a label, there and here."""
    words = _tag_name(row.account, name, row)
    _ask(row.account, now, lambda connector: connector.rename_tag(row.remote_id, words))
    before, row.name = row.name, words
    with transaction.atomic():
        ContactTag.objects.filter(pk=row.pk).update(name=words)
        record(by=by, verb="contact_tag.renamed", subject=row, before=before)
    return row


def drop_tag(row: ContactTag, *, by: Membership, now: datetime) -> None:
    """Remove a label, there and here; the people stay."""
    _ask(row.account, now, lambda connector: connector.drop_tag(row.remote_id))
    with transaction.atomic():
        record(by=by, verb="contact_tag.dropped", subject=row)
        row.delete()


def _tag_name(account: Account, name: str, row: ContactTag | None = None) -> str:
    words = " ".join(name.split())
    if not words or len(words) > TAG_MAX:
        raise _wrong("name", _("A label has 1 to %(max)d characters.") % {"max": TAG_MAX})
    twins = ContactTag.objects.filter(account=account, name=words)
    if (twins.exclude(pk=row.pk) if row else twins).exists():
        raise _wrong("name", _("There is a label of this name already."))
    return words


def _of(account: Account, contacts: Sequence[Contact]) -> list[Contact]:
    if any(row.account_id != account.pk for row in contacts):
        raise UserError(_("A label is only for the contacts of its own account."))
    return list(contacts)


def _parts(rows: list[Contact]) -> Iterable[list[Contact]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _ask(account: Account, now: datetime, what: Any) -> Any:
    """Do something on the platform that is fine to do twice; what went wrong becomes a sentence."""
    return health.ask(account, KeepsContacts, "contacts", what, now)


def _wrong(name: str, sentence: str) -> UserError:
    return UserError(sentence, fields={name: [sentence]})
