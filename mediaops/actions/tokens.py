"""Tokens of REST clients."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from mediaops.actions.activity import record
from mediaops.errors import NotAllowed
from mediaops.models import ApiToken, Membership

PREFIX = "mo_"


def make_token(
    member: Membership,
    *,
    name: str,
    scopes: Sequence[str],
    days: int | None,
    by: Membership,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a token that acts for `member`; return the row and the secret, which is shown only now.

    `scopes` are values of `Right`; a scope beyond the member's role raises NotAllowed. `days` is the
    lifetime, None for no end.
    """
    beyond = [scope for scope in scopes if not member.may(scope)]
    if beyond:
        raise NotAllowed(
            _("%(name)s does not have this right: %(rights)s") % {"name": member.name, "rights": ", ".join(beyond)}
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        member=member,
        name=name,
        prefix=secret[:10],
        token_hash=hash_token(secret),
        scopes=sorted(set(scopes)),
        made_at=now,
        expires_at=now + timedelta(days=days) if days else None,
    )
    record(by=by, verb="token.made", subject=row, scopes=row.scopes, member=member.name)
    return row, secret


def revoke_token(token: ApiToken, *, by: Membership, now: datetime) -> None:
    """End a token at once."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        record(by=by, verb="token.revoked", subject=token)


def hash_token(secret: str) -> str:
    """Return what is stored of a token (sha256; the token has 256 random bits, so no salt is needed)."""
    return hashlib.sha256(secret.encode()).hexdigest()
