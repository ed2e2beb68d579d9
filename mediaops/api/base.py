"""What every API view shares: the workspace of the token, rows through the door, repeats done once."""

from typing import Any

from rest_framework import mixins, serializers, viewsets
from rest_framework.views import APIView

from mediaops.access import demand
from mediaops.api import idempotency
from mediaops.api.permissions import right_for_method
from mediaops.models import Membership, Right, StoredAnswer, Workspace


class TeamDoor(APIView):
    """The member and workspace of the token, the right each action needs, and `Idempotency-Key` on every POST.

    `rights` maps an action's name (`create`, `approve`; on a plain view the method, `post`) to the
    `Right` it needs, `*` stands for all changes that are not named; reading needs SEE.
    """

    rights: dict[str, Right] = {}
    told_once: frozenset[str] = frozenset()
    """Secrets in an answer, by name: they are not kept for a repeat, which gets null instead."""
    _claim: StoredAnswer | None = None

    @property
    def workspace(self) -> Workspace:
        return self.request.member.workspace

    @property
    def member(self) -> Membership:
        return self.request.member

    def may(self, right: Right) -> bool:
        """Say whether the member's role and the token's scopes both include `right`."""
        return self.member.may(right) and right in self.request.auth.token.scopes  # type: ignore[union-attr]

    def demand(self, right: Right) -> None:
        """Raise NotAllowed unless the member's role and the token's scopes both include `right`."""
        demand(self.member, right)
        self.request.auth.demand(right)  # type: ignore[union-attr]

    def right_for(self, request: Any) -> Right:
        action = getattr(self, "action", None) or request.method.lower()
        return right_for_method(request.method, self.rights, action)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.enter()
        if request.method == "POST" and request.auth is not None:
            self._claim = idempotency.claim(request)

    def enter(self) -> None:
        """Look for what the address names, after the door and before the work."""

    def handle_exception(self, error: Exception) -> Any:
        if isinstance(error, idempotency.AnsweredBefore):
            return error.response
        return super().handle_exception(error)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        claim, self._claim = self._claim, None
        if claim is not None:
            idempotency.settle(claim, response, without=self.told_once)
        return super().finalize_response(request, response, *args, **kwargs)


class TeamView(TeamDoor):
    """One address that is not a list of rows."""


class TeamViewSet(TeamDoor, viewsets.GenericViewSet):
    """Rows of the token's workspace. Subclasses add DRF's mixins or verbs that call actions.

    A row that is not there is a 404 before anybody looks at the body; `get_object` asks the database once.
    """

    _row: Any = None

    def enter(self) -> None:
        if self.detail and (self.lookup_url_kwarg or self.lookup_field) in self.kwargs:
            self.get_object()

    def get_object(self) -> Any:
        if self._row is None:
            self._row = super().get_object()
        return self._row

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return rows.in_workspace(self.workspace)


class ReadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TeamViewSet):
    """List and one, nothing else."""


class OwnRow(serializers.PrimaryKeyRelatedField):
    """A row of the token's workspace by its id; another workspace's row does not exist."""

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        request = self.context.get("request")
        member = getattr(request, "member", None)
        if rows is None or not hasattr(rows, "in_workspace"):
            return rows
        return rows.in_workspace(member.workspace) if member else rows.none()


class TeamSerializer(serializers.ModelSerializer):
    """A model's serializer whose foreign keys only know the token's workspace."""

    serializer_related_field = OwnRow
