"""Publications that are ready to go out, and the machine that sends them without Celery."""

from datetime import UTC, datetime, timedelta

from content.actions import handing, publishing
from content.digest import digest
from content.models import Publication, Review
from platforms.gateway import store_secret
from tests.builders import make_account, make_item, make_publication, make_variant

NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


def make_connected(workspace, platform="scripted", **fields):
    account = make_account(workspace, platform=platform, **fields)
    store_secret(account, {"name": account.remote_id, "password": "hush"})
    return account


def approve(item, by=None):
    """Approve the item as it stands, as the last of its rounds."""
    number = Review.objects.filter(item=item).count() + 1
    Review.objects.create(item=item, round=number, state="approved", digest=digest(item), decided_by=by)
    type(item).objects.filter(pk=item.pk).update(state="approved")
    item.state = "approved"


def make_ready(account, *, due_at=NOW, title="First flush", **fields):
    """Make an approved piece with one publication on `account`."""
    item = make_item(account.workspace, title=title)
    variant = make_variant(item, account)
    approve(item)
    return make_publication(variant, due_at=due_at, **fields)


def publish(publication, now=NOW):
    """Do what a worker does with the row; return the row as it is afterwards."""
    publishing.publish_one(publication.pk, now, worker="test")
    return fresh(publication)


def fresh(publication):
    return Publication.objects.select_related("variant__item__workspace", "variant__account").get(pk=publication.pk)


def tick(now=NOW):
    """Do what the clock and the workers do in one second; return how many rows were handed over."""
    rows = handing.hand_out(now)
    for pk in rows:
        publishing.publish_one(pk, now)
    return len(rows)


def later(**time):
    return NOW + timedelta(**time)
