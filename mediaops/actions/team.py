"""Workspaces and the people in them."""

import hashlib
import logging
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from mediaops.actions.activity import record
from mediaops.errors import UserError, WrongState
from mediaops.models import Invitation, Membership, Role, User, Workspace

log = logging.getLogger(__name__)
INVITATION_DAYS = 7


@transaction.atomic
def make_workspace(user: User, **fields: Any) -> Workspace:
    """Make a workspace whose first owner is `user`. `fields` are those of Workspace."""
    workspace = Workspace.objects.create(**fields)
    member = Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
    record(by=member, verb="workspace.made", subject=workspace)
    return workspace


def change_workspace(workspace: Workspace, changes: dict[str, Any], *, by: Membership) -> Workspace:
    """Change the workspace's own settings; the trail keeps what was there before."""
    before = {name: getattr(workspace, name) for name in changes if getattr(workspace, name) != changes[name]}
    if before:
        Workspace.objects.filter(pk=workspace.pk).update(**changes)
        for name, value in changes.items():
            setattr(workspace, name, value)
        record(by=by, verb="workspace.changed", subject=workspace, before=before)
    return workspace


def invite(workspace: Workspace, *, email: str, role: str, by: Membership, now: datetime) -> tuple[Invitation, str]:
    """Invite one person by link and by e-mail; return the invitation and the link's secret.

    The secret is kept as a hash only. An open invitation of the same address is replaced.
    """
    address = email.strip().lower()
    if Membership.objects.active().filter(workspace=workspace, user__email__iexact=address).exists():
        raise UserError(_("%(email)s is already in this team.") % {"email": address})
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        open_invitations(workspace, now).filter(email=address).update(withdrawn_at=now)
        row = Invitation.objects.create(
            workspace=workspace,
            email=address,
            role=role,
            token_hash=_hash(token),
            made_by=by,
            made_at=now,
            expires_at=now + timedelta(days=INVITATION_DAYS),
        )
        record(by=by, verb="member.invited", subject=row, role=role)
    return row, token


def mail_invitation(invitation: Invitation, link: str) -> bool:
    """Send the invitation's link; say whether the mail server took it."""
    with translation.override(invitation.workspace.language):
        context = {"invitation": invitation, "link": f"{settings.SITE_URL}{link}", "days": INVITATION_DAYS}
        subject = _("%(name)s invites you to %(team)s") % {
            "name": invitation.made_by.name,
            "team": invitation.workspace.name,
        }
        mail = EmailMultiAlternatives(
            subject.replace("\n", " "),
            render_to_string("team/invitation/mail.txt", context),
            to=[invitation.email],
        )
    try:
        mail.send()
    except OSError as error:
        log.warning("invitation %s not mailed: %s", invitation.pk, type(error).__name__)
        return False
    return True


def open_invitations(workspace: Workspace, now: datetime) -> Any:
    """Return invitations that can still be accepted."""
    return Invitation.objects.in_workspace(workspace).open(now)


def withdraw(invitation: Invitation, *, by: Membership, now: datetime) -> None:
    """Make an invitation's link useless. Raises WrongState when it was used or withdrawn before."""
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now):
        raise WrongState(_("This invitation is not open any more."))
    record(by=by, verb="invitation.withdrawn", subject=invitation)


def find_invitation(token: str, now: datetime) -> Invitation | None:
    """Return the open invitation of a link's secret."""
    rows = Invitation.objects.open(now).select_related("workspace", "made_by__user")
    return rows.filter(token_hash=_hash(token)).first()


@transaction.atomic
def accept(invitation: Invitation, user: User, now: datetime) -> Membership:
    """Let `user` join. Somebody who left comes back to the same row, so their work is theirs again.

    Who is in the team already keeps their role, and the link stays for whom it was meant.
    """
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    member, is_new = Membership.objects.get_or_create(
        workspace=invitation.workspace, user=user, defaults={"role": invitation.role, "joined_at": now}
    )
    if not is_new and member.left_at is None:
        raise UserError(_("You are in this team already. The link is for somebody else."))
    if not taken.update(accepted_at=now, accepted_by=member):
        raise UserError(_("This invitation was used already. Ask for a new one."))
    if not is_new:
        Membership.objects.filter(pk=member.pk).update(role=invitation.role, left_at=None, joined_at=now)
        member.refresh_from_db()
    record(by=member, verb="member.joined", subject=member, role=invitation.role)
    return member


def change_role(member: Membership, role: str, *, by: Membership) -> None:
    """Give a member another role; the last owner stays one."""
    if member.role == role:
        return
    if member.role == Role.OWNER:
        _keep_an_owner(member)
    was = member.role
    Membership.objects.filter(pk=member.pk).update(role=role)
    member.role = role
    record(by=by, verb="member.role_changed", subject=member, was=was, now=role)


def remove(member: Membership, *, by: Membership, now: datetime) -> None:
    """Take a member out of the team. What they own stays and keeps their name."""
    if member.role == Role.OWNER:
        _keep_an_owner(member)
    with transaction.atomic():
        Membership.objects.filter(pk=member.pk, left_at=None).update(left_at=now)
        member.tokens.filter(revoked_at=None).update(revoked_at=now)
        record(by=by, verb="member.removed", subject=member)
    member.left_at = now


def _keep_an_owner(member: Membership) -> None:
    others = Membership.objects.active().filter(workspace=member.workspace, role=Role.OWNER).exclude(pk=member.pk)
    if not others.exists():
        raise UserError(_("%(name)s is the only owner. Make somebody else an owner first.") % {"name": member.name})


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
