"""Make rows for tests: sensible defaults, only what matters is named by the caller."""

import itertools

from django.utils import timezone

from content.models import ContentItem, Publication, Variant
from mediaops.models import Membership, User, Workspace
from platforms.models import Account, Post

_numbers = itertools.count(1)


def make_workspace(**fields):
    n = next(_numbers)
    return Workspace.objects.create(**{"name": f"Workspace {n}", "slug": f"ws-{n}", "language": "en"} | fields)


def make_member(workspace, *, role="editor", name="", email="", **fields):
    n = next(_numbers)
    user = User.objects.create_user(
        email or f"{role}{n}@team.example",
        name=name or role.title(),
        language="en",
        time_zone="Asia/Shanghai",
    )
    return Membership.objects.create(workspace=workspace, user=user, role=role, **fields)


def make_account(workspace, *, platform="site", **fields):
    n = next(_numbers)
    return Account.objects.create(
        **{
            "workspace": workspace,
            "platform": platform,
            "remote_id": f"account-{n}",
            "name": f"Account {n}",
            "checked_at": timezone.now(),
        }
        | fields
    )


def make_post(account, **fields):
    n = next(_numbers)
    return Post.objects.create(
        **{
            "account": account,
            "remote_id": f"post-{n}",
            "url": f"https://out.example/{n}",
            "title": f"Post {n}",
            "published_at": timezone.now(),
            "first_seen": "synced",
        }
        | fields
    )


def make_item(workspace, **fields):
    n = next(_numbers)
    return ContentItem.objects.create(**{"workspace": workspace, "title": f"Item {n}", "body": "Words."} | fields)


def make_variant(item, account, **fields):
    return Variant.objects.create(item=item, account=account, **fields)


def make_publication(variant, *, due_at=None, **fields):
    due_at = due_at or timezone.now()
    return Publication.objects.create(**{"variant": variant, "due_at": due_at, "attempt_after": due_at} | fields)
