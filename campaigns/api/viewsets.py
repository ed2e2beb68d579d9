"""Campaigns, money, tasks, partners and links over REST. Changes call the same actions as the pages."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from campaigns.actions import assigning, linking, partnering, phasing, running, spending
from campaigns.api import serializers
from campaigns.models import (
    BudgetLine,
    Campaign,
    Collaboration,
    Deliverable,
    Expense,
    Partner,
    PartnerAccount,
    Task,
    TrackedLink,
)
from mediaops.api.base import ReadViewSet
from mediaops.models import Right


class FormViewSet(ReadViewSet):
    """What the views here share: cleaning what comes in, answering with the row as it is now."""

    def form(self, kind: Any, row: Any = None, *, partial: bool = False) -> dict[str, Any]:
        form = kind(row, data=self.request.data, partial=partial, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return form.validated_data

    def answer(self, row: Any, status: int = 200) -> Response:
        fresh = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(fresh).data, status)


class CampaignFilter(filters.FilterSet):
    first = filters.DateFilter(field_name="ends_on", lookup_expr="gte", label="Runs on or after this day")
    last = filters.DateFilter(field_name="starts_on", lookup_expr="lte", label="Runs on or before this day")

    class Meta:
        model = Campaign
        fields = ["state", "owner"]


class CampaignViewSet(FormViewSet):
    """Campaigns, latest start first."""

    queryset = Campaign.objects.select_related("workspace")
    serializer_class = serializers.CampaignSerializer
    filterset_class = CampaignFilter
    ordering = ["-starts_on"]
    ordering_fields = ["starts_on", "ends_on", "name"]
    rights = {
        "budget": Right.AMOUNTS, "add_line": Right.AMOUNTS, "change_line": Right.AMOUNTS, "drop_line": Right.AMOUNTS,
        "expenses": Right.AMOUNTS, "spend": Right.AMOUNTS, "drop_expense": Right.AMOUNTS, "*": Right.CAMPAIGNS,
    }  # fmt: skip

    @extend_schema(request=serializers.CampaignWriteSerializer, responses={201: serializers.CampaignSerializer})
    def create(self, request: Any) -> Response:
        given = self.form(serializers.CampaignWriteSerializer)
        row = running.start_campaign(self.workspace, by=self.member, now=timezone.now(), **given)
        return self.answer(row, 201)

    @extend_schema(request=serializers.CampaignWriteSerializer, responses=serializers.CampaignSerializer)
    def partial_update(self, request: Any, pk: str) -> Response:
        row = self.get_object()
        given = self.form(serializers.CampaignWriteSerializer, row, partial=True)
        return self.answer(running.change_campaign(row, given, by=self.member))

    @extend_schema(request=serializers.CampaignMoveSerializer, responses=serializers.CampaignSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Any, pk: str) -> Response:
        """Take it to another state."""
        row, given = self.get_object(), self.form(serializers.CampaignMoveSerializer)
        return self.answer(running.move_campaign(row, given["state"], by=self.member))

    @extend_schema(responses=serializers.PhaseSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def phases(self, request: Any, pk: str) -> Response:
        """What runs when, earliest first."""
        return Response(serializers.PhaseSerializer(self.get_object().phases.all(), many=True).data)

    @extend_schema(request=serializers.PhaseWriteSerializer, responses={201: serializers.PhaseSerializer})
    @phases.mapping.post
    def add_phase(self, request: Any, pk: str) -> Response:
        """Add a stretch of the campaign's days."""
        row, given = self.get_object(), self.form(serializers.PhaseWriteSerializer)
        return Response(serializers.PhaseSerializer(phasing.add_phase(row, by=self.member, **given)).data, 201)

    @extend_schema(request=serializers.PhaseWriteSerializer, responses=serializers.PhaseSerializer)
    @action(detail=True, methods=["patch"], url_path=r"phases/(?P<phase>\d{1,18})")
    def change_phase(self, request: Any, pk: str, phase: str) -> Response:
        """Change a phase's name or days."""
        row = get_object_or_404(self.get_object().phases, pk=phase)
        given = self.form(serializers.PhaseWriteSerializer, partial=True)
        return Response(serializers.PhaseSerializer(phasing.change_phase(row, given, by=self.member)).data)

    @extend_schema(request=None, responses={204: None})
    @change_phase.mapping.delete
    def drop_phase(self, request: Any, pk: str, phase: str) -> Response:
        """Remove a phase."""
        phasing.drop_phase(get_object_or_404(self.get_object().phases, pk=phase), by=self.member)
        return Response(status=204)

    @extend_schema(responses=serializers.BudgetSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def budget(self, request: Any, pk: str) -> Response:
        """What was planned and spent, line by line. Needs the right to amounts."""
        return self._budget(self.get_object())

    @extend_schema(request=serializers.BudgetLineWriteSerializer, responses={201: serializers.BudgetSerializer})
    @budget.mapping.post
    def add_line(self, request: Any, pk: str) -> Response:
        """Add a purpose to the budget; answers the whole budget."""
        row, given = self.get_object(), self.form(serializers.BudgetLineWriteSerializer)
        spending.plan_line(row, by=self.member, **given)
        return self._budget(row, 201)

    @extend_schema(request=serializers.BudgetLineWriteSerializer, responses=serializers.BudgetSerializer)
    @action(detail=True, methods=["patch"], url_path=r"budget/(?P<line>\d{1,18})")
    def change_line(self, request: Any, pk: str, line: str) -> Response:
        """Change a purpose's name or plan; answers the whole budget."""
        row = self.get_object()
        known = get_object_or_404(BudgetLine, campaign=row, pk=line)
        spending.change_line(known, self.form(serializers.BudgetLineWriteSerializer, partial=True), by=self.member)
        return self._budget(row)

    @extend_schema(request=None, responses={204: None})
    @change_line.mapping.delete
    def drop_line(self, request: Any, pk: str, line: str) -> Response:
        """Remove a purpose on which nothing was spent."""
        spending.drop_line(get_object_or_404(BudgetLine, campaign=self.get_object(), pk=line), by=self.member)
        return Response(status=204)

    @extend_schema(responses=serializers.ExpenseSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def expenses(self, request: Any, pk: str) -> Response:
        """What was spent, latest day first. Needs the right to amounts."""
        rows = Expense.objects.filter(line__campaign=self.get_object())
        return Response(serializers.ExpenseSerializer(rows, many=True).data)

    @extend_schema(request=serializers.ExpenseWriteSerializer, responses={201: serializers.ExpenseSerializer})
    @expenses.mapping.post
    def spend(self, request: Any, pk: str) -> Response:
        """Write down an expense on one of the campaign's lines."""
        row, given = self.get_object(), self.form(serializers.ExpenseWriteSerializer)
        line = get_object_or_404(BudgetLine, campaign=row, pk=given.pop("line").pk)
        expense = spending.spend(line, by=self.member, now=timezone.now(), **given)
        return Response(serializers.ExpenseSerializer(expense).data, 201)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["delete"], url_path=r"expenses/(?P<expense>\d{1,18})")
    def drop_expense(self, request: Any, pk: str, expense: str) -> Response:
        """Remove an expense; the trail keeps its amount."""
        row = get_object_or_404(Expense, line__campaign=self.get_object(), pk=expense)
        spending.drop_expense(row, by=self.member)
        return Response(status=204)

    def _budget(self, row: Campaign, status: int = 200) -> Response:
        lines, sums = spending.budget_of(row)
        told = {"currency": row.currency, "planned": sums.planned, "spent": sums.spent, "left": sums.left}
        return Response(serializers.BudgetSerializer(told | {"lines": lines}).data, status)


class TaskFilter(filters.FilterSet):
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lt", label="Due before this day")

    class Meta:
        model = Task
        fields = ["campaign", "assignee", "state"]


class TaskViewSet(FormViewSet):
    """To-dos of people, newest first."""

    queryset = Task.objects.select_related("workspace", "assignee__user")
    serializer_class = serializers.TaskSerializer
    filterset_class = TaskFilter
    ordering = ["-made_at"]
    ordering_fields = ["made_at", "title"]
    rights = {"partial_update": Right.SEE, "move": Right.SEE, "*": Right.CAMPAIGNS}

    @extend_schema(request=serializers.TaskWriteSerializer, responses={201: serializers.TaskSerializer})
    def create(self, request: Any) -> Response:
        """Give a task; its assignee is told."""
        given = self.form(serializers.TaskWriteSerializer)
        return self.answer(assigning.give_task(self.workspace, by=self.member, now=timezone.now(), **given), 201)

    @extend_schema(request=serializers.TaskWriteSerializer, responses=serializers.TaskSerializer)
    def partial_update(self, request: Any, pk: str) -> Response:
        """Change it: one's own task, or with the right to campaigns anybody's."""
        row = self._own_or_any()
        given = self.form(serializers.TaskWriteSerializer, row, partial=True)
        return self.answer(assigning.change_task(row, given, by=self.member))

    @extend_schema(request=serializers.TaskMoveSerializer, responses=serializers.TaskSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Any, pk: str) -> Response:
        """Take it to another state: one's own task, or with the right to campaigns anybody's."""
        row, given = self._own_or_any(), self.form(serializers.TaskMoveSerializer)
        return self.answer(assigning.move_task(row, given["state"], by=self.member, now=timezone.now()))

    def _own_or_any(self) -> Task:
        """Return the row. The assignee may always work on their own task; others need the right."""
        row = self.get_object()
        if row.assignee_id != self.member.pk:
            self.demand(Right.CAMPAIGNS)
        return row


class PartnerViewSet(FormViewSet):
    """Partners by name."""

    queryset = Partner.objects.select_related("workspace").prefetch_related("channels")
    serializer_class = serializers.PartnerSerializer
    filterset_fields = ["kind"]
    ordering = ["name"]
    ordering_fields = ["name", "made_at"]
    rights = {"*": Right.CAMPAIGNS}

    @extend_schema(request=serializers.PartnerWriteSerializer, responses={201: serializers.PartnerSerializer})
    def create(self, request: Any) -> Response:
        given = self.form(serializers.PartnerWriteSerializer)
        return self.answer(partnering.add_partner(self.workspace, by=self.member, now=timezone.now(), **given), 201)

    @extend_schema(request=serializers.PartnerWriteSerializer, responses=serializers.PartnerSerializer)
    def partial_update(self, request: Any, pk: str) -> Response:
        row = self.get_object()
        given = self.form(serializers.PartnerWriteSerializer, row, partial=True)
        return self.answer(partnering.change_partner(row, given, by=self.member))

    @extend_schema(request=serializers.ChannelWriteSerializer, responses={201: serializers.ChannelSerializer})
    @action(detail=True, methods=["post"])
    def channels(self, request: Any, pk: str) -> Response:
        """Add a channel with its reach and price."""
        row, given = self.get_object(), self.form(serializers.ChannelWriteSerializer)
        channel = partnering.add_channel(row, by=self.member, **given)
        return Response(serializers.ChannelSerializer(channel, context=self.get_serializer_context()).data, 201)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["delete"], url_path=r"channels/(?P<channel>\d{1,18})")
    def drop_channel(self, request: Any, pk: str, channel: str) -> Response:
        """Remove a channel."""
        row = get_object_or_404(PartnerAccount, partner=self.get_object(), pk=channel)
        partnering.drop_channel(row, by=self.member)
        return Response(status=204)


