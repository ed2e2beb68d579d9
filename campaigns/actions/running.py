"""Running campaigns."""

from datetime import datetime
from typing import Any

from campaigns.models import Campaign
from campaigns.models.campaign import MOVES
from mediaops.actions.activity import record
from mediaops.lib.moves import move
from mediaops.models import Membership, Workspace


def start_campaign(workspace: Workspace, *, by: Membership, now: datetime, **fields: Any) -> Campaign:
    """Make a campaign; `fields` are those of Campaign."""
    row = Campaign.objects.create(workspace=workspace, made_at=now, **fields)
    record(by=by, verb="campaign.made", subject=row)
    return row


def change_campaign(campaign: Campaign, changes: dict[str, Any], *, by: Membership) -> Campaign:
    """Write changed fields; the trail names them."""
    Campaign.objects.filter(pk=campaign.pk).update(**changes)
    for name, value in changes.items():
        setattr(campaign, name, value)
    record(by=by, verb="campaign.changed", subject=campaign, fields=sorted(changes))
    return campaign


def move_campaign(campaign: Campaign, to: str, *, by: Membership) -> Campaign:
    """Take a campaign to another state, or raise WrongState."""
    was = campaign.state
    move(campaign, MOVES, to)
    record(by=by, verb="campaign.moved", subject=campaign, was=was, now=to)
    return campaign
