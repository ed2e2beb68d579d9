"""Pauses of the workspace and of single accounts."""

from rest_framework import serializers

from content.api.serializers.publications import PublicationSerializer
from content.models import Publication
from mediaops.api.base import OwnRow
from platforms.models import Account

WHOSE = "The account, or null for the whole workspace."


class PausesSerializer(serializers.Serializer):
    """What is paused, and what it holds back."""

    workspace_paused_at = serializers.DateTimeField(allow_null=True)
    accounts = serializers.ListField(
        child=serializers.IntegerField(), help_text="Accounts with a pause of their own."
    )
    held = PublicationSerializer(many=True)


class PauseSerializer(serializers.Serializer):
    account = OwnRow(queryset=Account.objects.select_related("workspace"), allow_null=True, help_text=WHOSE)


class LiftSerializer(PauseSerializer):
    """`release`: publications that missed their time under the pause and shall go out now."""

    release = OwnRow(queryset=Publication.objects.all(), many=True, required=False)


class LiftedSerializer(PausesSerializer):
    """`late` missed their time, were not released, and wait for a decision."""

    late = PublicationSerializer(many=True)
