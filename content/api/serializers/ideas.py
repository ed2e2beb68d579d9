"""Ideas, and the strategy they serve."""

from typing import Any

from django.db.models import Q
from rest_framework import serializers

from content.models import Idea, Persona, Pillar
from content.models.idea import IdeaState
from mediaops.api.base import TeamSerializer
from mediaops.api.fields import KeptRow, active_member


class IdeaSerializer(TeamSerializer):
    """One thought worth keeping. `score` is 0 to 100; `items` are the pieces that came of it."""

    items: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    source_url = serializers.CharField(read_only=True)

    class Meta:
        model = Idea
        fields = [
            "id", "title", "note", "source_url", "pillar", "score", "owner", "state", "items", "made_at", "made_by",
            "changed_at",
        ]  # fmt: skip
        read_only_fields = fields


class IdeaWriteSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    note = serializers.CharField(allow_blank=True, required=False, max_length=20_000)
    source_url = serializers.URLField(allow_blank=True, required=False, max_length=1000)
    pillar = KeptRow(queryset=Pillar.objects.all(), among=Q(closed_at=None), required=False, allow_null=True)
    score = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True)
    owner = active_member(required=False)


class IdeaMoveSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=IdeaState.choices)


class PillarSerializer(TeamSerializer):
    """A subject the team keeps coming back to. `share` is its planned part of all posts, in per cent."""

    class Meta:
        model = Pillar
        fields = ["id", "name", "description", "share", "closed_at"]
        read_only_fields = fields


class PillarWriteSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=60)
    description = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    share = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True)


class PersonaSerializer(TeamSerializer):
    """A kind of reader the team writes for."""

    class Meta:
        model = Persona
        fields = ["id", "name", "description", "closed_at"]
        read_only_fields = fields


class PersonaWriteSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=60)
    description = serializers.CharField(max_length=2000, allow_blank=True, required=False)