class CollaborationViewSet(FormViewSet):
    """Agreements with partners, newest first."""

    queryset = Collaboration.objects.select_related("partner__workspace")
    serializer_class = serializers.CollaborationSerializer
    filterset_fields = ["partner", "campaign", "state", "owner"]
    ordering = ["-made_at"]
    ordering_fields = ["made_at", "title"]
    rights = {"*": Right.CAMPAIGNS}

    @extend_schema(
        request=serializers.CollaborationWriteSerializer, responses={201: serializers.CollaborationSerializer}
    )
    def create(self, request: Any) -> Response:
        given = self.form(serializers.CollaborationWriteSerializer)
        return self.answer(partnering.propose(by=self.member, now=timezone.now(), **given), 201)

    @extend_schema(request=serializers.CollaborationChangeSerializer, responses=serializers.CollaborationSerializer)
    def partial_update(self, request: Any, pk: str) -> Response:
        row = self.get_object()
        given = self.form(serializers.CollaborationChangeSerializer, row, partial=True)
        return self.answer(partnering.change_collaboration(row, given, by=self.member))

    @extend_schema(request=serializers.CollaborationMoveSerializer, responses=serializers.CollaborationSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Any, pk: str) -> Response:
        """Take it to another stage."""
        row, given = self.get_object(), self.form(serializers.CollaborationMoveSerializer)
        return self.answer(partnering.move_collaboration(row, given["state"], by=self.member))


