"""Figures and reports over REST."""

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from analytics.actions import reporting
from analytics.api import serializers
from analytics.costs import piece_rows
from analytics.forms import ScopeForm, WeekForm
from analytics.models import AccountDay, AccountFigures, PostDay, PostFigures, PostSnapshot, Report
from analytics.overview import Scope, overview, own_accounts
from analytics.paper import report_pdf, report_xlsx
from analytics.spreadsheet import XLSX
from campaigns.models import Campaign, Collaboration
from content.models import Pillar, Publication
from mediaops.api.base import ReadViewSet, TeamView, TeamViewSet
from mediaops.api.files import AnyAccept
from mediaops.models import Right
from platforms.models import Account, Post


class ListViewSet(mixins.ListModelMixin, TeamViewSet):
    """Rows that have no address of their own."""


class AccountFiguresViewSet(ReadViewSet):
    """The newest figures of each account; its id is the row's."""

    queryset = AccountFigures.objects.select_related("account")
    serializer_class = serializers.AccountFiguresSerializer
    filterset_fields = ["account", "account__relation", "account__platform"]
    lookup_value_regex = r"\d{1,18}"
    ordering = ["pk"]


class DayFilter(filters.FilterSet):
    first = filters.DateFilter(field_name="day", lookup_expr="gte", label="On or after this day")
    last = filters.DateFilter(field_name="day", lookup_expr="lte", label="On or before this day")


class AccountDayFilter(DayFilter):
    class Meta:
        model = AccountDay
        fields = ["account"]


class AccountDayViewSet(ListViewSet):
    """Figures of accounts by day, latest day first."""

    queryset = AccountDay.objects.all()
    serializer_class = serializers.AccountDaySerializer
    filterset_class = AccountDayFilter
    ordering = ["-day"]
    ordering_fields = ["day"]


class PostFiguresFilter(filters.FilterSet):
    account = filters.ModelChoiceFilter(field_name="post__account", queryset=Account.objects.all(), label="Account")
    since = filters.IsoDateTimeFilter(field_name="post__published_at", lookup_expr="gte", label="Published since")
    until = filters.IsoDateTimeFilter(field_name="post__published_at", lookup_expr="lt", label="Published before")
    campaign = filters.ModelChoiceFilter(queryset=Campaign.objects.all(), method="by_piece", label="Campaign")
    pillar = filters.ModelChoiceFilter(queryset=Pillar.objects.all(), method="by_piece", label="Pillar")

    def by_piece(self, rows: Any, name: str, value: Any) -> Any:
        live = Publication.objects.filter(post__isnull=False, **{f"variant__item__{name}": value})
        return rows.filter(post__in=live.values("post"))


class PostFiguresViewSet(ReadViewSet):
    """The newest figures of each post, latest post first; its id is the row's."""

    queryset = PostFigures.objects.select_related("post").annotate(published_at=F("post__published_at"))
    serializer_class = serializers.PostFiguresSerializer
    filterset_class = PostFiguresFilter
    lookup_value_regex = r"\d{1,18}"
    ordering = ["-published_at"]
    ordering_fields = ["published_at"]


class PostDayFilter(DayFilter):
    class Meta:
        model = PostDay
        fields = ["account", "post"]


class PostDayViewSet(ListViewSet):
    """What posts gained by day, latest day first."""

    queryset = PostDay.objects.all()
    serializer_class = serializers.PostDaySerializer
    filterset_class = PostDayFilter
    ordering = ["-day"]
    ordering_fields = ["day"]


class SnapshotFilter(filters.FilterSet):
    since = filters.IsoDateTimeFilter(field_name="taken_at", lookup_expr="gte", label="Taken at or after")
    until = filters.IsoDateTimeFilter(field_name="taken_at", lookup_expr="lt", label="Taken before")


class SnapshotViewSet(ListViewSet):
    """Everything a platform told about one post, newest first."""

    queryset = PostSnapshot.objects.all()
    serializer_class = serializers.SnapshotSerializer
    filterset_class = SnapshotFilter
    ordering = ["-taken_at"]
    ordering_fields = ["taken_at"]

    def enter(self) -> None:
        self.post_row = get_object_or_404(Post.objects.in_workspace(self.workspace), pk=self.kwargs["post"])

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if getattr(self, "swagger_fake_view", False) else rows.filter(post=self.post_row)


OF_SCOPE = [
    OpenApiParameter("days", int, enum=[7, 28, 90], description="The last days that are over; 28 without it."),
    OpenApiParameter("first", OpenApiTypes.DATE, description="With `last`: this day …"),
    OpenApiParameter("last", OpenApiTypes.DATE, description="… to this one; at most a year."),
    OpenApiParameter("account", int, description="Account"),
    OpenApiParameter("pillar", int, description="Pillar"),
    OpenApiParameter("campaign", int, description="Campaign"),
]


