"""Posting slots."""

from rest_framework import serializers

from content.models import Slot
from content.models.slot import Weekday
from mediaops.api.base import OwnRow, TeamSerializer
from platforms.models import Account


class SlotSerializer(TeamSerializer):
    """A weekly time, in the workspace's zone, at which an account publishes. Monday is 0."""

    class Meta:
        model = Slot
        fields = ["id", "account", "weekday", "time"]
        read_only_fields = fields


class SlotWriteSerializer(serializers.Serializer):
    """One time on each of these days."""

    account = OwnRow(queryset=Account.objects.all())
    weekdays = serializers.ListField(
        child=serializers.ChoiceField(choices=Weekday.choices), min_length=1, max_length=7
    )
    time = serializers.TimeField(help_text="HH:MM in the workspace's zone.")


class NextSlotSerializer(serializers.Serializer):
    """The account's first slot that nothing is planned for; null when it has none within eight weeks."""

    account = serializers.IntegerField()
    due_at = serializers.DateTimeField(allow_null=True)


class NextSlotQuery(serializers.Serializer):
    account = OwnRow(queryset=Account.objects.select_related("workspace"))
    after = serializers.DateTimeField(required=False)
