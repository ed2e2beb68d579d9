"""How connected accounts are: checked by a real call, and what people are told when one stops working."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mediaops.actions.activity import record
from mediaops.actions.notices import notify
from mediaops.errors import UserError, WrongState
from mediaops.lib.moves import move
from mediaops.lib.said import reason
from mediaops.models import Activity, Membership, ReasonOf, Right, Workspace
from platforms import gateway, places
from platforms.connectors.account import AccountRight, Profile
from platforms.connectors.base import Connects
from platforms.connectors.errors import ConnectorError, NeedsReconnect, NotPermitted
from platforms.connectors.spec import PlatformSpec
from platforms.models import Account
from platforms.models.account import HEALTH_MOVES, SILENT_AFTER, Health

log = logging.getLogger(__name__)

WELL: dict[str, Any] = {"problem": "", "problem_raw": "", "failing_since": None, "failures": 0}
"""The columns of an account that works."""
CHECK_EVERY = timedelta(minutes=30)
CHECK_DEAD_EVERY = timedelta(hours=2)
SILENT_FOR = timedelta(minutes=15)
"""An unanswering platform is worth a notice after this time, before it is only a hiccup."""
LOST: dict[str, Any] = {
    "publish": gettext_lazy(
        "%(platform)s does not let “%(account)s” publish through us. Its posts now go out by hand."
    ),
    "update": gettext_lazy("%(platform)s does not let “%(account)s” change posts through us."),
    "delete": gettext_lazy("%(platform)s does not let “%(account)s” delete posts through us."),
    "posts": gettext_lazy("%(platform)s does not let us read the posts of “%(account)s”."),
    "messages": gettext_lazy("%(platform)s does not let us read what people say to “%(account)s”."),
    "reply": gettext_lazy("%(platform)s does not let “%(account)s” answer through us."),
    "moderate": gettext_lazy("%(platform)s does not let us moderate the comments of “%(account)s”."),
    "figures": gettext_lazy("%(platform)s does not tell us the figures of “%(account)s”. They can be imported."),
    "contacts": gettext_lazy("%(platform)s does not let us read who follows “%(account)s”."),
    "menu": gettext_lazy("%(platform)s does not let us change the menu of “%(account)s”."),
}


def columns_of(profile: Profile) -> dict[str, Any]:
    """Return the columns of an account that its profile tells."""
    return {
        "handle": profile.handle[:200],
        "url": profile.url[:500],
        "avatar_url": profile.avatar_url[:1000],
        "server": profile.server[:300],
        "limits": dict(profile.limits),
        "rights": None if profile.rights is None else sorted(profile.rights),
        "choices": {name: list(values) for name, values in profile.choices.items()},
        "expires_at": profile.expires_at,
    }


def sign_in_state(spec: PlatformSpec, expires_at: datetime | None, now: datetime) -> str:
    """Return how an account stands whose sign-in works: well, or soon to end."""
    ends_soon = expires_at is not None and expires_at - now <= timedelta(days=spec.warn_before_days)
    return Health.SOON if ends_soon else Health.HEALTHY


def claim_check(account_pk: int, now: datetime) -> bool:
    """Take an account's next check; False when another worker took it."""
    return bool(Account.objects.to_check(now).filter(pk=account_pk).update(check_after=now + CHECK_EVERY))


def check_soon(account: Account, now: datetime) -> None:
    """Let an account that was taken, but not asked about, be checked in a moment."""
    Account.objects.filter(pk=account.pk).update(check_after=now + places.SOON)


def check_all(workspace: Workspace, now: datetime) -> int:
    """Let the workers check every account of the team at their next turn; return how many."""
    return Account.objects.in_workspace(workspace).own().connected().update(check_after=now)


