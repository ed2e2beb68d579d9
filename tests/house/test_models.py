"""Foreign keys point down, and lower apps have no name for what stands on them."""

from django.apps import apps
from django.db import models

from tests.house.sources import APPS

FLOOR = {app: number for number, app in enumerate(APPS)}
OURS = [model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]


def keys():
    for model in OURS:
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField) and not field.auto_created:
                yield model, field, field.related_model._meta.app_label


def test_foreign_keys_point_down():
    wrong = [
        f"{model._meta.label}.{field.name} points up to {target}"
        for model, field, target in keys()
        if FLOOR.get(target, -1) > FLOOR[model._meta.app_label]
    ]
    assert not wrong, "\n".join(wrong)


def test_keys_across_apps_leave_no_reverse_name():
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model, field, target in keys()
        if target in FLOOR and target != model._meta.app_label and not field.remote_field.related_name.endswith("+")
        and not model._meta.auto_created
    ]  # fmt: skip
    assert not wrong, "\n".join(wrong)


def test_every_row_belongs_to_a_workspace():
    """Every model's default manager knows `in_workspace`, but for the workspace, the person and join tables."""
    free = {"mediaops.User", "mediaops.Workspace", "content.VariantImage", "content.VariantCompanion"}
    wrong = [
        model._meta.label
        for model in OURS
        if not model._meta.auto_created
        and model._meta.label not in free
        and not hasattr(model._default_manager.all(), "in_workspace")
    ]
    assert not wrong, "\n".join(wrong)


def test_the_way_to_the_workspace_is_a_real_one(workspace):
    for model in OURS:
        rows = model._default_manager.all()
        if hasattr(rows, "in_workspace"):
            assert not rows.in_workspace(workspace).filter(pk=-1).exists(), model


def test_every_constraint_reads_as_a_sentence():
    """Names such as `a_person_is_once_in_a_workspace`: words, not column lists with suffixes."""
    wrong = [
        f"{model._meta.label}: {constraint.name}"
        for model in OURS
        for constraint in model._meta.constraints
        if constraint.name.endswith(("_uniq", "_check", "_unique")) or constraint.name.count("_") < 2
    ]
    assert not wrong, "\n".join(wrong)


def test_no_model_overrides_save_or_listens_to_signals():
    wrong = [model._meta.label for model in OURS if "save" in vars(model) or "delete" in vars(model)]
    assert not wrong, "\n".join(wrong)
