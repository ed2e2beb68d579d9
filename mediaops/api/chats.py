"""Group chats over REST. The address of a robot comes in and never goes out."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from mediaops.actions import chat
from mediaops.api.base import ReadViewSet
from mediaops.lib.chat_robots import KINDS
from mediaops.models import ChatRobot, Right


class ChatRobotSerializer(serializers.ModelSerializer[ChatRobot]):
    """A robot in a group chat. `problem` is empty while its last message arrived."""

    class Meta:
        model = ChatRobot
        fields = ["id", "kind", "name", "only_urgent", "is_on", "problem", "reached_at", "made_at"]
        read_only_fields = fields


class NewChatRobotSerializer(serializers.Serializer[Any]):
    """What adds a robot; a message proves its address first."""

    kind = serializers.ChoiceField(choices=list(KINDS))
    name = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=1000, write_only=True)
    secret = serializers.CharField(max_length=200, required=False, allow_blank=True, write_only=True)
    only_urgent = serializers.BooleanField(default=False)


class ChangedChatRobotSerializer(serializers.Serializer[Any]):
    """What changes a robot; fields that are left out stay."""

    name = serializers.CharField(max_length=80, required=False)
    url = serializers.CharField(max_length=1000, required=False, write_only=True)
    secret = serializers.CharField(max_length=200, required=False, allow_blank=True, write_only=True)
    only_urgent = serializers.BooleanField(required=False)
    is_on = serializers.BooleanField(required=False)


class ChatRobotViewSet(ReadViewSet):
    """Robots in the team's group chats. For owners."""

    queryset = ChatRobot.objects.all()
    serializer_class = ChatRobotSerializer
    filterset_fields = ["kind", "is_on"]
    ordering = ["pk"]
    rights = {"*": Right.ADMIN}

    @extend_schema(request=NewChatRobotSerializer, responses={201: ChatRobotSerializer})
    def create(self, request: Any) -> Response:
        form = NewChatRobotSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = chat.add_robot(self.workspace, by=self.member, now=timezone.now(), **form.validated_data)
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=ChangedChatRobotSerializer, responses=ChatRobotSerializer)
    def partial_update(self, request: Any, pk: str) -> Response:
        row = self.get_object()
        form = ChangedChatRobotSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        there = {name: getattr(row, name) for name in ("name", "only_urgent", "is_on")}
        row = chat.change_robot(row, by=self.member, now=timezone.now(), **there | form.validated_data)
        return Response(self.get_serializer(row).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Any, pk: str) -> Response:
        chat.drop_robot(self.get_object(), by=self.member)
        return Response(status=204)

    @extend_schema(request=None, responses=ChatRobotSerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: Any, pk: str) -> Response:
        """Say in the group that the connection works."""
        return Response(self.get_serializer(chat.try_robot(self.get_object(), timezone.now())).data)
