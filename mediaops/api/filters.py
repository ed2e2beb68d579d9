"""Filters and order of lists."""

from datetime import UTC, datetime
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django_filters import filters
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.filters import OrderingFilter

MOMENTS = [MinValueValidator(datetime(1900, 1, 1, tzinfo=UTC)), MaxValueValidator(datetime(2200, 1, 1, tzinfo=UTC))]
"""Past these, a moment in another zone may be one that no calendar has."""


class TeamFilters(DjangoFilterBackend):
    """django-filter, with choices of rows limited to the token's workspace."""

    def get_filterset(self, request: Any, queryset: Any, view: Any) -> Any:
        found = super().get_filterset(request, queryset, view)
        member = getattr(request, "member", None)
        if found is None or member is None:
            return found
        for each in found.filters.values():
            if isinstance(each, filters.ModelChoiceFilter | filters.ModelMultipleChoiceFilter):
                rows = each.field.queryset
                if hasattr(rows, "in_workspace"):
                    each.field.queryset = rows.in_workspace(member.workspace)
            if isinstance(each, filters.IsoDateTimeFilter):
                each.field.validators = [*each.field.validators, *MOMENTS]
        return found


class Order(OrderingFilter):
    """`?ordering=-due_at` by the fields a view names in `ordering_fields`; the id breaks ties.

    A view's own `ordering` is its order when none is asked for.
    """

    ordering_param = "ordering"

    def get_valid_fields(self, queryset: Any, view: Any, context: Any = None) -> list[tuple[str, str]]:
        return [(name, name) for name in getattr(view, "ordering_fields", None) or ()]

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> list[str]:
        order = list(super().get_ordering(request, queryset, view) or [])
        if not any(name.lstrip("-") in {"pk", "id"} for name in order):
            order.append("-pk" if not order or order[0].startswith("-") else "pk")
        return order