def check_account(account: Account, now: datetime) -> Account:
    """Ask the platform whether the account's sign-in still works, and write down the answer."""
    if not gateway.can(account, Connects):
        Account.objects.filter(pk=account.pk).update(checked_at=now)
        account.checked_at = now
        return account
    try:
        connector = gateway.connect(account)
        profile = connector.profile()
        gateway.keep_renewed(account, connector)
    except places.GiveWay:
        check_soon(account, now)
        return account
    except NeedsReconnect as error:
        return mark_expired(account, error, now)
    except ConnectorError as error:
        return note_failure(account, error, now)
    return mark_healthy(account, now, profile=profile)


def mark_healthy(account: Account, now: datetime, *, profile: Profile | None = None) -> Account:
    """Write down that the platform accepted the account's sign-in. The team's own name for it stays."""
    told = columns_of(replace(profile, server=profile.server or account.server)) if profile else {}
    if profile and profile.rights is None:  # nothing told: what the account lost by trying stays lost
        del told["rights"]
    elif profile:
        told["rights"] = [right for right in told["rights"] if right not in _lost(account)]
    state = sign_in_state(account.spec, told.get("expires_at", account.expires_at), now)
    was_ill = account.state == Health.EXPIRED or account.failures >= SILENT_AFTER
    changes: dict[str, Any] = {**told, **WELL, "checked_at": now, "check_after": now + CHECK_EVERY}
    if account.state == Health.EXPIRED:
        changes["sync_after"] = now
    try:
        ends_now = state == Health.SOON and account.state != Health.SOON
        move(account, HEALTH_MOVES, state, **changes)
    except WrongState:  # disconnected meanwhile, or another worker was first
        account.refresh_from_db()
        return account
    if was_ill:
        record(by=None, verb="account.recovered", subject=account, workspace=account.workspace)
    if ends_now:
        _tell_of_end(account)
    return account


def lose_right(account: Account, right: AccountRight, problem: object, now: datetime) -> Account:
    """Write down that the platform does not let this account do something; it is known by it from now on.

    Only connecting it again asks the platform anew; checks do not bring it back. Owners are told once.
    """
    before = sorted({name for name in gateway.RIGHTS.values() if _promised(account, name)})
    if right not in before:
        return account
    account.rights = [name for name in before if name != right]
    Account.objects.filter(pk=account.pk).update(rights=account.rights)
    record(by=None, verb="account.lost_right", subject=account, workspace=account.workspace, right=right)
    log.warning("account %s: may not %s", account.pk, right)
    owners = Membership.objects.with_right(Right.ADMIN).in_workspace(account.workspace_id)
    notify(
        owners.select_related("user", "workspace"),
        kind="account.lost_right",
        key=f"account.lost_right:{account.pk}:{right}:{now:%Y%m%d}",
        text=_Filled(LOST[right], {"platform": account.label, "account": account.name, "problem": str(problem)}),
        way_out=gettext_lazy("Nothing is lost; if the platform grants it later, connect the account again."),
        url=account.get_absolute_url(),
        level="warning",
        mail=True,
    )
    return account


def _lost(account: Account) -> set[str]:
    """Return the rights that the platform took back since a person last connected the account.

    Some platforms name a right among the account's own and refuse it all the same.
    """
    lost: set[str] = set()
    verbs = ["account.connected", "account.reconnected", "account.lost_right"]
    trail = Activity.objects.about(account).filter(verb__in=verbs)
    for verb, told in trail.values_list("verb", "detail"):
        lost = {*lost, told["right"]} if verb == "account.lost_right" else set()
    return lost


def _promised(account: Account, right: str) -> bool:
    return any(gateway.can(account, promise) for promise, name in gateway.RIGHTS.items() if name == right)


def _tell_of_end(account: Account) -> None:
    owners = Membership.objects.with_right(Right.ADMIN).in_workspace(account.workspace_id)
    ends = account.expires_at
    for member in owners.select_related("user", "workspace"):
        notify(
            [member],
            kind="account.ends_soon",
            key=f"account.ends_soon:{account.pk}:{ends:%Y%m%d}",
            text=_Filled(
                gettext_lazy("The sign-in of “%(account)s” on %(platform)s ends on %(day)s."),
                {"platform": account.label, "account": account.name, "day": f"{ends:%Y-%m-%d}"},
            ),
            way_out=gettext_lazy("Connect it again before that day; what is planned goes on."),
            url=account.get_absolute_url(),
            level="warning",
            mail=True,
        )


