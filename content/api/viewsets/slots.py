"""Posting slots over REST."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from content.actions import scheduling, slotting
from content.api.serializers import slots as shapes
from content.models import Slot
from mediaops.api.base import ReadViewSet
from mediaops.models import Right

NEXT = [
    OpenApiParameter("account", int, required=True, description="Account"),
    OpenApiParameter(
        "variant",
        int,
        description="What is to go out: days and months whose quota takes no more of it are passed over.",
    ),
    OpenApiParameter("after", str, description="Only later than this moment (ISO 8601 with zone); now without it."),
]


class SlotViewSet(ReadViewSet):
    """Weekly times of the accounts."""

    queryset = Slot.objects.select_related("account")
    serializer_class = shapes.SlotSerializer
    filterset_fields = ["account", "weekday"]
    ordering = ["pk"]
    rights = {"*": Right.PUBLISH}

    @extend_schema(request=shapes.SlotWriteSerializer, responses={201: shapes.SlotSerializer(many=True)})
    def create(self, request: Any) -> Response:
        """Add a weekly time on each of these days; answers these slots, also those that were there."""
        form = shapes.SlotWriteSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        given = form.validated_data
        slotting.add_slots(given["account"], given["weekdays"], given["time"], by=self.member)
        rows = Slot.objects.filter(account=given["account"], weekday__in=given["weekdays"], time=given["time"])
        return Response(self.get_serializer(rows, many=True).data, 201)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Any, pk: str) -> Response:
        """Remove a weekly time; what is planned at it stays planned."""
        slotting.drop_slot(self.get_object(), by=self.member)
        return Response(status=204)

    @extend_schema(parameters=NEXT, responses=shapes.NextSlotSerializer, filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def next(self, request: Any) -> Response:
        """The next free slot of an account."""
        form = shapes.NextSlotQuery(data=request.query_params, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        given, now = form.validated_data, timezone.now()
        account, after = given["account"], max(given.get("after", now), now)
        moment = scheduling.next_free_slot(account, after, variant=given.get("variant"))
        return Response(shapes.NextSlotSerializer({"account": account.pk, "due_at": moment}).data)
