"""Fields that several forms of content share."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mediaops.models import Membership, Workspace

TAGS_MAX = 20
TAG_LENGTH_MAX = 50


class TagsField(forms.CharField):
    """Words with commas between them, in either script, with or without #; cleaned to a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = (re.sub(r"\s+", " ", word).strip(" #") for word in re.split(r"[,，、;；\n#]", value or ""))
        return list(dict.fromkeys(word for word in words if word))

    def validate(self, value: Any) -> None:
        if len(value) > TAGS_MAX:
            words = {"limit": TAGS_MAX, "count": len(value)}
            raise ValidationError(_("At most %(limit)s tags; these are %(count)s. Take some out.") % words)
        long = next((tag for tag in value if len(tag) > TAG_LENGTH_MAX), None)
        if long:
            raise ValidationError(_("The tag “%(tag)s…” is too long. Put commas between tags.") % {"tag": long[:20]})

    def run_validators(self, value: Any) -> None:
        """Validators of text do not apply to a list."""


class MemberField(forms.ModelChoiceField):
    """A member who is in the team, or the one who holds the row already, even after leaving."""

    def label_from_instance(self, obj: Any) -> str:
        return obj.name if obj.left_at is None else _("%(name)s (left the team)") % {"name": obj.name}


def people(workspace: Workspace, *, besides: int | None = None) -> "QuerySet[Membership]":
    """Return active members, and the member with the id `besides`."""
    active = Q(left_at=None, user__is_active=True)
    return Membership.objects.in_workspace(workspace).filter(active | Q(pk=besides)).select_related("user")


NOBODY = gettext_lazy("Nobody")
NONE = gettext_lazy("None")
