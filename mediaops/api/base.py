"""What every API view shares: the workspace of the token, and rows through the door."""

from typing import Any

from rest_framework import mixins, viewsets

from mediaops.api.permissions import right_for_method
from mediaops.models import Membership, Right, Workspace


class TeamViewSet(viewsets.GenericViewSet):
    """Rows of the token's workspace. Subclasses add DRF's mixins or verbs that call actions.

    `rights` maps an action's name (`create`, `approve`) to the `Right` it needs, `*` stands for all
    changes that are not named; reading needs SEE.
    """

    rights: dict[str, Right] = {}

    @property
    def workspace(self) -> Workspace:
        return self.request.member.workspace

    @property
    def member(self) -> Membership:
        return self.request.member

    def right_for(self, request: Any) -> Right:
        return right_for_method(request.method, self.rights, self.action or "")

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return rows.in_workspace(self.workspace)


class ReadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TeamViewSet):
    """List and one, nothing else."""
