"""The team over REST: who there is, who did what, who am I."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from mediaops.actions import team
from mediaops.actions.notices import mark_read
from mediaops.api import serializers
from mediaops.api.base import ReadViewSet, TeamView
from mediaops.models import Activity, Invitation, Membership, Notice, Right


class ActivityFilter(filters.FilterSet):
    since = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte", label="At or after this time")
    until = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt", label="Before this time")

    class Meta:
        model = Activity
        fields = ["verb", "member", "subject_type", "subject_id"]


class ActivityViewSet(ReadViewSet):
    """The trail: who did what, newest first."""

    queryset = Activity.objects.all()
    serializer_class = serializers.ActivitySerializer
    filterset_class = ActivityFilter
    ordering = ["-at"]
    ordering_fields = ["at"]


class MemberViewSet(ReadViewSet):
    """Everybody who is or was in the workspace."""

    queryset = Membership.objects.select_related("user", "workspace")
    serializer_class = serializers.MemberSerializer
    filterset_fields = ["role"]
    lookup_value_regex = r"\d{1,18}"
    ordering = ["joined_at"]
    ordering_fields = ["joined_at"]
    rights = {"*": Right.ADMIN}

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.active() if self.action in {"role", "remove"} else rows

    @extend_schema(request=serializers.RoleSerializer, responses=serializers.MemberSerializer)
    @action(detail=True, methods=["post"])
    def role(self, request: Any, pk: str) -> Response:
        """Give a member another role; the last owner stays one."""
        form = serializers.RoleSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        team.change_role(self.get_object(), form.validated_data["role"], by=self.member)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses=serializers.MemberSerializer)
    @action(detail=True, methods=["post"])
    def remove(self, request: Any, pk: str) -> Response:
        """Take a member out of the team and end their tokens here. What they wrote stays and keeps their name."""
        team.remove(self.get_object(), by=self.member, now=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)


class InvitationFilter(filters.FilterSet):
    open = filters.BooleanFilter(method="by_open", label="Can still be accepted")

    def by_open(self, rows: Any, name: str, value: bool) -> Any:
        still = rows.open(timezone.now())
        return still if value else rows.exclude(pk__in=still.values("pk"))


class InvitationViewSet(ReadViewSet):
    """Invitations to the team, newest first. Each is one link for one person."""

    queryset = Invitation.objects.all()
    serializer_class = serializers.InvitationSerializer
    filterset_class = InvitationFilter
    ordering = ["-made_at"]
    ordering_fields = ["made_at", "expires_at"]
    rights = {"*": Right.ADMIN}
    told_once = frozenset({"link"})

    @extend_schema(request=serializers.InviteSerializer, responses={201: serializers.InvitedSerializer})
    def create(self, request: Any) -> Response:
        """Invite somebody: the link goes out by e-mail and is told here once. It replaces an open one."""
        form = serializers.InviteSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row, secret = team.invite(self.workspace, **form.validated_data, by=self.member, now=timezone.now())
        link = reverse("invitation", args=[secret])
        row.mailed = team.mail_invitation(row, link)  # type: ignore[attr-defined]
        row.link = f"{settings.SITE_URL}{link}"  # type: ignore[attr-defined]
        return Response(serializers.InvitedSerializer(row).data, 201)

    @extend_schema(request=None, responses=serializers.InvitationSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Any, pk: str) -> Response:
        """Make the link useless."""
        row, now = self.get_object(), timezone.now()
        team.withdraw(row, by=self.member, now=now)
        row.withdrawn_at = now
        return Response(self.get_serializer(row).data)


class NoticeFilter(filters.FilterSet):
    unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", label="Not read yet")
    since = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte", label="Told at or after")

    class Meta:
        model = Notice
        fields = ["kind", "level"]


class NoticeViewSet(ReadViewSet):
    """What the token's member was told, newest first."""

    queryset = Notice.objects.all()
    serializer_class = serializers.NoticeSerializer
    filterset_class = NoticeFilter
    lookup_value_regex = r"\d{1,18}"
    ordering = ["-at"]
    ordering_fields = ["at"]
    rights = {"read": Right.SEE, "read_all": Right.SEE}

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(member=self.request.member)

    @extend_schema(request=None, responses=serializers.NoticeSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Any, pk: str) -> Response:
        """Mark it as read."""
        row = self.get_object()
        mark_read(self.member, timezone.now(), notice=row)
        row.refresh_from_db(fields=["read_at"])
        return Response(self.get_serializer(row).data)

    @extend_schema(operation_id="notices_read_all", request=None, responses=serializers.ReadSerializer)
    @action(detail=False, methods=["post"], url_path="read")
    def read_all(self, request: Any) -> Response:
        """Mark all of them as read."""
        return Response({"count": mark_read(self.member, timezone.now())})


class WorkspaceSettings(TeamView):
    """The workspace of the token."""

    rights = {"patch": Right.ADMIN}

    @extend_schema(operation_id="workspace", responses=serializers.WorkspaceSerializer)
    def get(self, request: Any) -> Response:
        """Name, language, zone, grace for late publishing, and whether publishing is paused."""
        return Response(serializers.WorkspaceSerializer(self.workspace).data)

    @extend_schema(
        operation_id="change_workspace",
        request=serializers.WorkspaceChangeSerializer,
        responses=serializers.WorkspaceSerializer,
    )
    def patch(self, request: Any) -> Response:
        """Change the settings; the trail keeps what was there before."""
        form = serializers.WorkspaceChangeSerializer(self.workspace, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        row = team.change_workspace(self.workspace, form.validated_data, by=self.member)
        return Response(serializers.WorkspaceSerializer(row).data)


class Me(TeamView):
    """Who this token acts for, in which workspace, and what it may do."""

    @extend_schema(responses=serializers.MeSerializer)
    def get(self, request: Any) -> Response:
        token = request.auth.token
        may = sorted(scope for scope in token.scopes if self.member.may(scope))
        about = {"member": self.member, "workspace": self.workspace, "token": token.name, "scopes": may}
        return Response(serializers.MeSerializer(about).data)


class NoSuchAddress(APIView):
    """Whatever no route knows: a problem document, not a page."""

    authentication_classes: list[type] = []
    permission_classes: list[type] = []
    throttle_classes: list[type] = []
    schema = None

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        hint = "" if request.path.endswith("/") else " " + _("Addresses of the API end with a slash.")
        raise NotFound(_("There is no such address.") + hint)
