from django import forms
from django.utils.translation import gettext_lazy as _


class PillarForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    description = forms.CharField(
        label=_("What belongs here"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    share = forms.IntegerField(
        label=_("Share of posts, in per cent"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("How much of what you publish this should be. Compared with what was published."),
    )


class PersonaForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    description = forms.CharField(
        label=_("Who they are, what they want"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
