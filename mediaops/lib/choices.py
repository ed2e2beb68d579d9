"""A choice among rows that were read already, so that a filter costs no second query."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.db import models


class RowChoiceField(forms.ChoiceField):
    """Choose one of `rows` by its id; the cleaned value is the row, or None for the empty choice."""

    def __init__(self, *, empty_label: object, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.empty_label = empty_label
        self.rows: dict[str, models.Model] = {}

    def offer(self, rows: Iterable[Any], name: Callable[[Any], str] = str) -> None:
        """Set the rows to choose from, and how one is named."""
        self.rows = {str(row.pk): row for row in rows}
        self.choices = [("", self.empty_label), *[(pk, name(row)) for pk, row in self.rows.items()]]

    def clean(self, value: Any) -> models.Model | None:
        return self.rows.get(super().clean(str(value or "")))
