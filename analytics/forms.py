"""Forms of dashboards and reports."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.overview import named
from campaigns.models import Campaign
from content.models import Pillar
from mediaops.lib.choices import RowChoiceField
from mediaops.lib.periods import Period, last_days, week_of
from mediaops.models import Workspace
from platforms.models import Account

SPANS = (7, 28, 90)
LONGEST = 366
SENSIBLE = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 1, 1))]


class ScopeForm(forms.Form):
    """What a dashboard looks at; every field may be left out."""

    days = forms.TypedChoiceField(choices=[(n, n) for n in SPANS], coerce=int, empty_value=28, required=False)
    first = forms.DateField(label=gettext_lazy("From"), required=False, validators=SENSIBLE)
    last = forms.DateField(label=gettext_lazy("To"), required=False, validators=SENSIBLE)
    account = RowChoiceField(label=gettext_lazy("Account"), empty_label=gettext_lazy("All accounts"))
    pillar = forms.ModelChoiceField(
        Pillar.objects.none(), label=gettext_lazy("Pillar"), required=False, empty_label=gettext_lazy("All pillars")
    )
    campaign = RowChoiceField(label=gettext_lazy("Campaign"), empty_label=gettext_lazy("All campaigns"))

    def __init__(
        self, *args: Any, workspace: Workspace, accounts: Iterable[Account], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["account"].offer(accounts, named)  # type: ignore[attr-defined]
        self.fields["pillar"].queryset = Pillar.objects.in_workspace(workspace)
        self.campaigns = list(Campaign.objects.in_workspace(workspace))
        self.fields["campaign"].offer(self.campaigns)  # type: ignore[attr-defined]
        for name in ("first", "last"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first. Choose a later one."))
        elif first and last and (last - first).days >= LONGEST:
            self.add_error("last", _("Choose at most a year."))
        return data

    @property
    def period(self) -> Period:
        """The chosen range, or the last days that are over."""
        data = getattr(self, "cleaned_data", {})
        if data.get("first") and data.get("last"):
            return Period(data["first"], data["last"])
        return last_days(data.get("days") or 28, self.today)


class WeekForm(forms.Form):
    """Any day of the week to report on."""

    day = forms.DateField(label=gettext_lazy("A day of the week"), validators=SENSIBLE)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields["day"].initial = today - timedelta(days=7)

    @property
    def week(self) -> Period:
        return week_of(self.cleaned_data["day"])
