"""One account's version of a piece by its own address: what is wrong with it, and mending it."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import RetrieveModelMixin
from rest_framework.response import Response

from content.actions import mending
from content.api.more import SaysMore
from content.api.serializers import brand as brand_shapes
from content.api.serializers import items as shapes
from content.api.serializers.problems import FixSerializer, ProblemSerializer
from content.checks import check_text
from content.models import Variant
from mediaops.api.base import TeamViewSet
from mediaops.models import Right


class VariantViewSet(SaysMore, RetrieveModelMixin, TeamViewSet):
    """One account's version of a piece. It is written under its piece: `/items/{id}/variants/`."""

    queryset = Variant.objects.select_related(
        "item__workspace", "item__cover", "account__workspace", "changed_by__user"
    )
    serializer_class = shapes.VariantSerializer
    rights = {"*": Right.WRITE}

    @extend_schema(responses=ProblemSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def problems(self, request: Any, pk: str) -> Response:
        """What the platform would refuse, and what brand guide, law and lists say; each with its fixes."""
        return Response(ProblemSerializer(check_text(self.get_object()), many=True).data)

    @extend_schema(responses=FixSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def fixes(self, request: Any, pk: str) -> Response:
        """Everything that `mend` would do now: the fixes of the problems, and tools for pictures."""
        found = [offer.fix for offer in mending.offers(self.get_object()).values()]
        return Response(FixSerializer(found, many=True).data)

    @extend_schema(request=brand_shapes.MendVariantSerializer, responses=brand_shapes.MendedSerializer)
    @action(detail=True, methods=["post"])
    def mend(self, request: Any, pk: str) -> Response:
        """Take a fix. 409 `edited_meanwhile` when somebody saved, 409 `wrong_state` when the problem is gone.

        What is cut or replaced is kept as a version of the piece; a picture that is made is a new one.
        """
        row, form = self.get_object(), brand_shapes.MendVariantSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        made = mending.mend(
            row, given["fix"], revision=given["revision"], by=self.member, now=timezone.now(),
            focus=(given["focus_x"], given["focus_y"]),
        )  # fmt: skip
        told = {
            "fix": made.fix, "of_piece": made.is_of_piece, "variant": made.variant, "item": made.variant.item,
        }  # fmt: skip
        return Response(brand_shapes.MendedSerializer(told, context=self.get_serializer_context()).data)
