"""Telling people."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from mediaops.actions.chat import say
from mediaops.models import Membership, Notice

log = logging.getLogger(__name__)
MAIL_TRIES = 5


def notify(
    members: Iterable[Membership],
    *,
    kind: str,
    key: str,
    text: object,
    way_out: object = "",
    url: str = "",
    level: str = Notice.Level.INFO,
    mail: bool = False,
    chat: bool = False,
) -> list[Notice]:
    """Tell each member once: a second call with the same `key` tells nobody again.

    `text` and `way_out` are lazy translations; each member reads them in their own language.
    `url` is a path in the product. With `mail`, who wants e-mail gets one within seconds; with
    `chat` the team's group chats are told as well.
    Returns the notices that are new.
    """
    members = list(members)
    if chat:
        for workspace in {member.workspace_id: member.workspace for member in members}.values():
            say(workspace, key=key, text=text, way_out=way_out, url=url, level=level)
    new = []
    for member in {m.pk: m for m in members}.values():
        with translation.override(member.user.language or member.workspace.language):
            row = Notice(
                member=member, kind=kind, key=key, level=level, url=url,
                text=str(text)[:400], way_out=str(way_out)[:400], mail_wanted=mail and member.user.wants_email,
            )  # fmt: skip
        made, is_new = Notice.objects.get_or_create(
            member=member, key=key, defaults={f: getattr(row, f) for f in _FIELDS}
        )
        if is_new:
            new.append(made)
    return new


_FIELDS = ("kind", "level", "url", "text", "way_out", "mail_wanted")


def mail_notices(now: datetime) -> int:
    """Send the e-mails of new notices; return how many went out. Safe for several workers."""
    sent = 0
    for pk in Notice.objects.to_mail().filter(mail_tries__lt=MAIL_TRIES).values_list("pk", flat=True)[:200]:
        # only the row's own columns: PostgreSQL does not ask a join again when two workers meet
        if not Notice.objects.filter(pk=pk, mailed_at=None).update(mailed_at=now):
            continue
        sent += _mail_one(Notice.objects.select_related("member__user", "member__workspace").get(pk=pk))
    return sent


def _mail_one(notice: Notice) -> int:
    member = notice.member
    with translation.override(member.user.language or member.workspace.language):
        context = {"notice": notice, "member": member, "link": f"{settings.SITE_URL}{notice.url}"}
        mail = EmailMultiAlternatives(
            f"[{member.workspace.name}] {notice.text}"[:180].replace("\n", " "),
            render_to_string("team/notices/mail.txt", context),
            to=[member.user.email],
        )
        mail.attach_alternative(render_to_string("team/notices/mail.html", context), "text/html")
    try:
        mail.send()
    except OSError as error:
        log.warning("notice %s not mailed: %s", notice.pk, type(error).__name__)
        Notice.objects.filter(pk=notice.pk).update(mailed_at=None, mail_tries=notice.mail_tries + 1)
        return 0
    return 1


def mark_read(member: Membership, now: datetime, *, notice: Notice | None = None) -> int:
    """Mark one notice, or all of the member's, as read."""
    rows = Notice.objects.filter(member=member, read_at=None)
    if notice is not None:
        rows = rows.filter(pk=notice.pk)
    return rows.update(read_at=now)
