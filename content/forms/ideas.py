from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from content.forms.fields import NOBODY, NONE, MemberField, people
from content.models import Idea, Pillar
from content.models.idea import IdeaState
from mediaops.models import Membership, Workspace


class IdeaForm(forms.Form):
    """An idea in full."""

    title = forms.CharField(label=_("Idea"), max_length=200)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    source_url = forms.URLField(
        label=_("Source"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        help_text=_("A link to where it came from."),
    )
    pillar = forms.ModelChoiceField(Pillar.objects.none(), label=_("Pillar"), required=False, empty_label=NONE)
    score = forms.IntegerField(
        label=_("Score"), required=False, min_value=0, max_value=100, help_text=_("0 to 100: how much it promises.")
    )
    owner = MemberField(Membership.objects.none(), label=_("Owner"), required=False, empty_label=NOBODY)

    def __init__(self, *args: Any, workspace: Workspace, idea: Idea | None = None, **kwargs: Any) -> None:
        if idea is not None:
            kwargs["initial"] = {name: getattr(idea, name) for name in self.base_fields} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        open_or_own = Q(closed_at=None) | Q(pk=idea.pillar_id if idea else None)
        self.fields["pillar"].queryset = Pillar.objects.in_workspace(workspace).filter(open_or_own)
        self.fields["owner"].queryset = people(workspace, besides=idea.owner_id if idea else None)


class QuickIdeaForm(forms.Form):
    """One line at the head of a column."""

    title = forms.CharField(label=_("Idea"), max_length=200)
    state = forms.ChoiceField(choices=IdeaState.choices, required=False)


class MoveIdeaForm(forms.Form):
    state = forms.ChoiceField(choices=IdeaState.choices)
