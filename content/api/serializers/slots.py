"""Posting slots."""

import re
from datetime import time
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from content.models import Slot, Variant
from content.models.slot import Weekday
from mediaops.api.base import OwnRow, TeamSerializer
from mediaops.api.fields import Moment
from platforms.models import Account


@extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "description": "HH:MM"})
class Clock(serializers.TimeField):
    """A time of day in the workspace's zone, to the minute."""

    default_error_messages = {"zone": _("Write HH:MM in the workspace's zone.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)

    def to_internal_value(self, value: Any) -> time:
        if not re.fullmatch(r"\d\d:\d\d(:00)?", str(value)):
            self.fail("zone")
        return super().to_internal_value(value)


class SlotSerializer(TeamSerializer):
    """A weekly time, in the workspace's zone, at which an account publishes. Monday is 0."""

    time = Clock(read_only=True)

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
    time = Clock()


class NextSlotSerializer(serializers.Serializer):
    """The account's first slot that nothing is planned for; null when it has none within eight weeks."""

    account = serializers.IntegerField()
    due_at = serializers.DateTimeField(allow_null=True)


class NextSlotQuery(serializers.Serializer):
    account = OwnRow(queryset=Account.objects.select_related("workspace"))
    variant = OwnRow(queryset=Variant.objects.select_related("account"), required=False)
    after = Moment(required=False)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if "variant" in given and given["variant"].account_id != given["account"].pk:
            raise serializers.ValidationError({"variant": _("This variant is for another account.")})
        return given
