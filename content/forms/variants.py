from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from content.models import Asset, Variant
from mediaops.models import Workspace
from platforms.connectors.spec import FormField
from platforms.gateway import spec_for
from platforms.models import Account

OPTION = "option_"


class VariantForm(forms.ModelForm):
    """Own words of a variant, its options and its own pictures; blank means the item's."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    over = forms.IntegerField(required=False)
    """After comparing: the revision that one saves over."""
    picture_earlier = forms.IntegerField(required=False)
    picture_out = forms.IntegerField(required=False)
    video_out = forms.BooleanField(required=False)
    images = forms.ModelMultipleChoiceField(Asset.objects.none(), required=False)

    class Meta:
        model = Variant
        fields = ["title", "summary", "body", "own_images", "video"]
        widgets = {
            "video": forms.HiddenInput,
            "summary": forms.Textarea(attrs={"rows": 2}),
            "body": forms.Textarea(attrs={"rows": 10}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        variant = self.instance
        self.fields["revision"].initial = variant.revision
        library = Asset.objects.in_workspace(variant.item.workspace).filter(removed_at=None)
        self.fields["images"].queryset = library.images()
        self.fields["video"].queryset = library.videos()
        self.spec = spec_for(variant.account)
        for field in self.spec.option_fields:
            self.fields[f"{OPTION}{field.name}"] = option_field(field, variant.options.get(field.name))
        self.in_order = [pk for pk in self.data.getlist("images") if pk.isdigit()] if self.is_bound else []

    def option_fields(self) -> list[forms.BoundField]:
        return [self[f"{OPTION}{field.name}"] for field in self.spec.option_fields]

    def words(self) -> dict[str, Any]:
        """Return the fields as `save_variant` takes them."""
        data = self.cleaned_data
        found = {asset.pk: asset for asset in data["images"]}
        return {
            "title": data["title"],
            "summary": data["summary"],
            "body": data["body"],
            "own_images": data["own_images"],
            "video": None if data["video_out"] else data["video"],
            "images": [found[int(pk)] for pk in dict.fromkeys(self.in_order) if int(pk) in found],
            "options": {
                field.name: option_value(field, data.get(f"{OPTION}{field.name}"))
                for field in self.spec.option_fields
            },
        }


def option_field(field: FormField, value: Any) -> forms.Field:
    """Return the form field of a platform's option."""
    words: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help,
        "required": False,
        "initial": value or field.default,
    }
    if field.kind == "choice":
        choices = list(field.choices)
        if not field.default and not field.required:
            choices.insert(0, ("", "–"))
        return forms.ChoiceField(choices=choices, **words)
    if field.kind == "flag":
        return forms.BooleanField(**words | {"initial": is_on(value if value is not None else field.default)})
    if field.kind == "url":
        return forms.URLField(assume_scheme="https", max_length=1000, **words)
    widget = forms.Textarea(attrs={"rows": 3}) if field.kind == "textarea" else forms.TextInput()
    return forms.CharField(widget=widget, max_length=2000, **words)


def option_value(field: FormField, value: Any) -> Any:
    """Flags that differ from their default are kept as true or false, all else as text."""
    if field.kind == "flag":
        return None if bool(value) == is_on(field.default) else bool(value)
    return value or None


def is_on(value: Any) -> bool:
    return value in (True, "1", "true", "on", "yes")


class MendForm(forms.Form):
    """Which fix is taken, and for a crop which part stays: 0 the upper or left one, 1 the lower or right one."""

    fix = forms.CharField(max_length=400)
    known = forms.IntegerField(required=False)
    """The revision that the list was made from, where nothing typed comes along."""
    focus = forms.FloatField(required=False, min_value=0, max_value=1)

    def kept_part(self) -> tuple[float, float]:
        """Return what stays in the picture. A crop cuts one side only, so one number says it for both."""
        focus = self.cleaned_data["focus"]
        return (0.5, 0.5) if focus is None else (focus, focus)


class AddForm(forms.Form):
    account = forms.ModelChoiceField(Account.objects.none(), label=_("Account"))

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = Account.objects.in_workspace(workspace).own().connected()


class CompanionsForm(forms.Form):
    """The pieces that go out with a variant. One button each takes a piece out or moves it up; the list adds one."""

    out = forms.IntegerField(required=False)
    earlier = forms.IntegerField(required=False)

    def __init__(self, *args: Any, left: list[Variant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left = {str(row.pk): row for row in left}
        choices = [("", "–"), *((pk, str(row.title or row.item)) for pk, row in self._left.items())]
        self.fields["add"] = forms.ChoiceField(label=_("Add a piece"), required=False, choices=choices)

    def chosen(self, before: list[Variant]) -> list[Variant]:
        """Return the pieces as they should be after the pressed button."""
        data, rows = self.cleaned_data, list(before)
        for place, row in enumerate(rows):
            if place and row.pk == data["earlier"]:
                rows[place - 1], rows[place] = rows[place], rows[place - 1]
                break
        rows = [row for row in rows if row.pk != data["out"]]
        return [*rows, self._left[data["add"]]] if data["add"] else rows


class ShowToForm(forms.Form):
    to = forms.CharField(label=_("Name on the platform"), max_length=100)


class ChosenForm(forms.Form):
    chosen = forms.IntegerField(required=False)


class PreviewForm(forms.Form):
    account = forms.ModelChoiceField(Account.objects.none(), required=False)

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = Account.objects.in_workspace(workspace)
