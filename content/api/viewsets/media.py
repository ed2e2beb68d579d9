"""The media library over REST."""

from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response

from content.actions import assets
from content.api.more import SaysMore
from content.api.serializers import media as shapes
from content.models import Asset
from content.models.asset import AssetKind
from mediaops.api.base import ReadViewSet
from mediaops.api.files import AnyAccept
from mediaops.lib.ranges import ranged
from mediaops.models import Right


class MediaFilter(filters.FilterSet):
    q = filters.CharFilter(method="by_words", label="In name or alternative text")
    without_alt = filters.BooleanFilter(method="by_alt", label="Without alternative text")

    kind = filters.ChoiceFilter(choices=AssetKind.choices, label="Pictures or videos")

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(name__icontains=value) | Q(alt_text__icontains=value))

    def by_alt(self, rows: Any, name: str, value: bool) -> Any:
        return rows.filter(alt_text="") if value else rows.exclude(alt_text="")


class MediaViewSet(SaysMore, ReadViewSet):
    """Pictures and videos of the library, newest first."""

    queryset = Asset.objects.filter(removed_at=None)
    serializer_class = shapes.MediaSerializer
    filterset_class = MediaFilter
    parser_classes = [MultiPartParser, JSONParser]
    ordering = ["-made_at"]
    ordering_fields = ["made_at", "name"]
    rights = {"file": Right.SEE, "*": Right.WRITE}

    def _form(self, kind: Any) -> dict[str, Any]:
        form = kind(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return form.validated_data

    @extend_schema(
        request={"multipart/form-data": shapes.UploadSerializer, "application/json": shapes.FetchSerializer},
        responses={201: shapes.AddedSerializer, 200: shapes.AddedSerializer},
    )
    def create(self, request: Any) -> Response:
        """Take a file in as `multipart/form-data`, or a picture at an address as JSON. 200 when it was there."""
        now = timezone.now()
        if isinstance(request.data, dict) and "url" in request.data:
            given = self._form(shapes.FetchSerializer)
            added = assets.fetch_asset(given["url"], alt_text=given["alt"], by=self.member, now=now)
        else:
            given = self._form(shapes.UploadSerializer)
            file = given["file"]
            added = assets.add_asset(file, file.name, alt_text=given["alt"], by=self.member, now=now)
        context = {**self.get_serializer_context(), "duplicate": added.is_duplicate}
        told = shapes.AddedSerializer(added.asset, context=context).data
        return Response(told, 200 if added.is_duplicate else 201)

    @extend_schema(request=shapes.DescribeSerializer, responses=shapes.MediaSerializer)
    def partial_update(self, request: Any, pk: str) -> Response:
        """Give it another name or alternative text."""
        row, given = self.get_object(), self._form(shapes.DescribeSerializer)
        row = assets.describe(
            row, name=given.get("name", row.name), alt_text=given.get("alt", row.alt_text),
            by=self.member, now=timezone.now(),
        )  # fmt: skip
        return Response(self.get_serializer(row).data)

    @extend_schema(
        request=None,
        responses={204: None},
        parameters=[OpenApiParameter("anyway", bool, description="Even while pieces show it.")],
    )
    def destroy(self, request: Any, pk: str) -> Response:
        """Take it out of the library; 409 `still_used` with the pieces that show it."""
        anyway = request.query_params.get("anyway") in {"1", "true"}
        assets.remove(self.get_object(), by=self.member, now=timezone.now(), even_if_used=anyway)
        return Response(status=204)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], content_negotiation_class=AnyAccept)
    def file(self, request: Any, pk: str) -> Any:
        """The file itself; a part of it with `Range`."""
        row = self.get_object()
        try:
            stored = default_storage.open(row.file.name, "rb")
        except (OSError, ValueError):
            raise Http404 from None
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
        return ranged(request, stored, row.mime, headers=headers)