class DeliverableFilter(filters.FilterSet):
    delivered = filters.BooleanFilter(field_name="delivered_at", lookup_expr="isnull", exclude=True, label="Is out")

    class Meta:
        model = Deliverable
        fields = ["collaboration", "collaboration__campaign", "collaboration__partner"]


class DeliverableViewSet(FormViewSet):
    """Pieces that partners owe us."""

    queryset = Deliverable.objects.select_related("collaboration__partner__workspace", "post")
    serializer_class = serializers.DeliverableSerializer
    filterset_class = DeliverableFilter
    ordering = ["pk"]
    rights = {"*": Right.CAMPAIGNS}

    @extend_schema(request=serializers.DeliverableWriteSerializer, responses={201: serializers.DeliverableSerializer})
    def create(self, request: Any) -> Response:
        """Add a piece that a partner owes us."""
        given = self.form(serializers.DeliverableWriteSerializer)
        return self.answer(partnering.owe(given.pop("collaboration"), by=self.member, **given), 201)

    @extend_schema(request=serializers.DeliverSerializer, responses=serializers.DeliverableSerializer)
    @action(detail=True, methods=["post"])
    def deliver(self, request: Any, pk: str) -> Response:
        """Point it at the real post, so that its figures stand beside its cost."""
        row, given = self.get_object(), self.form(serializers.DeliverSerializer)
        return self.answer(partnering.deliver(row, given["post"], by=self.member, now=timezone.now()))

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Any, pk: str) -> Response:
        partnering.drop_deliverable(self.get_object(), by=self.member)
        return Response(status=204)


