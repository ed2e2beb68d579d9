"""Keeping a claim alive while a worker talks to a platform."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone

from content.models import Publication
from content.models.publication import State

log = logging.getLogger(__name__)


def lease_until(now: datetime) -> datetime:
    """Return until when a claim made or renewed at `now` holds."""
    return now + timedelta(seconds=settings.PUBLISH_LEASE_S)


@contextmanager
def kept(publication: Publication) -> Iterator[None]:
    """Renew the row's claim in a thread of its own until the block ends.

    A worker that dies stops renewing, and the sweep finds its row within the length of a lease.
    """
    is_over = threading.Event()
    words = {"pk": publication.pk, "claims": publication.claims, "is_over": is_over}
    threading.Thread(target=_renew, kwargs=words, name=f"lease-{publication.pk}", daemon=True).start()
    try:
        yield
    finally:
        is_over.set()


def _renew(pk: int, claims: int, is_over: threading.Event) -> None:
    ours = Publication.objects.filter(pk=pk, claims=claims, state=State.SENDING)
    try:
        while not is_over.wait(settings.PUBLISH_LEASE_S / 3):
            try:
                if not ours.update(claimed_until=lease_until(timezone.now())):
                    log.warning("publication %s: its claim was taken away", pk)
                    return
            except DatabaseError as error:  # the next round tries again; without one the sweep takes the row
                log.warning("publication %s: claim not renewed: %s", pk, type(error).__name__)
    finally:
        connections.close_all()
