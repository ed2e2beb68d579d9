"""Tokens of REST clients: made once, shown once, kept only as a hash."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NoReturn

from django.utils.translation import gettext as _

from mediaops.actions import activity
from mediaops.errors import NotAllowed, UserError
from mediaops.models import ApiToken, Membership, Right, StoredAnswer

MARK = "mo_"
KEPT = timedelta(hours=24)
"""How long the answer to an `Idempotency-Key` is kept."""
USE_NOTED_EVERY = timedelta(minutes=1)


def make_token(
    member: Membership,
    *,
    name: str,
    by: Membership | None,
    now: datetime,
    scopes: Iterable[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Return a new token's row and the token itself, which is never shown again.

    Without `scopes` it may do whatever the member's role may; with them, never more than both allow.
    """
    wanted = _checked(scopes)
    if expires_at is not None and expires_at <= now:
        raise UserError(
            _("The expiry date is in the past."), fields={"expires_at": [_("The expiry date is in the past.")]}
        )
    if not name.strip():
        raise UserError(_("Give the token a name."), fields={"name": [_("Give the token a name.")]})
    token = MARK + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        member=member, name=name.strip()[:80], prefix=token[:8], token_hash=digest(token),
        scopes=wanted, made_at=now, expires_at=expires_at,
    )  # fmt: skip
    activity.record(by=by, verb="token.made", subject=row, workspace=member.workspace, scopes=wanted)
    return row, token


def _checked(scopes: Iterable[str]) -> list[str]:
    wanted = sorted({str(scope) for scope in scopes})
    unknown = [scope for scope in wanted if scope not in set(Right)]
    if unknown:
        _refuse("scopes", _("There is no scope %(name)s.") % {"name": ", ".join(unknown)})
    return wanted or sorted(str(right) for right in Right)


def _refuse(field: str, sentence: str) -> NoReturn:
    raise UserError(sentence, fields={field: [sentence]})


def revoke_token(token: ApiToken, *, by: Membership, now: datetime) -> ApiToken:
    """End a token at once: its member may, and whoever administers the workspace."""
    if token.member_id != by.pk and not by.may(Right.ADMIN):
        raise NotAllowed(_("Only its owner or an administrator may revoke a token."))
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        activity.record(by=by, verb="token.revoked", subject=token)
        token.revoked_at = now
    return token


def find_token(token: str, now: datetime) -> ApiToken | None:
    """Return the living token of an active member, or None."""
    rows = ApiToken.objects.alive(now).select_related("member__workspace", "member__user")
    return rows.filter(
        token_hash=digest(token), member__left_at=None, member__user__is_active=True
    ).first()  # fmt: skip


def note_use(token: ApiToken, *, address: str | None, now: datetime) -> None:
    """Write when and from where the token was used, at most once a minute."""
    if token.last_used_at and now - token.last_used_at < USE_NOTED_EVERY:
        return
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=now, last_used_from=address)


def digest(token: str) -> str:
    """Return what is kept of a token; it has 256 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


def sweep_answers(now: datetime) -> int:
    """Drop the stored answers that are older than a day; return how many."""
    return StoredAnswer.objects.filter(made_at__lt=now - KEPT).delete()[0]
