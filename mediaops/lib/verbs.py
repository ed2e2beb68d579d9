"""The trail's verbs in words. A verb that is not here is shown as it is written."""

from typing import Any

from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Any] = {
    "workspace.made": _("Workspace made"),
    "workspace.changed": _("Workspace settings changed"),
    "member.invited": _("Invitation sent"),
    "invitation.withdrawn": _("Invitation withdrawn"),
    "member.joined": _("Joined the team"),
    "member.role_changed": _("Role changed"),
    "member.removed": _("Taken out of the team"),
    "token.made": _("API token made"),
    "token.revoked": _("API token revoked"),
    "campaign.made": _("Campaign made"),
    "campaign.changed": _("Campaign changed"),
    "campaign.moved": _("Campaign moved on"),
    "task.made": _("Task given"),
    "task.changed": _("Task changed"),
    "task.moved": _("Task moved on"),
    "budget.planned": _("Budget line planned"),
    "budget.changed": _("Budget line changed"),
    "budget.dropped": _("Budget line removed"),
    "expense.made": _("Expense written down"),
    "expense.dropped": _("Expense removed"),
    "partner.made": _("Partner added"),
    "partner.changed": _("Partner changed"),
    "partner.channel_added": _("Partner’s channel added"),
    "partner.channel_dropped": _("Partner’s channel removed"),
    "collaboration.made": _("Collaboration proposed"),
    "collaboration.changed": _("Collaboration changed"),
    "collaboration.moved": _("Collaboration moved on"),
    "deliverable.made": _("Piece agreed"),
    "deliverable.delivered": _("Piece delivered"),
    "deliverable.reopened": _("Piece reopened"),
    "deliverable.dropped": _("Piece removed"),
    "link.made": _("Tracked link made"),
    "link.closed": _("Tracked link closed"),
    "comment.shown": _("Site comment shown"),
    "comment.hidden": _("Site comment hidden"),
    "publication.planned": _("Planned"),
    "publication.moved": _("Moved to another time"),
    "publication.released": _("Sent on at once"),
    "publication.started": _("Sending began"),
    "publication.put_back": _("Nothing was sent; waits"),
    "publication.processing": _("Taken by the platform"),
    "publication.live": _("Went live"),
    "publication.failed": _("Publishing failed"),
    "publication.unsure": _("Outcome unknown"),
    "publication.looked": _("Looked on the platform"),
    "publication.not_live": _("Said not to be live; planned again"),
    "publication.late": _("Missed its time"),
    "publication.by_hand": _("Due by hand"),
    "publication.cancelled": _("Publication cancelled"),
    "account.paused": _("Account paused"),
    "account.resumed": _("Pause of the account lifted"),
    "workspace.paused": _("Publishing paused"),
    "workspace.resumed": _("Pause of publishing lifted"),
}


def sentence_of(verb: str) -> str:
    """Return a verb of the trail in the reader's language."""
    return str(SENTENCES.get(verb, verb))
