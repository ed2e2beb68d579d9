"""The team over REST: who there is, who did what, who am I."""

from typing import Any

from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from mediaops.api import serializers
from mediaops.api.base import ReadViewSet, TeamView
from mediaops.models import Activity, Membership


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

    queryset = Membership.objects.select_related("user")
    serializer_class = serializers.MemberSerializer
    filterset_fields = ["role"]
    ordering = ["joined_at"]
    ordering_fields = ["joined_at"]


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
