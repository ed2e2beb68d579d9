"""Connecting through the platform's own page: away with a state that counts once, and back.

The state is unguessable and bound to the member who began; what finishing needs stays sealed with it
until the platform sends the person back to the one address that all workspaces and platforms share.
A browser keeps it in its session (`views/connecting.py`), the API here.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from mediaops.errors import UserError
from mediaops.lib.sealing import seal, unseal
from mediaops.models import Membership, User
from platforms import gateway
from platforms.actions.connecting import CannotConnect, Found, cannot, found_by, known_fields
from platforms.connectors.account import AccountRef
from platforms.connectors.base import SignsIn
from platforms.connectors.errors import ConnectorError
from platforms.models import Account

log = logging.getLogger(__name__)

LASTS = timedelta(minutes=20)
DENIED = {"access_denied", "user_denied", "authorization_denied"}


class UnknownState(UserError):
    """The person came back with a state that nobody waits for: made up, used, or too old."""

    code = "unknown_sign_in"

    def __init__(self) -> None:
        super().__init__(
            _("This sign-in is not known here: it was used already, is more than 20 minutes old, or began elsewhere.")
        )


@dataclass(frozen=True)
class Away:
    """A sign-in that began: where the person goes, and what is kept until they come back."""

    url: str
    state: str
    platform: str
    given: Mapping[str, str]
    kept: Mapping[str, str]
    account: int | None = None

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON can hold it, the secrets sealed."""
        return {
            "platform": self.platform,
            "account": self.account,
            "given": seal(self.given),
            "kept": seal(self.kept),
        }


def away_from(state: str, data: Mapping[str, Any]) -> Away:
    """Return the Away that `as_data` was taken from; its address is not needed any more."""
    given, kept = unseal(data["given"]), unseal(data["kept"])
    return Away("", state, data["platform"], given, kept, data["account"])


def is_needed(platform: str, credentials: Mapping[str, str]) -> bool:
    """Say whether these credentials lead to the platform's page; a token at hand opens the account at once."""
    return issubclass(gateway.connector_class(platform), SignsIn) and not credentials.get("access_token")


def back_address() -> str:
    """Return the address to which platforms send people back; people enter it in the platforms' consoles."""
    return settings.SITE_URL.rstrip("/") + reverse("connect-back")


def begin(platform: str, credentials: Mapping[str, str], *, account: Account | None = None) -> Away:
    """Begin a sign-in with the setup fields in `credentials`; nothing is saved.

    For an account that is to be connected again, fields left empty are taken from what is stored.
    Raises CannotConnect with one sentence.
    """
    cls = gateway.connector_class(platform)
    if not issubclass(cls, SignsIn):
        raise CannotConnect(_("%(platform)s has no page to sign in on.") % {"platform": cls.spec.label})
    if account is not None and account.platform != platform:
        raise CannotConnect(
            _("“%(account)s” is not on %(platform)s.") % {"account": account.name, "platform": cls.spec.label}
        )
    stored = gateway.setup_of(account) if account is not None else {}
    given = known_fields(cls.spec, {**stored, **{name: value for name, value in credentials.items() if value}})
    state = secrets.token_urlsafe(32)
    try:
        begun = gateway.build(platform, _ref_of(given), given).begin_sign_in(back_address(), state)
    except ConnectorError as error:
        log.info("sign-in at %s: could not begin, %s", platform, type(error).__name__)
        raise cannot(error, cls.spec) from None
    return Away(begun.url, state, platform, given, begun.kept, account.pk if account else None)


def finish(away: Away, answer: Mapping[str, str]) -> Found:
    """Finish with what the platform sent back along with the person, and prove it by a real call.

    `answer` are the parameters of the address. Raises UnknownState for a state that was used already,
    CannotConnect with one sentence for everything else.
    """
    if not cache.add(f"signed-in:{away.state}", 1, timeout=2 * LASTS.total_seconds()):
        raise UnknownState
    cls = gateway.connector_class(away.platform)
    _demand_consent(answer, cls.spec)
    try:
        connector = gateway.build(away.platform, _ref_of(away.given), away.given)
        secret = dict(connector.finish_sign_in(back_address(), away.kept, answer))
        return found_by(away.platform, gateway.build(away.platform, _ref_of(secret), secret), secret)
    except ConnectorError as error:
        log.info("sign-in at %s: could not finish, %s", away.platform, type(error).__name__)
        raise cannot(error, cls.spec) from None


def wait_for(away: Away, member: Membership) -> None:
    """Keep a sign-in that was begun over the API until the member's browser comes back with its state."""
    data = away.as_data() | {"member": member.pk, "workspace": member.workspace_id}
    cache.set(f"signing-in:{away.state}", data, timeout=int(LASTS.total_seconds()))


def awaited(state: str, user: User) -> dict[str, Any] | None:
    """Return a sign-in that one of the user's own API tokens began, once; None for any other."""
    key = f"signing-in:{state}"
    data = cache.get(key) if state else None
    if not data or not Membership.objects.active().filter(pk=data["member"], user=user).exists():
        return None
    cache.delete(key)
    return data


def _demand_consent(answer: Mapping[str, str], spec: Any) -> None:
    words = {"platform": spec.label}
    error = answer.get("error") or answer.get("error_code")
    if error in DENIED:
        raise CannotConnect(
            _("You did not allow it on %(platform)s’s page, so nothing was connected. Try again to allow it.") % words
        )
    if error:
        told = answer.get("error_description") or answer.get("description") or error
        raise CannotConnect(
            _("%(platform)s did not sign you in: %(words)s. Nothing was connected.")
            % (words | {"words": str(told)[:200].rstrip(".。")})
        )
    if not answer.get("code"):
        raise CannotConnect(_("%(platform)s sent no answer along. Sign in again.") % words)


def _ref_of(given: Mapping[str, str]) -> AccountRef:
    return AccountRef(remote_id="", handle=given.get("handle", ""), server=given.get("server", ""))
