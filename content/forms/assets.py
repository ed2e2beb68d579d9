from django import forms
from django.utils.translation import gettext_lazy as _

from content.models import Asset
from content.models.asset import AssetKind


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files under one name."""

    widget = ManyFiles

    def clean(self, data, initial=None):
        one = super().clean
        return [one(file, initial) for file in data] if isinstance(data, list | tuple) else [one(data, initial)]


class UploadForm(forms.Form):
    file = FilesField(label=_("Pictures or videos"), allow_empty_file=True)
    alt_text = forms.CharField(required=False, max_length=1000)


class FetchForm(forms.Form):
    url = forms.URLField(label=_("Address of a picture"), max_length=2000, assume_scheme="https")


class AssetForm(forms.ModelForm):
    class Meta:
        model = Asset
        fields = ["name", "alt_text"]
        widgets = {"alt_text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"alt_text": _("What it shows, for people who cannot see it. It goes out with it.")}
        labels = {"name": _("File name")}


class FindForm(forms.Form):
    """Filters of the library."""

    q = forms.CharField(required=False, max_length=100)
    alt = forms.ChoiceField(required=False, choices=[("missing", "")])
    kind = forms.ChoiceField(required=False, choices=AssetKind.choices)


class PickForm(FindForm):
    purpose = forms.SlugField(required=False, max_length=60)