class LinkFilter(filters.FilterSet):
    closed = filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull", exclude=True, label="Closed ones")

    class Meta:
        model = TrackedLink
        fields = ["campaign", "collaboration"]


class LinkViewSet(FormViewSet):
    """Tracked links, newest first."""

    queryset = TrackedLink.objects.select_related("workspace").with_clicks()
    serializer_class = serializers.LinkDetailSerializer
    filterset_class = LinkFilter
    ordering = ["-made_at"]
    ordering_fields = ["made_at", "name"]
    rights = {"*": Right.CAMPAIGNS}

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if self.action == "list" else rows.prefetch_related("days")

    def get_serializer_class(self) -> Any:
        return serializers.LinkSerializer if self.action == "list" else serializers.LinkDetailSerializer

    @extend_schema(request=serializers.LinkWriteSerializer, responses={201: serializers.LinkDetailSerializer})
    def create(self, request: Any) -> Response:
        """Make a short address."""
        given = self.form(serializers.LinkWriteSerializer)
        return self.answer(linking.make_link(self.workspace, by=self.member, now=timezone.now(), **given), 201)

    @extend_schema(request=None, responses=serializers.LinkDetailSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Any, pk: str) -> Response:
        """End it: its address answers 410 from now on; its clicks stay."""
        row = self.get_object()
        if row.closed_at is None:
            linking.close_link(row, by=self.member, now=timezone.now())
        return self.answer(row)
