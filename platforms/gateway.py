"""From an account to a connector: the only place that opens a secret or picks a class."""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import partial
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from mediaops.errors import UserError
from mediaops.lib.said import said as _
from mediaops.lib.sealing import CannotOpen, seal, unseal
from platforms import places
from platforms.connectors import CONNECTORS
from platforms.connectors.account import AccountRef, AccountRight, Secret, SecretKeeper
from platforms.connectors.base import (
    Deletes,
    FollowsPosts,
    KeepsContacts,
    KeepsMenu,
    Moderates,
    OpensComments,
    Previews,
    Publishes,
    ReadsAccountDays,
    ReadsAccountMetrics,
    ReadsComments,
    ReadsMessages,
    ReadsMetrics,
    ReadsPosts,
    RenewsAlone,
    RepeatsSafely,
    Replies,
    SharesTokens,
    Updates,
)
from platforms.connectors.errors import NeedsReconnect, NothingSent
from platforms.connectors.http import Http
from platforms.connectors.spec import FormField, Limits, PlatformSpec, Quota
from platforms.models import Account, Credential
from platforms.token_shelf import SharedShelf


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
    count: Any = spec.count_text
    return replace(spec, count_text=partial(count, link_length=length)) if length else spec


def spec_for(account: Account) -> PlatformSpec:
    """Return the facts of the platform as they hold for this very account.

    Options offer what the account may choose; one that people serve by hand has neither options nor
    what only the platform's interface would refuse.
    """
    spec = spec_of(account)
    if account.is_by_hand:
        return replace(spec, option_fields=(), check=None, show=None, companions_max=0)
    if not account.choices:
        return spec
    return replace(spec, option_fields=tuple(_narrowed(each, account.choices) for each in spec.option_fields))


def _narrowed(option: FormField, choices: Mapping[str, Sequence[str]]) -> FormField:
    if option.name not in choices:
        return option
    left = tuple((value, label) for value, label in option.choices if value in choices[option.name])
    values = [value for value, _label in left]
    return replace(option, choices=left, default=option.default if option.default in values else "".join(values[:1]))


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
    if "quotas" in own:
        own["quotas"] = tuple(Quota(**row) for row in own["quotas"])
    return replace(spec.limits, **own)


RIGHTS: dict[type, AccountRight] = {
    Publishes: "publish",
    RepeatsSafely: "repeat",
    Previews: "publish",
    Updates: "update",
    Deletes: "delete",
    ReadsPosts: "posts",
    FollowsPosts: "posts",
    ReadsMessages: "messages",
    ReadsComments: "messages",
    Replies: "reply",
    Moderates: "moderate",
    OpensComments: "moderate",
    ReadsMetrics: "figures",
    ReadsAccountMetrics: "figures",
    ReadsAccountDays: "figures",
    KeepsContacts: "contacts",
    KeepsMenu: "menu",
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
    return AccountRef(account.remote_id, account.handle, account.server, account.known)


def build(platform: str, ref: AccountRef, secret: Mapping[str, str]) -> Any:
    """Return a connector for credentials that are not stored yet (connect screens)."""
    http = Http(platform, secrets=tuple(secret.values()), pace=places.current())
    connector = connector_class(platform)(ref, secret, http)
    if isinstance(connector, SharesTokens):
        connector.use(SharedShelf(platform))
    return connector


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
    connector = build(account.platform, ref_of(account), secret)
    if isinstance(connector, RenewsAlone):
        connector.keep_with(SharedKeeper(account))
    return connector


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
    """Seal what the connector's sign-in became while it worked, and keep what it found out."""
    renewed = getattr(connector, "renewed_secret", lambda: None)()
    if renewed:
        store_secret(account, renewed)
    learned = dict(getattr(connector, "learned", dict)())
    if learned and not learned.items() <= account.known.items():
        account.known = {**account.known, **learned}
        Account.objects.filter(pk=account.pk).update(known=account.known)


class SharedKeeper(SecretKeeper):
    """The stored secret of one account, renewed by one worker at a time (a lock in the cache)."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @contextmanager
    def alone(self) -> Iterator[Secret | None]:
        name, mine = f"renewing:{self._account.pk}", secrets.token_hex(8)
        end = time.monotonic() + RENEWING_S
        while not cache.add(name, mine, RENEWING_S):
            if time.monotonic() > end:
                raise NothingSent(_("The sign-in of %(account)s is being renewed.") % {"account": self._account.name})
            time.sleep(0.05)
        try:
            row = Credential.objects.filter(account=self._account).first()
            yield unseal(row.sealed) if row else None
        finally:
            if cache.get(name) == mine:
                cache.delete(name)

    def store(self, secret: Secret) -> bool:
        store_secret(self._account, secret)
        return True


RENEWING_S = 60
"""So long a worker may take to renew a sign-in; after a crash the next one may begin by then."""


def drop_secret(account: Account) -> None:
    """Forget the account's secret."""
    Credential.objects.filter(account=account).delete()
