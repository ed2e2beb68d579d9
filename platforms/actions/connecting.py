"""Connecting accounts, keeping an eye on their health, letting them go."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mediaops.actions.activity import record
from mediaops.actions.notices import notify
from mediaops.errors import UserError, WrongState
from mediaops.lib.moves import move
from mediaops.lib.said import reason
from mediaops.models import Activity, Membership, ReasonOf, Right, Workspace
from platforms import gateway, places
from platforms.actions.site_key import is_own_site, make_key
from platforms.connectors.account import AccountRef, AccountRight, Profile
from platforms.connectors.base import Connects, SignsIn
from platforms.connectors.errors import ConnectorError, NeedsReconnect, NothingSent, NotPermitted, Refused
from platforms.connectors.spec import PlatformSpec
from platforms.models import Account
from platforms.models.account import HEALTH_MOVES, SILENT_AFTER, Health, Relation

log = logging.getLogger(__name__)

CHECK_EVERY = timedelta(minutes=30)
CHECK_DEAD_EVERY = timedelta(hours=2)
SILENT_FOR = timedelta(minutes=15)
"""An unanswering platform is worth a notice after this time, before it is only a hiccup."""


class CannotConnect(UserError):
    """The credentials did not open an account; `fields` names the fields to look at."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "cannot_connect"


@dataclass(frozen=True)
class Found:
    """What credentials opened: the account as its platform tells it, and the secret to keep."""

    platform: str
    profile: Profile
    secret: Mapping[str, str]

    def as_data(self) -> dict[str, Any]:
        """Return everything but the secret, as JSON can hold it."""
        ends = self.profile.expires_at
        told = asdict(self.profile) | {"expires_at": ends.isoformat() if ends else None}
        return {"platform": self.platform, "profile": told}


def found_from(data: Mapping[str, Any], secret: Mapping[str, str]) -> Found:
    """Return the Found that `as_data` and the secret were taken from."""
    profile = dict(data["profile"])
    ends, rights = profile.get("expires_at"), profile.get("rights")
    profile |= {
        "can": tuple(profile["can"]),
        "rights": None if rights is None else tuple(rights),
        "choices": {name: tuple(values) for name, values in (profile.get("choices") or {}).items()},
        "expires_at": datetime.fromisoformat(ends) if ends else None,
    }
    return Found(data["platform"], Profile(**profile), secret)


def look(platform: str, credentials: Mapping[str, str]) -> Found:
    """Try `credentials` by a real call and return what they open; nothing is saved.

    `credentials` are the platform's setup fields by name. Raises CannotConnect with one sentence.
    """
    cls = gateway.connector_class(platform)
    spec = cls.spec
    if not issubclass(cls, Connects):
        raise CannotConnect(_("%(platform)s has no interface to connect to.") % {"platform": spec.label})
    known = known_fields(spec, credentials)
    if issubclass(cls, SignsIn) and not known.get("access_token"):
        sentence = _("%(platform)s is connected on its own page: begin a sign-in, or give an access token.")
        words = sentence % {"platform": spec.label}
        raise CannotConnect(words, fields={"access_token": [words]})
    ref = AccountRef(remote_id="", handle=known.get("handle", ""), server=known.get("server", ""))
    try:
        return found_by(platform, gateway.build(platform, ref, known), known)
    except ConnectorError as error:
        log.info("connect %s: refused, %s", platform, type(error).__name__)
        raise cannot(error, spec) from None


def known_fields(spec: PlatformSpec, credentials: Mapping[str, str]) -> dict[str, str]:
    """Return the platform's setup fields by name, defaults included; raise CannotConnect for missing ones."""
    given = {name: str(value).strip() for name, value in credentials.items() if value not in (None, "")}
    missing = {f.name: [_("Fill this in.")] for f in spec.setup_fields if f.required and not given.get(f.name)}
    if missing:
        raise CannotConnect(_("Some fields are still empty."), fields=missing)
    return {f.name: given.get(f.name, f.default) for f in spec.setup_fields}


def found_by(platform: str, connector: Any, secret: Mapping[str, str]) -> Found:
    """Return what a connector opens by a real call; raise ConnectorError where it opens nothing."""
    profile = connector.profile()
    renewed = getattr(connector, "renewed_secret", lambda: None)()
    return Found(platform, profile, dict(renewed or secret))


