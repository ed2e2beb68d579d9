"""Partners, collaborations, deliverables."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import Collaboration, Deliverable, Partner, PartnerAccount
from campaigns.models.collaboration import STAGE_MOVES
from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.lib.moves import move
from mediaops.models import Membership, Workspace
from platforms.models import Post


def add_partner(workspace: Workspace, *, by: Membership, now: datetime, **fields: Any) -> Partner:
    """Make a partner; the name must be new in the workspace."""
    _refuse_known(workspace, fields["name"])
    row = Partner.objects.create(workspace=workspace, made_at=now, **fields)
    record(by=by, verb="partner.made", subject=row)
    return row


def change_partner(partner: Partner, changes: dict[str, Any], *, by: Membership) -> Partner:
    """Write changed fields of a partner."""
    if changes.get("name", partner.name) != partner.name:
        _refuse_known(partner.workspace, changes["name"])
    Partner.objects.filter(pk=partner.pk).update(**changes)
    for name, value in changes.items():
        setattr(partner, name, value)
    record(by=by, verb="partner.changed", subject=partner, fields=sorted(changes))
    return partner


def add_channel(partner: Partner, *, by: Membership, **fields: Any) -> PartnerAccount:
    """Add a channel of a partner with its reach and price."""
    row = PartnerAccount.objects.create(partner=partner, **fields)
    record(by=by, verb="partner.channel_added", subject=partner, channel=row.name)
    return row


def drop_channel(channel: PartnerAccount, *, by: Membership) -> None:
    """Remove a channel of a partner."""
    record(by=by, verb="partner.channel_dropped", subject=channel.partner, channel=channel.name)
    channel.delete()


def propose(partner: Partner, *, by: Membership, now: datetime, **fields: Any) -> Collaboration:
    """Start a collaboration with a partner."""
    row = Collaboration.objects.create(partner=partner, made_at=now, **fields)
    record(by=by, verb="collaboration.made", subject=row, partner=partner.name)
    return row


def change_collaboration(row: Collaboration, changes: dict[str, Any], *, by: Membership) -> Collaboration:
    """Write changed fields of a collaboration."""
    Collaboration.objects.filter(pk=row.pk).update(**changes)
    for name, value in changes.items():
        setattr(row, name, value)
    record(by=by, verb="collaboration.changed", subject=row, fields=sorted(changes))
    return row


def move_collaboration(row: Collaboration, to: str, *, by: Membership) -> Collaboration:
    """Take a collaboration to another stage, or raise WrongState."""
    was = row.state
    move(row, STAGE_MOVES, to)
    record(by=by, verb="collaboration.moved", subject=row, was=was, now=to)
    return row


def owe(row: Collaboration, *, by: Membership, **fields: Any) -> Deliverable:
    """Add a piece that the partner owes us."""
    piece = Deliverable.objects.create(collaboration=row, **fields)
    record(by=by, verb="deliverable.made", subject=piece)
    return piece


def deliver(piece: Deliverable, post: Post | None, *, by: Membership, now: datetime) -> Deliverable:
    """Point a piece at the real post that delivers it; None takes the post away again."""
    if post is not None and piece.collaboration.deliverables.filter(post=post).exclude(pk=piece.pk).exists():
        raise UserError(_("This post already delivers another piece of the collaboration."))
    delivered_at = now if post else None
    Deliverable.objects.filter(pk=piece.pk).update(post=post, delivered_at=delivered_at)
    piece.post, piece.delivered_at = post, delivered_at
    record(by=by, verb="deliverable.delivered" if post else "deliverable.reopened", subject=piece)
    return piece


def drop_deliverable(piece: Deliverable, *, by: Membership) -> None:
    """Remove a piece."""
    record(by=by, verb="deliverable.dropped", subject=piece)
    piece.delete()


def _refuse_known(workspace: Workspace, name: str) -> None:
    if Partner.objects.in_workspace(workspace).filter(name=name).exists():
        raise UserError(
            _("There is already a partner called %(name)s.") % {"name": name},
            fields={"name": [_("Choose another name.")]},
        )
