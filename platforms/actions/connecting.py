"""Connecting accounts, by a real call or by hand, and letting them go."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.lib.moves import move
from mediaops.models import Membership, Workspace
from platforms import gateway
from platforms.actions import health
from platforms.actions.site_key import is_own_site, make_key
from platforms.connectors.account import AccountRef, Profile
from platforms.connectors.base import Connects, SignsIn
from platforms.connectors.errors import ConnectorError, NeedsReconnect, NothingSent, Refused
from platforms.connectors.spec import PlatformSpec
from platforms.models import Account
from platforms.models.account import HEALTH_MOVES, Health, Relation

log = logging.getLogger(__name__)


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
        **health.columns_of(profile),
        "relation": Relation.OWN,
        "state": health.sign_in_state(gateway.connector_class(found.platform).spec, profile.expires_at, now),
        **health.WELL,
        "checked_at": now,
        "check_after": now + health.CHECK_EVERY,
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
            "relation": relation, "state": Health.HEALTHY, "made_by": by, "made_at": now, **health.WELL,
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
        move(account, HEALTH_MOVES, Health.GONE, **health.WELL, sync_after=None, check_after=None)
        gateway.drop_secret(account)
        record(by=by, verb="account.disconnected", subject=account)
    log.info("account %s disconnected", account.pk)
    return account