def cannot(error: ConnectorError, spec: Any) -> CannotConnect:
    """Return what a platform's error means to a person who is connecting an account."""
    secrets = [f.name for f in spec.setup_fields if f.kind == "secret"]
    if isinstance(error, NeedsReconnect) and secrets:
        field = "access_token" if "access_token" in secrets else secrets[0]
        return CannotConnect(error, fields={field: [str(error)]})
    if isinstance(error, (NeedsReconnect, Refused)):
        return CannotConnect(error)
    if isinstance(error, NothingSent) and error.wait_s:
        return CannotConnect(
            _("%(problem)s Try again in %(s)d seconds.") % {"problem": error, "s": int(error.wait_s) + 1}
        )
    return CannotConnect(
        _("%(problem)s Nothing was saved; look at the address, or try again later.") % {"problem": error}
    )


def connect_account(
    workspace: Workspace, platform: str, credentials: Mapping[str, str], *, by: Membership, now: datetime
) -> Account:
    """Connect the account that `credentials` open, proven by a real call; see `keep`.

    The workspace's own site needs none: its key is made here.
    """
    gateway.connector_class(platform)
    if is_own_site(platform):
        with transaction.atomic():
            profile, secret = make_key(workspace, by=by, now=now)
            return keep(workspace, Found(platform, profile, secret), by=by, now=now)
    return keep(workspace, look(platform, credentials), by=by, now=now)


def connect_by_hand(
    workspace: Workspace, platform: str, *, name: str, url: str = "", by: Membership, now: datetime
) -> Account:
    """Add an account of ours that people serve by hand, on whatever platform: it needs no credentials."""
    gateway.connector_class(platform)
    words = " ".join(name.split())
    if not words:
        raise CannotConnect(_("Some fields are still empty."), fields={"name": [_("Fill this in.")]})
    profile = Profile(remote_id=(url.strip() or words)[:200], name=words, handle=words, url=url.strip(), rights=())
    return keep(workspace, Found(platform, profile, {"name": words, "url": url.strip()}), by=by, now=now)


def reconnect(account: Account, credentials: Mapping[str, str], *, by: Membership, now: datetime) -> Account:
    """Give an account new credentials, proven by a real call; they must open that very account."""
    if is_own_site(account.platform):
        return connect_account(account.workspace, account.platform, {}, by=by, now=now)
    is_on_its_page = issubclass(gateway.connector_class(account.platform), SignsIn)
    stored = gateway.setup_of(account) if is_on_its_page else {}  # a new token is enough
    found = look(account.platform, {**stored, **credentials})
    return keep(account.workspace, found, by=by, now=now, account=account)


def keep(
    workspace: Workspace,
    found: Found,
    *,
    by: Membership,
    now: datetime,
    name: str = "",
    account: Account | None = None,
) -> Account:
    """Save what `look` found. An account that the workspace knew before keeps its row and history.

    With `account` (reconnecting) the credentials must open that very account.
    """
    with transaction.atomic():
        if account is not None and account.rights == []:
            _take_identity(account, found)
        elif account is not None:
            demand_same(account, found)
        row, is_new = _row_of(workspace, found, name=name, by=by, now=now)
        gateway.store_secret(row, found.secret)
        record(by=by, verb="account.connected" if is_new else "account.reconnected", subject=row)
    log.info("account %s connected", row.pk)
    return row


def _take_identity(account: Account, found: Found) -> None:
    """An account that was served by hand becomes the one its new credentials open; its history stays."""
    taken = Account.objects.filter(
        workspace=account.workspace_id, platform=found.platform, remote_id=found.profile.remote_id
    ).exclude(pk=account.pk)
    if taken.exists():
        raise CannotConnect(
            _("“%(other)s” is connected already. Disconnect that one first.") % {"other": taken.get().name}
        )
    Account.objects.filter(pk=account.pk).update(remote_id=found.profile.remote_id)
    account.remote_id = found.profile.remote_id


def demand_same(account: Account, found: Found) -> None:
    """Raise CannotConnect when the credentials open another account than `account`."""
    if account.remote_id != found.profile.remote_id:
        raise CannotConnect(
            _("These credentials open “%(other)s”, not “%(account)s”. Connect it as an account of its own.")
            % {"other": found.profile.name or found.profile.handle, "account": account.name}
        )


