"""The ground's rows: people, workspaces, rights, trail, notices, tokens.

Modules import in this order only: owned, user, workspace, then the rest.
"""

from mediaops.models.activity import Activity
from mediaops.models.api_token import ApiToken, StoredAnswer
from mediaops.models.chat import ChatMessage, ChatRobot
from mediaops.models.invitation import Invitation
from mediaops.models.notice import Notice
from mediaops.models.owned import WorkspaceQuerySet
from mediaops.models.reason import Reason, ReasonOf
from mediaops.models.user import User
from mediaops.models.workspace import RIGHTS, Membership, Right, Role, Workspace

__all__ = [
    "RIGHTS",
    "Activity",
    "ApiToken",
    "ChatMessage",
    "ChatRobot",
    "Invitation",
    "Membership",
    "Notice",
    "Reason",
    "ReasonOf",
    "Right",
    "Role",
    "StoredAnswer",
    "User",
    "Workspace",
    "WorkspaceQuerySet",
]
