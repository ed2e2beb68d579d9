"""From an account to a connector: the only place that opens a secret or picks a class."""

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any

from django.utils import timezone

from mediaops.errors import UserError
from mediaops.lib.said import said as _
from mediaops.lib.sealing import CannotOpen, seal, unseal
from platforms.connectors import CONNECTORS
from platforms.connectors.base import (
    AccountRef,
    AccountRight,
    Deletes,
    Limits,
    Moderates,
    PlatformSpec,
    Publishes,
    ReadsAccountMetrics,
    ReadsMessages,
    ReadsMetrics,
    ReadsPosts,
    RepeatsSafely,
    Replies,
    Updates,
)
from platforms.connectors.errors import NeedsReconnect
from platforms.connectors.http import Http
from platforms.models import Account, Credential


def connector_class(platform: str) -> Any:
    """Return the connector class of a platform key, or raise UserError for an unknown one."""
    try:
        return CONNECTORS[platform]
    except KeyError:
        raise UserError(_("There is no platform called “%(key)s”.") % {"key": platform}) from None


def spec_of(account: Account) -> PlatformSpec:
    """Return the facts of the account's platform; a server that counts links its own way counts so."""
    spec: PlatformSpec = connector_class(account.platform).spec
    length = account.limits.get("link_length")
    return replace(spec, count_text=partial(spec.count_text, link_length=length)) if length else spec


def limits_of(account: Account) -> Limits:
    """Return the platform's limits with what this very account may do laid over them.

    Where people post by hand, what the interface demands does not hold.
    """
    spec = spec_of(account)
    if account.is_by_hand and spec.by_hand_limits:
        return spec.by_hand_limits
    return limits_with(spec, account.limits)


def limits_with(spec: PlatformSpec, told: Mapping[str, Any]) -> Limits:
    """Return the platform's limits with what it told about one account laid over them."""
    known = {field.name for field in fields(Limits)}
    own: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in told.items() if name in known
    }
    return replace(spec.limits, **own)


RIGHTS: dict[type, AccountRight] = {
    Publishes: "publish",
    RepeatsSafely: "repeat",
    Updates: "update",
    Deletes: "delete",
    ReadsPosts: "posts",
    ReadsMessages: "messages",
    Replies: "reply",
    Moderates: "moderate",
    ReadsMetrics: "figures",
    ReadsAccountMetrics: "figures",
}
"""The right that an account needs for what its connector promises."""


def can(account: Account, capability: type) -> bool:
    """Say whether the account's connector promises `capability` (a protocol of `connectors.base`).

    An account that may do less than its platform offers promises less; one without any right is
    served by hand and promises nothing.
    """
    if not issubclass(connector_class(account.platform), capability):
        return False
    if account.rights is None:
        return True
    right = RIGHTS.get(capability)
    return bool(account.rights) if right is None else right in account.rights


def ref_of(account: Account) -> AccountRef:
    """Return the account as connectors see it."""
    return AccountRef(remote_id=account.remote_id, handle=account.handle, server=account.server)


def build(platform: str, ref: AccountRef, secret: Mapping[str, str]) -> Any:
    """Return a connector for credentials that are not stored yet (connect screens)."""
    return connector_class(platform)(ref, secret, Http(platform, secrets=tuple(secret.values())))


def connect(account: Account) -> Any:
    """Return a connector that can act for the account; raise NeedsReconnect when there is no secret."""
    row = Credential.objects.filter(account=account).first()
    if row is None:
        raise NeedsReconnect(_("%(account)s is not connected.") % {"account": account.name})
    try:
        secret = unseal(row.sealed)
    except CannotOpen:
        raise NeedsReconnect(
            _("The stored credentials of %(account)s cannot be opened with today's keys.") % {"account": account.name}
        ) from None
    return build(account.platform, ref_of(account), secret)


def store_secret(account: Account, secret: Mapping[str, str]) -> None:
    """Seal the account's secret, replacing an earlier one."""
    sealed = {"sealed": seal(secret), "changed_at": timezone.now()}
    Credential.objects.update_or_create(account=account, defaults=sealed)


def setup_of(account: Account) -> dict[str, str]:
    """Return the setup fields that were typed for the account, to connect it again; {} where none can be read.

    A token is left out: it is what a new sign-in replaces.
    """
    row = Credential.objects.filter(account=account).first()
    try:
        secret = unseal(row.sealed) if row else {}
    except CannotOpen:
        return {}
    names = {field.name for field in spec_of(account).setup_fields} - {"access_token"}
    return {name: value for name, value in secret.items() if name in names and value}


def keep_renewed(account: Account, connector: Any) -> None:
    """Seal what the connector's sign-in became while it worked, if it changed."""
    renewed = getattr(connector, "renewed_secret", lambda: None)()
    if renewed:
        store_secret(account, renewed)


def drop_secret(account: Account) -> None:
    """Forget the account's secret."""
    Credential.objects.filter(account=account).delete()