def mark_expired(account: Account, problem: object, now: datetime) -> Account:
    """Write down that the sign-in is dead, and tell the owners once."""
    is_news = account.state != Health.EXPIRED
    since = now if is_news else (account.failing_since or now)
    changes: dict[str, Any] = {
        **reason(problem, 400),
        "problem_raw": getattr(problem, "raw", ""),
        "failing_since": since,
        "failures": account.failures + 1,
        "checked_at": now,
        "check_after": now + CHECK_DEAD_EVERY,
    }
    try:
        move(account, HEALTH_MOVES, Health.EXPIRED, **changes)
    except WrongState:
        account.refresh_from_db()
        return account
    if is_news:
        log.warning("account %s: sign-in is dead", account.pk)
        record(by=None, verb="account.expired", subject=account, workspace=account.workspace, problem=account.problem)
        _tell(
            account,
            kind="account.expired",
            text=gettext_lazy("%(platform)s signed us out of “%(account)s”. Nothing goes out there meanwhile."),
        )
    return account


def note_failure(account: Account, error: ConnectorError, now: datetime) -> Account:
    """Count a call that failed though the sign-in may be fine; tell the owners when it goes on."""
    since = account.failing_since or now
    account.failures, account.failing_since = account.failures + 1, since
    told = reason(error, 400) | {"problem_raw": error.raw, "checked_at": now}
    for name, value in told.items():
        setattr(account, name, value)
    Account.objects.filter(pk=account.pk).connected().update(failures=account.failures, failing_since=since, **told)
    log.info("account %s: failure %s, %s", account.pk, account.failures, type(error).__name__)
    if account.is_silent and now - since >= SILENT_FOR:
        _tell(
            account,
            kind="account.silent",
            text=gettext_lazy("%(platform)s has not answered for “%(account)s” for a while: %(problem)s"),
        )
    return account


def ask(account: Account, capability: type, right: AccountRight, what: Callable[[Any], Any], now: datetime) -> Any:
    """Do `what` with the account's connector for a person who waits; whatever goes wrong is a UserError.

    For what is harmless to do twice. A right that the account turns out to lack is written down.
    """
    if not account.is_working:
        raise UserError(_("“%(account)s” must be reconnected first.") % {"account": account.name})
    if not gateway.can(account, capability):
        raise UserError(str(LOST[right]) % {"platform": account.label, "account": account.name})
    try:
        connector = gateway.connect(account)
        try:
            return what(connector)
        finally:
            gateway.keep_renewed(account, connector)
    except ConnectorError as error:
        if isinstance(error, NeedsReconnect):
            mark_expired(account, error, now)
        elif isinstance(error, NotPermitted):
            lose_right(account, right, error, now)
        raise UserError(str(error)) from None


class _Filled:
    """A lazy sentence with its words, translated when each member reads it."""

    def __init__(self, sentence: Any, words: Mapping[str, object]) -> None:
        self.sentence, self.words = sentence, words

    def __str__(self) -> str:
        return str(self.sentence) % self.words


def _tell(account: Account, *, kind: str, text: Any) -> None:
    since = account.failing_since
    owners = Membership.objects.with_right(Right.ADMIN).in_workspace(account.workspace_id)
    words = {"platform": account.label, "account": account.name, "problem": ReasonOf(account)}
    notify(
        owners.select_related("user", "workspace"),
        kind=kind,
        key=f"{kind}:{account.pk}:{since:%Y%m%d%H%M%S}",
        text=_Filled(text, words),
        way_out=gettext_lazy("Open the account and reconnect it."),
        url=account.get_absolute_url(),
        level="urgent",
        mail=True,
        chat=True,
    )
