"""Rows of the platforms' floor for tests."""

import itertools
from datetime import timedelta

from django.utils import timezone

from platforms import gateway
from platforms.models import Conversation, Message
from tests.builders import make_account

_numbers = itertools.count(1)


def make_scripted(workspace, *, platform="scripted", secret=None, **fields):
    """An account on a scripted platform, with a stored secret."""
    fields = {"remote_id": "scripted-account", "name": "Scripted"} | fields
    account = make_account(workspace, platform=platform, **fields)
    gateway.store_secret(account, secret or {"name": fields["remote_id"], "password": "open sesame"})
    return account


def make_conversation(account, *, text="How much is it?", waits=True, **fields):
    n = next(_numbers)
    at = fields.pop("at", timezone.now() - timedelta(hours=1))
    talk = Conversation.objects.create(
        **{
            "account": account,
            "thread_id": f"thread-{n}",
            "kind": "comment",
            "who_id": f"reader-{n}",
            "who_name": f"Reader {n}",
            "last_text": text,
            "last_at": at,
            "waits_since": at if waits else None,
        }
        | fields
    )
    make_message(talk, text=text, at=at)
    return talk


def make_message(conversation, *, text="How much is it?", is_own=False, **fields):
    n = next(_numbers)
    return Message.objects.create(
        **{
            "conversation": conversation,
            "remote_id": f"message-{n}",
            "text": text,
            "at": timezone.now(),
            "is_own": is_own,
            "author_id": "" if is_own else conversation.who_id,
            "author_name": "We" if is_own else conversation.who_name,
        }
        | fields
    )
