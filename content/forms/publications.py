"""Forms about moments, links and pauses."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.models import Publication
from platforms.connectors.counting import links_of


class MomentField(forms.DateTimeField):
    """A day and minute in the member's zone, from a `datetime-local` field; cleaned to an aware moment.

    A minute that the clocks skip in spring is refused in words; of one that comes twice in autumn
    the first is taken.
    """

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": gettext_lazy("Enter a day and a time.")}

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime) and value.tzinfo:
            return value
        try:
            plain = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if plain.tzinfo:
            return plain
        zone = timezone.get_current_timezone()
        moment = plain.replace(tzinfo=zone)
        if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != plain:
            words = {"time": f"{plain:%H:%M}", "zone": str(zone)}
            raise ValidationError(
                _("The clocks go forward that day in %(zone)s; there is no %(time)s. Choose another time.") % words,
                code="skipped",
            )
        return moment


class MomentForm(forms.Form):
    due_at = MomentField(label=gettext_lazy("New time"))


class PastedLinkField(forms.URLField):
    """A link as people paste it: apps copy a sentence with the link somewhere in it."""

    def to_python(self, value: Any) -> Any:
        found = links_of(str(value or ""))
        return super().to_python(found[0].word if found else value)


class LinkForm(forms.Form):
    url = PastedLinkField(
        label=gettext_lazy("Link of the post"),
        max_length=1000,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"placeholder": "https://", "autocomplete": "off", "inputmode": "url"}),
        error_messages={"invalid": gettext_lazy("Paste the whole link, with https://.")},
    )


class CannotForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("What is in the way?"), max_length=300)


class ReleaseForm(forms.Form):
    """Which publications to let go; only rows that the view offers can be chosen."""

    release = forms.ModelMultipleChoiceField(Publication.objects.none(), required=False)

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["release"].queryset = rows  # type: ignore[attr-defined]
