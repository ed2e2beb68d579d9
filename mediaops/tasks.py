"""What the clock starts on the ground."""

from importlib import import_module

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from mediaops.actions import chat, notices, tokens
from mediaops.lib import pulse


@shared_task
def note_beat() -> None:
    """Show `/readyz` that the clock's ticks reach a worker."""
    pulse.beat("clock")


@shared_task
def mail_notices() -> int:
    return notices.mail_notices(timezone.now())


@shared_task
def say_in_chats() -> None:
    """Hand what is to be said in group chats to workers."""
    for pk in chat.hand_out(timezone.now()):
        say_in_chat.delay(pk)


@shared_task
def say_in_chat(pk: int) -> None:
    chat.deliver(pk, timezone.now())


@shared_task
def sweep_answers() -> int:
    return tokens.sweep_answers(timezone.now())


@shared_task
def clear_sessions() -> None:
    """Drop the sessions that have ended."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
