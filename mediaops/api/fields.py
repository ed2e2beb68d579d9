"""Fields that several parts of the API share."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from mediaops.api.base import OwnRow
from mediaops.models import Membership


class Moment(serializers.DateTimeField):
    """A moment to plan for: ISO 8601 with its zone, so that nobody guesses which nine o'clock is meant."""

    default_error_messages = {
        "naive": _("Say the zone, too: 2027-01-31T09:00:00+08:00, or Z at the end for UTC."),
        "year": _("That is not a year to plan in. Check the date."),
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            self.fail("naive")
        if not 2000 <= value.year <= 2100:
            self.fail("year")
        return super().enforce_timezone(value)


class KeptRow(OwnRow):
    """A row that may be chosen now (`among`), or one that the row being changed has already."""

    def __init__(self, *, among: Q, **kwargs: Any) -> None:
        self.among = among
        super().__init__(**kwargs)

    def get_queryset(self) -> Any:
        rows, kept = super().get_queryset(), self._kept()
        return rows if rows is None else rows.filter(self.among | Q(pk__in=kept))

    def _kept(self) -> list[int]:
        row = getattr(self.root, "instance", None)
        name = str(self.source or self.parent.source)
        if row is None or not hasattr(type(row), name):
            return []
        if hasattr(row, f"{name}_id"):
            return [pk for pk in [getattr(row, f"{name}_id")] if pk is not None]
        return list(getattr(row, name).values_list("pk", flat=True))


def active_member(**kwargs: Any) -> KeptRow:
    """A field for a member who is in the team, or who holds the row already."""
    return KeptRow(
        queryset=Membership.objects.all(), among=Q(left_at=None, user__is_active=True), allow_null=True, **kwargs
    )