def _row_of(workspace: Workspace, found: Found, *, name: str, by: Membership, now: datetime) -> tuple[Account, bool]:
    profile = found.profile
    told = {
        **_told(profile),
        "relation": Relation.OWN,
        "state": health_of(gateway.connector_class(found.platform).spec, profile.expires_at, now),
        **_WELL,
        "checked_at": now,
        "check_after": now + CHECK_EVERY,
        "sync_after": now,
    }
    known = Account.objects.in_workspace(workspace).filter(platform=found.platform, remote_id=profile.remote_id)
    if known.update(**told, **({"name": name[:120]} if name else {})):
        return known.get(), False
    shown = (name or profile.name or profile.handle or profile.remote_id)[:120]
    try:
        with transaction.atomic():
            new = Account.objects.create(
                workspace=workspace, platform=found.platform, remote_id=profile.remote_id,
                name=shown, made_at=now, made_by=by, **told,
            )  # fmt: skip
    except IntegrityError:  # two people connected it in the same moment
        known.update(**told)
        return known.get(), False
    return new, True


_WELL: dict[str, Any] = {"problem": "", "problem_raw": "", "failing_since": None, "failures": 0}


def _told(profile: Profile) -> dict[str, Any]:
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


def health_of(spec: PlatformSpec, expires_at: datetime | None, now: datetime) -> str:
    """Return how an account stands whose sign-in works: well, or soon to end."""
    ends_soon = expires_at is not None and expires_at - now <= timedelta(days=spec.warn_before_days)
    return Health.SOON if ends_soon else Health.HEALTHY


def add_account(
    workspace: Workspace,
    platform: str,
    *,
    relation: str,
    name: str,
    by: Membership,
    now: datetime,
    handle: str = "",
    url: str = "",
) -> Account:
    """Add an account that is not ours, by its name and address: a partner's, or one to watch."""
    spec = gateway.connector_class(platform).spec
    if relation == Relation.OWN:
        raise UserError(_("%(platform)s is connected with credentials.") % {"platform": spec.label})
    remote_id = (handle.strip().lstrip("@") or url.strip() or name.strip())[:200]
    if Account.objects.in_workspace(workspace).filter(platform=platform, remote_id=remote_id).connected().exists():
        raise UserError(_("This account is already on the list."), fields={"handle": [_("Already on the list.")]})
    row, _made = Account.objects.update_or_create(
        workspace=workspace,
        platform=platform,
        remote_id=remote_id,
        defaults={
            "name": name.strip()[:120], "handle": handle.strip()[:200], "url": url.strip()[:500],
            "relation": relation, "state": Health.HEALTHY, "made_by": by, "made_at": now, **_WELL,
        },
    )  # fmt: skip
    record(by=by, verb="account.added", subject=row, relation=relation)
    return row


def rename(account: Account, name: str, *, by: Membership, now: datetime) -> Account:
    """Change the name the team sees."""
    before, account.name = account.name, name.strip()[:120]
    Account.objects.filter(pk=account.pk).update(name=account.name)
    record(by=by, verb="account.renamed", subject=account, before=before)
    return account


def disconnect(account: Account, *, by: Membership, now: datetime) -> Account:
    """Forget the account's secret. Its posts, talks and figures stay."""
    with transaction.atomic():
        move(account, HEALTH_MOVES, Health.GONE, **_WELL, sync_after=None, check_after=None)
        gateway.drop_secret(account)
        record(by=by, verb="account.disconnected", subject=account)
    log.info("account %s disconnected", account.pk)
    return account


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
    told = _told(replace(profile, server=profile.server or account.server)) if profile else {}
    if profile and profile.rights is None:  # nothing told: what the account lost by trying stays lost
        del told["rights"]
    elif profile:
        told["rights"] = [right for right in told["rights"] if right not in _lost(account)]
    state = health_of(account.spec, told.get("expires_at", account.expires_at), now)
    was_ill = account.state == Health.EXPIRED or account.failures >= SILENT_AFTER
    changes: dict[str, Any] = {**told, **_WELL, "checked_at": now, "check_after": now + CHECK_EVERY}
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
