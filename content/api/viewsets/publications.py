"""The calendar over REST: planning, moving, settling, the one call and its dry run."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from campaigns.models import Campaign
from content import kit as kits
from content.actions import assisting, reconciling, scheduling, updating
from content.api import at_once
from content.api.more import SaysMore
from content.api.serializers import publications as shapes
from content.api.serializers.problems import of_account
from content.calendar import tray
from content.checks import check_variant, stopping
from content.compose import compose
from content.models import ContentItem, Publication, Variant
from content.models.publication import State
from mediaops.api.base import ReadViewSet, TeamView
from mediaops.models import Right
from platforms.models import Account

TRY = PolymorphicProxySerializer(
    component_name="Try",
    serializers=[shapes.PublishSerializer, shapes.ValidateVariantSerializer],
    resource_type_field_name=None,
)


class Publish(SaysMore, TeamView):
    """Write, approve and plan in one call. All of it is made, or nothing."""

    rights = {"post": Right.PUBLISH}

    @extend_schema(
        operation_id="publish", request=shapes.PublishSerializer, responses={201: shapes.PublishedSerializer}
    )
    def post(self, request: Any) -> Response:
        """Needs the rights to write and to publish.

        Planned for later, it may still need approval or a shorter text: `problems` says so. For now, it
        has to be ready. What cannot be planned on one account keeps all from being made: 400 `cannot_plan`.
        """
        self.demand(Right.WRITE)
        context = {"request": request, "view": self}
        form = shapes.PublishSerializer(data=request.data, context=context)
        form.is_valid(raise_exception=True)
        now = timezone.now()
        with transaction.atomic():
            made = at_once.publish(
                form.validated_data, may_approve=self.may(Right.APPROVE),
                workspace=self.workspace, by=self.member, now=now,
            )  # fmt: skip
            if made.refused:
                raise at_once.refusal(made.refused)
        told = {**vars(made), "problems": list(_problems_of(made.publications, now))}
        return Response(shapes.PublishedSerializer(told, context=context).data, 201)


class PublicationFilter(filters.FilterSet):
    account = filters.ModelChoiceFilter(
        field_name="variant__account", queryset=Account.objects.all(), label="Account"
    )
    item = filters.ModelChoiceFilter(field_name="variant__item", queryset=ContentItem.objects.all(), label="Piece")
    campaign = filters.ModelChoiceFilter(
        field_name="variant__item__campaign", queryset=Campaign.objects.all(), label="Campaign"
    )
    state = filters.MultipleChoiceFilter(choices=State.choices, label="State; may be repeated")
    since = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="gte", label="Due at or after")
    until = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="lt", label="Due before")
    waiting = filters.BooleanFilter(method="by_waiting", label="Needs a person: failed, unsure, by hand, late")

    def by_waiting(self, rows: Any, name: str, value: bool) -> Any:
        waiting = rows.needing_a_person()
        return waiting if value else rows.exclude(pk__in=waiting.values("pk"))


class PublicationViewSet(SaysMore, ReadViewSet):
    """Publications, the last moment first."""

    queryset = Publication.objects.select_related("variant__item__workspace", "variant__account__workspace", "post")
    serializer_class = shapes.PublicationDetailSerializer
    filterset_class = PublicationFilter
    ordering = ["-due_at"]
    ordering_fields = ["due_at", "made_at"]
    rights = {"validate": Right.SEE, "kit": Right.PUBLISH, "*": Right.PUBLISH}

    def get_serializer_class(self) -> Any:
        return shapes.PublicationSerializer if self.action == "list" else shapes.PublicationDetailSerializer

    def _form(self, kind: Any) -> dict[str, Any]:
        form = kind(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return form.validated_data

    def _answer(self, row: Publication, status: int = 200) -> Response:
        fresh = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(fresh).data, status)

    @extend_schema(request=shapes.PlanSerializer, responses={201: shapes.PublicationDetailSerializer})
    def create(self, request: Any) -> Response:
        """Plan a variant that is there."""
        given = self._form(shapes.PlanSerializer)
        row = at_once.plan(given["variant"], given["due_at"], by=self.member, now=timezone.now())
        return self._answer(row, 201)

    @extend_schema(request=None, responses=shapes.FilledSerializer)
    @action(detail=False, methods=["post"])
    def fill(self, request: Any) -> Response:
        """Plan approved pieces that wait in the tray, at most 20, into the next free slots of their accounts."""
        now = timezone.now()
        variants = [variant for variant, _moment in tray(self.workspace, now)]
        rows = scheduling.plan_next(variants, by=self.member, now=now)
        return Response({"planned": [row.pk for row in rows]})

    @extend_schema(request=shapes.MomentSerializer, responses=shapes.PublicationDetailSerializer)
    @action(detail=True, methods=["post"])
    def reschedule(self, request: Any, pk: str) -> Response:
        """Give it a new moment, while it has not gone out."""
        row, given = self.get_object(), self._form(shapes.MomentSerializer)
        return self._answer(scheduling.reschedule(row, given["due_at"], by=self.member, now=timezone.now()))

    @extend_schema(request=None, responses=shapes.PublicationDetailSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Any, pk: str) -> Response:
        """Drop it. For an unsure one this says that it is not live and shall not be sent again."""
        row = self.get_object()
        act = reconciling.give_up if row.state == State.UNSURE else scheduling.cancel
        return self._answer(act(row, by=self.member, now=timezone.now()))

    @extend_schema(request=None, responses=shapes.PublicationDetailSerializer)
    @action(detail=True, methods=["post"], url_path="plan-again")
    def plan_again(self, request: Any, pk: str) -> Response:
        """Take a cancelling back, while its moment has not passed: it waits for the same one."""
        return self._answer(scheduling.plan_again(self.get_object(), by=self.member, now=timezone.now()))

    @extend_schema(request=None, responses=shapes.PublicationDetailSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: Any, pk: str) -> Response:
        """Send a failed or late one again, at once."""
        return self._answer(scheduling.send_now(self.get_object(), by=self.member, now=timezone.now()))

    @extend_schema(request=None, responses=shapes.PublicationDetailSerializer)
    @action(detail=True, methods=["post"], url_path="send-now")
    def send_now(self, request: Any, pk: str) -> Response:
        """Let a planned one go out at once."""
        return self._answer(scheduling.send_now(self.get_object(), by=self.member, now=timezone.now()))

    @extend_schema(request=shapes.ConfirmSerializer, responses=shapes.PublicationDetailSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Any, pk: str) -> Response:
        """Say that it is live at this address: posted by hand, or unsure and seen there."""
        row, given = self.get_object(), self._form(shapes.ConfirmSerializer)
        reconciling.confirm(row, given["url"], by=self.member, now=timezone.now())
        return self._answer(row)

    @extend_schema(responses=shapes.KitSerializer)
    @action(detail=True, methods=["get"])
    def kit(self, request: Any, pk: str) -> Response:
        """What a person needs to post it by hand, ready to copy."""
        row = self.get_object()
        made = vars(kits.kit_of(row)) | {"link": settings.SITE_URL + kits.make_link(row, self.member)}
        return Response(shapes.KitSerializer(made).data)

    @extend_schema(request=None, responses=shapes.PublicationDetailSerializer)
    @action(detail=True, methods=["post"])
    def posted(self, request: Any, pk: str) -> Response:
        """Say that it was posted by hand and the link is still to come; nobody is reminded any more."""
        row, now = self.get_object(), timezone.now()
        assisting.open_early(row, now)
        return self._answer(assisting.say_posted(row, by=self.member, now=now))

    @extend_schema(request=shapes.CannotSerializer, responses=shapes.PublicationDetailSerializer)
    @action(detail=True, methods=["post"])
    def cannot(self, request: Any, pk: str) -> Response:
        """Say that it cannot be posted by hand, and why; who planned it is told."""
        row, given, now = self.get_object(), self._form(shapes.CannotSerializer), timezone.now()
        assisting.open_early(row, now)
        return self._answer(assisting.say_cannot(row, given["reason"], by=self.member, now=now))

    @extend_schema(request=shapes.NotLiveSerializer, responses=shapes.PublicationDetailSerializer)
    @action(detail=True, methods=["post"], url_path="not-live")
    def not_live(self, request: Any, pk: str) -> Response:
        """Say that you looked and an unsure one is not live; it goes out at `due_at`."""
        row, given, now = self.get_object(), self._form(shapes.NotLiveSerializer), timezone.now()
        return self._answer(reconciling.not_live(row, given["due_at"] or now, by=self.member, now=now))

    @extend_schema(request=None, responses=shapes.PublicationDetailSerializer)
    @action(detail=True, methods=["post"], url_path="update")
    def change_there(self, request: Any, pk: str) -> Response:
        """Change the live post to what its piece says now, where the platform can.

        The text must be approved as it stands: 400 `cannot_update` says what stops it, 409 `not_done` what
        the platform said.
        """
        return self._answer(updating.update(self.get_object(), by=self.member, now=timezone.now()))

    @extend_schema(request=None, responses=shapes.PublicationDetailSerializer)
    @action(detail=True, methods=["post"])
    def look(self, request: Any, pk: str) -> Response:
        """Ask the platform now whether an unsure one is there."""
        row = self.get_object()
        reconciling.look_up(row.pk, timezone.now(), by=self.member)
        return self._answer(row)

    @extend_schema(request=TRY, responses=shapes.TriedSerializer)
    @action(detail=False, methods=["post"])
    def validate(self, request: Any) -> Response:
        """Dry run: what would be sent, and every problem. Takes what `/publish/` takes, or a variant's id."""
        now = timezone.now()
        with transaction.atomic():
            variants, due_at, has_time = self._tried(now)
            rows = [_tried(variant, due_at, has_time=has_time, now=now) for variant in variants]
            transaction.set_rollback(True)
        told = {
            "accepted": shapes.every(rows, "accepted"),
            "ready": shapes.every(rows, "ready"),
            "accounts": rows,
        }
        return Response(shapes.TriedSerializer(told).data)

    def _tried(self, now: datetime) -> tuple[list[Variant], datetime | None, bool]:
        if isinstance(self.request.data, dict) and "variant" in self.request.data:
            given = self._form(shapes.ValidateVariantSerializer)
            return [given["variant"]], given.get("scheduled_at"), "scheduled_at" in given
        given = self._form(shapes.PublishSerializer)
        _item, variants = at_once.write(
            given, may_approve=self.may(Right.APPROVE), workspace=self.workspace, by=self.member, now=now
        )
        return variants, given["scheduled_at"], True


def _tried(variant: Variant, due_at: datetime | None, *, has_time: bool, now: datetime) -> dict[str, Any]:
    against = at_once.blocking(variant, due_at if has_time else now, now)
    asked_at = (due_at or now) if has_time else None
    found = check_variant(variant, due_at=asked_at, now=now) if variant.pk else against
    return {
        "account": variant.account_id,
        "accepted": not against,
        "ready": not stopping(found),
        "problems": found,
        "outgoing": compose(variant),
    }


def _problems_of(publications: Iterable[Publication], now: datetime) -> Iterable[dict[str, Any]]:
    for row in publications:
        for problem in check_variant(row.variant, due_at=row.due_at, now=now, publication=row):
            yield of_account(row.variant.account_id, problem)