class Overview(TeamView):
    """What the dashboard shows: headline figures of a period beside the period before."""

    @extend_schema(operation_id="metrics_overview", parameters=OF_SCOPE, responses=serializers.OverviewSerializer)
    def get(self, request: Any) -> Response:
        today = timezone.now().astimezone(ZoneInfo(self.workspace.time_zone)).date()
        every = own_accounts(self.workspace)
        form = ScopeForm(request.query_params, workspace=self.workspace, accounts=every, today=today)
        if not form.is_valid():
            raise ValidationError({name: [str(text) for text in said] for name, said in form.errors.items()})
        chosen = form.cleaned_data
        accounts = [chosen["account"]] if chosen["account"] else every
        scope = Scope(self.workspace, form.period, accounts, pillar=chosen["pillar"], campaign=chosen["campaign"])
        return Response(serializers.OverviewSerializer(overview(scope)).data)


class PieceViewSet(TeamViewSet):
    """Partners' delivered pieces beside their figures and their cost (CPM, CPE)."""

    queryset = Collaboration.objects.all()
    serializer_class = serializers.PieceSerializer
    filterset_fields = ["campaign", "partner"]
    pagination_class = None

    @extend_schema(responses=serializers.PieceSerializer(many=True))
    def list(self, request: Any) -> Response:
        rows = piece_rows(self.filter_queryset(self.get_queryset()))
        return Response(self.get_serializer(rows, many=True).data)


class ReportFilter(filters.FilterSet):
    first = filters.DateFilter(field_name="ends_on", lookup_expr="gte", label="Ends on or after this day")
    last = filters.DateFilter(field_name="starts_on", lookup_expr="lte", label="Starts on or before this day")


class ReportViewSet(ReadViewSet):
    """Weekly reports, latest first. Once made they never change."""

    queryset = Report.objects.select_related("workspace")
    serializer_class = serializers.ReportSerializer
    filterset_class = ReportFilter
    lookup_value_regex = r"\d{1,18}"
    ordering = ["-made_at"]
    ordering_fields = ["made_at", "starts_on"]
    rights = {"subscribe": Right.SEE, "*": Right.FIGURES}

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.defer("numbers", "figures") if self.action == "list" else rows

    def get_object(self) -> Report:
        return super().get_object().told_in(get_language())

    def get_serializer_class(self) -> Any:
        return serializers.ReportRowSerializer if self.action == "list" else serializers.ReportSerializer

    @extend_schema(request=serializers.WeekSerializer, responses={201: serializers.ReportSerializer})
    def create(self, request: Any) -> Response:
        """Make the report of a week, as it is known now."""
        given = serializers.WeekSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        today = timezone.now().astimezone(ZoneInfo(self.workspace.time_zone)).date()
        form = WeekForm(given.validated_data, today=today)
        if not form.is_valid():
            raise ValidationError({name: [str(text) for text in said] for name, said in form.errors.items()})
        row = reporting.make_report(self.workspace, form.week, by=self.member, now=timezone.now())
        return Response(self.get_serializer(row.told_in(get_language())).data, 201)

    @extend_schema(request=None, responses=serializers.SentSerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: Any, pk: str) -> Response:
        """Mail it to everybody who subscribed and has not got it yet."""
        people = reporting.send_to_team(self.get_object(), by=self.member, now=timezone.now())
        return Response(serializers.SentSerializer({"people": people}).data)

    @extend_schema(request=serializers.SubscribeSerializer, responses=serializers.SubscribeSerializer)
    @action(detail=False, methods=["post"])
    def subscribe(self, request: Any) -> Response:
        """Have every weekly report by e-mail, or no more."""
        form = serializers.SubscribeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        if form.validated_data["on"]:
            reporting.subscribe(self.member, timezone.now())
        else:
            reporting.unsubscribe(self.member)
        return Response(form.validated_data)


class ReportFile(TeamView):
    """A report as a file."""

    kind = "pdf"
    content_negotiation_class = AnyAccept

    def enter(self) -> None:
        rows = Report.objects.in_workspace(self.workspace).select_related("workspace")
        self.row = get_object_or_404(rows, pk=self.kwargs["pk"]).told_in(get_language())

    def get(self, request: Any, pk: int) -> HttpResponse:
        body, mime = (
            (report_pdf(self.row), "application/pdf") if self.kind == "pdf" else (report_xlsx(self.row), XLSX)
        )
        name = f"{self.workspace.slug}-{self.row.starts_on:%Y-%m-%d}.{self.kind}"
        return HttpResponse(
            body, content_type=mime, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )


class ReportPdf(ReportFile):
    """A report on paper."""

    @extend_schema(operation_id="reports_pdf", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Any, pk: int) -> HttpResponse:
        """The report as PDF."""
        return super().get(request, pk)


class ReportXlsx(ReportFile):
    """A report as a workbook."""

    kind = "xlsx"

    @extend_schema(operation_id="reports_xlsx", responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Any, pk: int) -> HttpResponse:
        """The report as XLSX."""
        return super().get(request, pk)
