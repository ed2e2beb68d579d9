"""One row of every model of the product, for tests that walk through every door."""

import datetime
import decimal
import uuid

from django.apps import apps
from django.db import models
from django.utils import timezone

from tests.builders import make_member

APPS = ["mediaops", "platforms", "campaigns", "content", "analytics"]

SPECIAL = {
    "platforms.Account": {"platform": "site"},
    "platforms.Article": {"slug": "secret"},
    "content.Publication": {"state": "planned", "post": None},
    "content.Variant": {"revision": 1},
    "campaigns.Campaign": {"starts_on": datetime.date(2026, 1, 1), "ends_on": datetime.date(2026, 2, 1)},
    "campaigns.Phase": {"starts_on": datetime.date(2026, 1, 1), "ends_on": datetime.date(2026, 1, 9)},
}
"""What a model's constraints ask for beyond its fields' own types."""


def one_of_everything(workspace, *, pk):
    """Make a row of every model in `workspace`, each with the same id; return them by label."""
    member = make_member(workspace, role="owner", pk=pk)
    rows = {"mediaops.Workspace": workspace, "mediaops.User": member.user, "mediaops.Membership": member}
    for model in (model for app in APPS for model in apps.get_app_config(app).get_models()):
        _make(model, pk, rows)
    return rows


def _make(model, pk, rows):
    label = model._meta.label
    if label in rows:
        return rows[label]
    special = SPECIAL.get(label, {})
    values = {}
    for field in model._meta.concrete_fields:
        if field.name in special:
            values[field.name] = special[field.name]
        elif isinstance(field, models.ForeignKey):
            values[field.name] = _related(field, pk, rows, model)
        elif not field.primary_key and not field.has_default() and not field.null:
            values[field.name] = _value(field, pk)
    if model._meta.pk.name == "id":
        values["pk"] = pk
    rows[label] = model._default_manager.create(**values)
    return rows[label]


def _related(field, pk, rows, model):
    """The row a key points at; None where that is allowed and the row would have to be made first."""
    target = field.related_model
    if target is model:
        return None
    if field.null and target._meta.label not in rows:
        return None
    return _make(target, pk, rows)


def _value(field, pk):
    if field.choices:
        return field.flatchoices[0][0]
    kinds = [
        (models.DateTimeField, timezone.now()),
        (models.DateField, datetime.date(2026, 1, 5)),
        (models.TimeField, datetime.time(9)),
        (models.UUIDField, uuid.uuid4()),
        (models.DecimalField, decimal.Decimal("1.00")),
        (models.BooleanField, False),
        (models.IntegerField, 1),
        (models.FloatField, 1.0),
        (models.JSONField, {}),
        (models.DurationField, datetime.timedelta(hours=1)),
        (models.BinaryField, b""),
        (models.GenericIPAddressField, "127.0.0.1"),
        (models.EmailField, f"person{pk}@elsewhere.example"),
        (models.URLField, f"https://elsewhere.example/{pk}"),
        (models.FileField, ""),
        (models.SlugField, f"secret-{pk}"),
    ]
    for kind, value in kinds:
        if isinstance(field, kind):
            return value
    return f"Secret {pk}"[: field.max_length or None] if not field.blank else ""
