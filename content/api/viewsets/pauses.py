"""Pausing and lifting over REST."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from content.actions import holding
from content.api.serializers import pauses as shapes
from content.models import Publication
from mediaops.api.base import TeamView
from mediaops.models import Right
from platforms.models import Account


class Pauses(TeamView):
    """What is paused now."""

    rights = {"*": Right.PUBLISH}

    @extend_schema(operation_id="pauses", responses=shapes.PausesSerializer)
    def get(self, request: Any) -> Response:
        """What is paused, and every publication it holds back."""
        return Response(shapes.PausesSerializer(self._now(), context=self._context()).data)

    @extend_schema(operation_id="pause", request=shapes.PauseSerializer, responses=shapes.PausesSerializer)
    def post(self, request: Any) -> Response:
        """Stop what would be published by itself, at once: on one account, or in the whole workspace."""
        form = shapes.PauseSerializer(data=request.data, context=self._context())
        form.is_valid(raise_exception=True)
        account = form.validated_data["account"]
        if account:
            holding.pause_account(account, by=self.member, now=timezone.now())
        else:
            holding.pause_workspace(self.workspace, by=self.member, now=timezone.now())
        return Response(shapes.PausesSerializer(self._now(), context=self._context()).data)

    def _context(self) -> dict[str, Any]:
        return {"request": self.request, "view": self}

    def _now(self) -> dict[str, Any]:
        accounts = Account.objects.in_workspace(self.workspace).exclude(paused_at=None)
        held = Publication.objects.in_workspace(self.workspace).paused().filter(late_at=None).order_by("due_at")
        return {
            "workspace_paused_at": self.workspace.paused_at,
            "accounts": list(accounts.values_list("pk", flat=True)),
            "held": held.select_related("variant__item", "variant__account", "post"),
        }


class Lift(Pauses):
    """Lifting a pause."""

    http_method_names = ["post", "options"]

    @extend_schema(operation_id="lift_pause", request=shapes.LiftSerializer, responses=shapes.LiftedSerializer)
    def post(self, request: Any) -> Response:
        """Lift a pause. What missed its time goes out only when `release` names it."""
        form = shapes.LiftSerializer(data=request.data, context=self._context())
        form.is_valid(raise_exception=True)
        account, chosen = form.validated_data["account"], form.validated_data.get("release", [])
        ids, now = [row.pk for row in chosen], timezone.now()
        if account:
            late = holding.resume_account(account, release=ids, by=self.member, now=now)
        else:
            late = holding.resume_workspace(self.workspace, release=ids, by=self.member, now=now)
        told = {**self._now(), "late": late}
        return Response(shapes.LiftedSerializer(told, context=self._context()).data)
