"""Forms of the calendar: filters, planning a piece, weekly slots."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.models import Campaign
from content.calendar import Filters
from content.forms.publications import MomentField
from content.models import ContentItem, Pillar
from content.models.publication import State
from content.models.slot import Weekday
from mediaops.lib.choices import RowChoiceField
from mediaops.models import Membership, Workspace
from platforms.models import Account


def _account_label(account: Account) -> str:
    """Name an account so that two of one name on two platforms can be told apart."""
    return f"{account.name} · {account.spec.label}"


class CalendarForm(forms.Form):
    """Where the calendar stands and what narrows it; every field may be left out."""

    view = forms.ChoiceField(choices=[("month", ""), ("week", ""), ("list", "")], required=False)
    day = forms.DateField(required=False)
    account = RowChoiceField(label=gettext_lazy("Account"), empty_label=gettext_lazy("All accounts"))
    pillar = RowChoiceField(label=gettext_lazy("Pillar"), empty_label=gettext_lazy("All pillars"))
    campaign = RowChoiceField(label=gettext_lazy("Campaign"), empty_label=gettext_lazy("All campaigns"))
    owner = RowChoiceField(label=gettext_lazy("Person"), empty_label=gettext_lazy("Everybody"))
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All states")),
            ("trouble", gettext_lazy("Needs a person")),
            ("late", gettext_lazy("Too late")),
            *State.choices,
        ],
    )

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = list(Account.objects.in_workspace(workspace).own())
        self.campaigns = list(Campaign.objects.in_workspace(workspace))
        self._offer("account", self.accounts, _account_label)
        self._offer("pillar", Pillar.objects.in_workspace(workspace))
        self._offer("campaign", self.campaigns)
        self._offer("owner", Membership.objects.in_workspace(workspace).select_related("user"))

    def _offer(self, name: str, rows: Any, label: Any = str) -> None:
        self.fields[name].offer(rows, label)  # type: ignore[attr-defined]

    @property
    def filters(self) -> Filters:
        """What is chosen; a choice that does not exist narrows nothing."""
        data = self.cleaned_data

        def pk(name: str) -> int | None:
            return data[name].pk if data.get(name) else None

        return Filters(data.get("account"), pk("pillar"), pk("campaign"), pk("owner"), data.get("state") or "")

    @property
    def is_narrowed(self) -> bool:
        return self.filters != Filters()


class ScheduleForm(forms.Form):
    """When each variant of a piece goes out: a moment per account, or none."""

    def __init__(
        self, *args: Any, variants: Any, moments: dict[int, Any], day: date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.variants = list(variants)
        for variant in self.variants:
            self.fields[f"at_{variant.pk}"] = MomentField(
                label=_("Time"), required=False, initial=moments.get(variant.pk)
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.get(f"at_{variant.pk}") for variant in self.variants):
            raise forms.ValidationError(_("Choose a time for at least one account."))
        return data

    @property
    def chosen(self) -> list[tuple[Any, Any]]:
        """Return (variant, moment) of the accounts that got a time."""
        pairs = [(variant, self.cleaned_data.get(f"at_{variant.pk}")) for variant in self.variants]
        return [(variant, moment) for variant, moment in pairs if moment]


class QuickForm(forms.Form):
    """What to put on a day: a piece that is there, or a new one with this title."""

    item = forms.ModelChoiceField(
        ContentItem.objects.none(),
        label=gettext_lazy("A piece"),
        required=False,
        empty_label=gettext_lazy("A new piece"),
    )
    title = forms.CharField(label=gettext_lazy("Title of the new piece"), max_length=200, required=False)
    account = forms.ModelMultipleChoiceField(
        Account.objects.none(),
        label=gettext_lazy("Accounts"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one account.")},
    )
    due_at = MomentField(label=gettext_lazy("Time"))

    def __init__(self, *args: Any, workspace: Workspace, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = Account.objects.in_workspace(workspace).own().connected()
        self.fields["account"].label_from_instance = _account_label
        self.fields["item"].queryset = ContentItem.objects.in_workspace(workspace).filter(
            pk__in=[item.pk for item in items]
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("item") and not (data.get("title") or "").strip():
            self.add_error("title", _("Choose a piece, or give the new one a title."))
        return data


class SlotForm(forms.Form):
    """A time of day on some days of the week."""

    weekday = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("weekly slots", "Days"),
        coerce=int,
        choices=Weekday.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day.")},
    )
    time = forms.TimeField(label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
