"""What the clock starts on the platforms' floor: id in, one action out. The tables are the queue."""

import logging
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from platforms import places
from platforms.actions import answering, callbacks, contacts, following, health, syncing
from platforms.connectors import CONNECTORS
from platforms.connectors.base import Connects, KeepsContacts, ReadsComments, ReadsMessages, ReadsPosts
from platforms.models import Account, CallbackEvent, ContactBook, Reply

log = logging.getLogger(__name__)
AT_ONCE = 50


def _platforms_that(*capabilities: type) -> list[str]:
    return [key for key, cls in CONNECTORS.items() if any(issubclass(cls, each) for each in capabilities)]


@shared_task
def sync_accounts() -> None:
    """Hand every account that is due to a worker of its own."""
    now = timezone.now()
    due = Account.objects.to_sync(now).filter(platform__in=_platforms_that(ReadsPosts, ReadsMessages, ReadsComments))
    for pk in due.order_by("sync_after").values_list("pk", flat=True)[:AT_ONCE]:
        claimed = syncing.claim(pk, now)
        if claimed is not None:
            sync_account.delay(pk, claimed.isoformat())


@shared_task
def sync_account(pk: int, claimed: str) -> None:
    account = syncing.take_over(pk, datetime.fromisoformat(claimed), timezone.now())
    if account is None:
        return
    with places.taken(account) as is_free:
        if is_free:
            syncing.sync_account(account, timezone.now())
        else:
            syncing.put_off(account, timezone.now())


@shared_task
def follow_posts() -> None:
    """Hand every account with posts to ask about to a worker."""
    for pk in following.due_accounts(timezone.now()):
        follow_account.delay(pk)


@shared_task
def follow_account(pk: int) -> None:
    account = Account.objects.working().select_related("workspace").filter(pk=pk).first()
    if account is None:
        return
    with places.taken(account) as is_free:
        if is_free:  # else the clock finds it again
            following.follow_account(account, timezone.now())


@shared_task
def check_accounts() -> None:
    """Hand every account whose health should be looked at to a worker."""
    now = timezone.now()
    due = Account.objects.to_check(now).filter(platform__in=_platforms_that(Connects))
    for pk in due.order_by("check_after").values_list("pk", flat=True)[:AT_ONCE]:
        if health.claim_check(pk, now):
            check_account.delay(pk)


@shared_task
def check_account(pk: int) -> None:
    account = Account.objects.connected().select_related("workspace").filter(pk=pk).first()
    if account is None:
        return
    with places.taken(account) as is_free:
        if is_free:
            health.check_account(account, timezone.now())
        else:
            health.check_soon(account, timezone.now())


@shared_task
def send_replies() -> None:
    """Hand answers that are due to workers."""
    for pk in answering.hand_over(timezone.now()):
        send_reply.delay(pk)


@shared_task
def send_reply(pk: int) -> None:
    rows = Reply.objects.select_related("to", "conversation__account__workspace", "by__user", "by__workspace")
    row = rows.filter(pk=pk).first()
    if row is None:
        return
    with places.taken(row.conversation.account, "answers") as is_free:
        if is_free:
            answering.send(row, timezone.now())
        else:
            answering.put_off(row, timezone.now())


@shared_task
def sweep_replies() -> None:
    """Find answers whose worker went silent, and tell of those that stay in doubt."""
    now = timezone.now()
    answering.release_stuck(now)
    answering.tell_of_doubts(now)


@shared_task
def take_callbacks() -> None:
    """Hand what platforms told us to workers."""
    for pk in callbacks.hand_over(timezone.now()):
        understand_callback.delay(pk)


@shared_task
def understand_callback(pk: int) -> None:
    row = CallbackEvent.objects.select_related("account__workspace").filter(pk=pk).first()
    if row is None:
        return
    with places.taken(row.account, "answers") as is_free:
        if is_free:
            callbacks.understand(row, timezone.now())
        else:
            callbacks.wait_for_place(row, timezone.now())


@shared_task
def prune_callbacks() -> int:
    return callbacks.prune(timezone.now())


@shared_task
def read_contacts() -> None:
    """Hand every account whose next page of contacts is due to a worker of its own."""
    now = timezone.now()
    contacts.know_new(_platforms_that(KeepsContacts), now)
    for pk in contacts.books_to_read(now)[:AT_ONCE]:
        read_contact_page.delay(pk)


@shared_task
def read_contact_page(pk: int) -> None:
    book = ContactBook.objects.select_related("account__workspace").filter(pk=pk).first()
    if book is None:
        return
    with places.taken(book.account) as is_free:
        if is_free:
            contacts.read_page(book, timezone.now())
        else:
            contacts.read_soon(book, timezone.now())
