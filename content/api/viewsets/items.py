"""Pieces: writing, agreeing, fitting to accounts, going back, talking."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from campaigns.models import Campaign
from content.actions import drafting, fitting, mending, previewing, reviewing
from content.api.more import SaysMore
from content.api.serializers import items as shapes
from content.api.serializers.brand import MendSerializer
from content.api.serializers.problems import ProblemSerializer
from content.checks import check_piece
from content.models import Comment, ContentItem, ItemVersion, Pillar, Variant
from content.models.item import ItemState
from mediaops.api.base import ReadViewSet
from mediaops.models import Membership, Right
from platforms.models import Account


class ItemFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=ItemState.choices, label="State; may be repeated")
    pillar = filters.ModelChoiceFilter(queryset=Pillar.objects.all(), label="Pillar")
    campaign = filters.ModelChoiceFilter(queryset=Campaign.objects.all(), label="Campaign")
    owner = filters.ModelChoiceFilter(queryset=Membership.objects.all(), label="Owner")
    account = filters.ModelChoiceFilter(
        field_name="variants__account", queryset=Account.objects.all(), label="Fitted to this account"
    )
    q = filters.CharFilter(method="by_words", label="All of these words in title, summary or body")
    archived = filters.BooleanFilter(
        field_name="archived_at", lookup_expr="isnull", exclude=True, label="Archived ones; without it current ones"
    )
    since = filters.IsoDateTimeFilter(field_name="changed_at", lookup_expr="gte", label="Changed at or after")

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        for word in value.split()[:8]:
            rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word) | Q(body__icontains=word))
        return rows


class ItemViewSet(SaysMore, ReadViewSet):
    """Pieces, latest change first."""

    queryset = ContentItem.objects.select_related("workspace", "owner__user", "changed_by__user").prefetch_related(
        "personas"
    )
    serializer_class = shapes.ItemSerializer
    filterset_class = ItemFilter
    ordering = ["-changed_at"]
    ordering_fields = ["changed_at", "made_at", "title"]
    rights = {
        "approve": Right.APPROVE,
        "request_changes": Right.APPROVE,
        "show_variant": Right.PUBLISH,
        "*": Right.WRITE,
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if self.action != "list":
            return rows
        rows = rows.defer("body")
        return rows if self.request.query_params.get("archived") else rows.current()

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def get_serializer_class(self) -> Any:
        return shapes.ItemRowSerializer if self.action == "list" else shapes.ItemSerializer

    def _form(self, kind: Any, row: Any = None) -> dict[str, Any]:
        form = kind(row, data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return form.validated_data

    def _answer(self, item: ContentItem, status: int = 200) -> Response:
        fresh = self.get_queryset().get(pk=item.pk)
        return Response(self.get_serializer(fresh).data, status)

    @extend_schema(request=shapes.ItemWriteSerializer, responses={201: shapes.ItemSerializer})
    def create(self, request: Any) -> Response:
        """Start a piece."""
        given = self._form(shapes.ItemWriteSerializer)
        item = drafting.create_item(self.workspace, by=self.member, now=timezone.now(), **given)
        return self._answer(item, 201)

    @extend_schema(request=shapes.ItemChangeSerializer, responses=shapes.ItemSerializer)
    def partial_update(self, request: Any, pk: str) -> Response:
        """Save what changed. An approval of another text is withdrawn."""
        item = self.get_object()
        given = self._form(shapes.ItemChangeSerializer, item)
        revision = given.pop("revision")
        saved = drafting.save_item(item, given, revision=revision, by=self.member, now=timezone.now())
        return self._answer(saved)

    @extend_schema(request=None, responses=shapes.ItemSerializer)
    @action(detail=True, methods=["post"])
    def archive(self, request: Any, pk: str) -> Response:
        """Take the piece out of the way and cancel what is planned for it."""
        drafting.archive([self.get_object()], by=self.member, now=timezone.now())
        return self._answer(self.get_object())

    @extend_schema(request=None, responses=shapes.ItemSerializer)
    @action(detail=True, methods=["post"], url_path="bring-back")
    def bring_back(self, request: Any, pk: str) -> Response:
        """Take the piece out of the archive. What was cancelled stays cancelled."""
        return self._answer(drafting.bring_back(self.get_object(), by=self.member))

    @extend_schema(request=shapes.NoteSerializer, responses=shapes.ItemSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Any, pk: str) -> Response:
        """Ask for a decision on the text as it stands."""
        item, given = self.get_object(), self._form(shapes.NoteSerializer)
        reviewing.submit(item, by=self.member, now=timezone.now(), **given)
        return self._answer(item)

    @extend_schema(request=None, responses=shapes.ItemSerializer)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Any, pk: str) -> Response:
        """Withdraw the question before it is decided."""
        return self._answer(reviewing.take_back(self.get_object(), by=self.member, now=timezone.now()))

    @extend_schema(request=None, responses=shapes.RemindedSerializer)
    @action(detail=True, methods=["post"])
    def remind(self, request: Any, pk: str) -> Response:
        """Ask the reviewers once more, at most once a day."""
        told = reviewing.remind(self.get_object(), by=self.member, now=timezone.now())
        return Response({"told": [member.pk for member in told]})

    @extend_schema(request=shapes.ApproveSerializer, responses=shapes.ItemSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Any, pk: str) -> Response:
        """Approve exactly what is there; a later change of text, variants or files withdraws it."""
        item, given = self.get_object(), self._form(shapes.ApproveSerializer)
        reviewing.approve(item, by=self.member, now=timezone.now(), **given)
        return self._answer(item)

    @extend_schema(request=shapes.NoteSerializer, responses=shapes.ItemSerializer)
    @action(detail=True, methods=["post"], url_path="request-changes")
    def request_changes(self, request: Any, pk: str) -> Response:
        """Send the piece back; the note says what to change."""
        item, given = self.get_object(), self._form(shapes.NoteSerializer)
        reviewing.request_changes(item, by=self.member, now=timezone.now(), **given)
        return self._answer(item)

    @extend_schema(responses=shapes.VariantSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def variants(self, request: Any, pk: str) -> Response:
        """The accounts the piece is fitted to."""
        rows = Variant.objects.filter(item=self.get_object()).prefetch_related("picks", "companions")
        return Response(shapes.VariantSerializer(rows, many=True, context=self.get_serializer_context()).data)

    @extend_schema(request=shapes.VariantWriteSerializer, responses={201: shapes.VariantSerializer})
    @variants.mapping.post
    def add_variant(self, request: Any, pk: str) -> Response:
        """Fit the piece to one more account; the variant that is there already is returned, changed as asked."""
        item, now = self.get_object(), timezone.now()
        given = self._form(shapes.VariantWriteSerializer)
        with transaction.atomic():
            row = fitting.add_variant(item, given.pop("account"), by=self.member, now=now)
            if given:
                row = fitting.save_variant(row, given, revision=row.revision, by=self.member, now=now)
        return self._variant(row, 201)

    @extend_schema(responses=shapes.VariantSerializer)
    @action(detail=True, methods=["get"], url_path=r"variants/(?P<variant>\d{1,18})")
    def variant(self, request: Any, pk: str, variant: str) -> Response:
        """One account's version."""
        return self._variant(self._own_variant(variant))

    @extend_schema(request=shapes.VariantChangeSerializer, responses=shapes.VariantSerializer)
    @variant.mapping.patch
    def change_variant(self, request: Any, pk: str, variant: str) -> Response:
        """Save what changed in one account's version."""
        row = self._own_variant(variant)
        given = self._form(shapes.VariantChangeSerializer, row)
        revision = given.pop("revision")
        return self._variant(fitting.save_variant(row, given, revision=revision, by=self.member, now=timezone.now()))

    @extend_schema(request=None, responses={204: None})
    @variant.mapping.delete
    def drop_variant(self, request: Any, pk: str, variant: str) -> Response:
        """Take the account off the piece; what is planned there has to be cancelled first."""
        fitting.drop_variant(self._own_variant(variant), by=self.member, now=timezone.now())
        return Response(status=204)

    @extend_schema(request=shapes.CompanionsSerializer, responses=shapes.VariantSerializer)
    @action(detail=True, methods=["put"], url_path=r"variants/(?P<variant>\d{1,18})/companions")
    def set_companions(self, request: Any, pk: str, variant: str) -> Response:
        """Say which other pieces of the account go out in one message with this one; an empty list is none."""
        row, given = self._own_variant(variant), self._form(shapes.CompanionsSerializer)
        return self._variant(fitting.set_companions(row, given["companions"], by=self.member, now=timezone.now()))

    @extend_schema(request=shapes.ShowToSerializer, responses=shapes.VariantSerializer)
    @action(detail=True, methods=["post"], url_path=r"variants/(?P<variant>\d{1,18})/preview")
    def show_variant(self, request: Any, pk: str, variant: str) -> Response:
        """Show it on the platform to one person, as it stands; nobody else sees it."""
        row, given = self._own_variant(variant), self._form(shapes.ShowToSerializer)
        return self._variant(previewing.send_preview(row, given["to"], by=self.member, now=timezone.now()))

    def _own_variant(self, pk: str) -> Variant:
        rows = Variant.objects.select_related("account", "item__workspace")
        return get_object_or_404(rows, item=self.get_object(), pk=pk)

    def _variant(self, row: Variant, status: int = 200) -> Response:
        return Response(shapes.VariantSerializer(row, context=self.get_serializer_context()).data, status)

    @extend_schema(responses=ProblemSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def wording(self, request: Any, pk: str) -> Response:
        """What brand guide, advertising law, lists and personal data say of the piece's own words."""
        return Response(ProblemSerializer(check_piece(self.get_object()), many=True).data)

    @extend_schema(request=MendSerializer, responses=shapes.ItemSerializer)
    @action(detail=True, methods=["post"])
    def mend(self, request: Any, pk: str) -> Response:
        """Take a fix of the piece's own wording, by its key. The words before are kept as a version."""
        item, given = self.get_object(), self._form(MendSerializer)
        how = {"revision": given["revision"], "by": self.member, "now": timezone.now()}
        return self._answer(mending.mend_piece(item, given["fix"], **how))

    @extend_schema(responses=shapes.VersionRowSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def versions(self, request: Any, pk: str) -> Response:
        """What was written before, newest first; at most 200."""
        rows = ItemVersion.objects.filter(item=self.get_object()).defer("body", "variants")[:200]
        return Response(shapes.VersionRowSerializer(rows, many=True).data)

    @extend_schema(responses=shapes.VersionSerializer)
    @action(detail=True, methods=["get"], url_path=r"versions/(?P<number>\d{1,9})")
    def version(self, request: Any, pk: str, number: str) -> Response:
        """One version in full."""
        row = get_object_or_404(ItemVersion, item=self.get_object(), number=number)
        return Response(shapes.VersionSerializer(row).data)

    @extend_schema(request=None, responses=shapes.ItemSerializer)
    @action(detail=True, methods=["post"], url_path=r"versions/(?P<number>\d{1,9})/restore")
    def restore(self, request: Any, pk: str, number: str) -> Response:
        """Bring back the text of a version; what stands there now is kept as one, too."""
        rows = ItemVersion.objects.select_related("item", "cover", "video")
        row = get_object_or_404(rows, item=self.get_object(), number=number)
        return self._answer(drafting.restore(row, by=self.member, now=timezone.now()))

    @extend_schema(responses=shapes.CommentSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def comments(self, request: Any, pk: str) -> Response:
        """What members said about the piece, oldest first."""
        rows = Comment.objects.filter(item=self.get_object())
        return Response(shapes.CommentSerializer(rows, many=True).data)

    @extend_schema(request=shapes.SaySerializer, responses={201: shapes.CommentSerializer})
    @comments.mapping.post
    def say(self, request: Any, pk: str) -> Response:
        """Comment, or answer a comment."""
        item, given = self.get_object(), self._form(shapes.SaySerializer)
        if given.get("parent"):
            get_object_or_404(Comment, item=item, pk=given["parent"].pk)
        row = reviewing.say(item, by=self.member, now=timezone.now(), **given)
        return Response(shapes.CommentSerializer(row).data, 201)

    @extend_schema(request=None, responses=shapes.CommentSerializer)
    @action(detail=True, methods=["post"], url_path=r"comments/(?P<comment>\d{1,18})/resolve")
    def resolve(self, request: Any, pk: str, comment: str) -> Response:
        """Mark a comment as dealt with."""
        row = get_object_or_404(Comment, item=self.get_object(), pk=comment)
        return Response(shapes.CommentSerializer(reviewing.resolve(row, by=self.member, now=timezone.now())).data)

    @extend_schema(request=None, responses=shapes.CommentSerializer)
    @action(detail=True, methods=["post"], url_path=r"comments/(?P<comment>\d{1,18})/reopen")
    def reopen(self, request: Any, pk: str, comment: str) -> Response:
        """Open a resolved comment again."""
        row = get_object_or_404(Comment, item=self.get_object(), pk=comment)
        return Response(shapes.CommentSerializer(reviewing.reopen(row, by=self.member)).data)
