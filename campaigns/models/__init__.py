"""Why, with whom, for how much. Modules import downwards in this order."""

from campaigns.models.budget import BudgetLine, Expense
from campaigns.models.campaign import Campaign
from campaigns.models.collaboration import Collaboration, Deliverable
from campaigns.models.link import LinkDay, TrackedLink
from campaigns.models.partner import Partner, PartnerAccount
from campaigns.models.phase import Phase
from campaigns.models.task import Task

__all__ = [
    "BudgetLine",
    "Campaign",
    "Collaboration",
    "Deliverable",
    "Expense",
    "LinkDay",
    "Partner",
    "PartnerAccount",
    "Phase",
    "Task",
    "TrackedLink",
]
