"""Forms of campaigns, tasks, budgets, partners and links. Choices are the workspace's own."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.actions.phasing import problem_of_days
from campaigns.models import (
    BudgetLine,
    Campaign,
    Collaboration,
    Deliverable,
    Expense,
    Partner,
    PartnerAccount,
    Phase,
    Task,
    TrackedLink,
)
from mediaops.models import Membership, Workspace
from platforms.models import Account, Post
from platforms.models.account import Relation

DAY = {"type": "date"}
CURRENCIES = [(code, code) for code in ("CNY", "USD", "EUR", "GBP", "HKD", "TWD", "JPY", "SGD")]


class TeamForm(forms.ModelForm):
    """A form whose choices come from one workspace only."""

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        people = Membership.objects.active().filter(workspace=workspace).select_related("user")
        own: dict[str, Any] = {
            "owner": people,
            "assignee": people,
            "campaign": Campaign.objects.in_workspace(workspace),
            "account": Account.objects.in_workspace(workspace).exclude(relation=Relation.OWN),
            "collaboration": Collaboration.objects.in_workspace(workspace),
        }
        for name, field in self.fields.items():
            if name in own:
                field.queryset = own[name]
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs=DAY, format="%Y-%m-%d")


class CampaignForm(TeamForm):
    class Meta:
        model = Campaign
        fields = ["name", "brief", "goal", "starts_on", "ends_on", "owner", "currency"]
        widgets = {"brief": forms.Textarea(attrs={"rows": 6}), "currency": forms.Select(choices=CURRENCIES)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first. Choose a later one."))
        return data


class TaskForm(TeamForm):
    class Meta:
        model = Task
        fields = ["title", "campaign", "assignee", "due_on", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}


class PhaseForm(forms.ModelForm):
    class Meta:
        model = Phase
        fields = ["name", "starts_on", "ends_on"]
        widgets = {
            "starts_on": forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on"):
            for name, said in problem_of_days(self.campaign, data["starts_on"], data["ends_on"]).items():
                self.add_error(name, said)
        return data


class BudgetLineForm(forms.ModelForm):
    class Meta:
        model = BudgetLine
        fields = ["name", "planned_amount"]


class ExpenseForm(forms.ModelForm):
    class Meta:
        model = Expense
        fields = ["amount", "day", "note"]
        widgets = {"day": forms.DateInput(attrs=DAY, format="%Y-%m-%d")}


class PartnerForm(forms.ModelForm):
    class Meta:
        model = Partner
        fields = ["name", "kind", "contact", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}


class ChannelForm(TeamForm):
    url = forms.URLField(label=gettext_lazy("Address"), max_length=500, required=False, assume_scheme="https")

    class Meta:
        model = PartnerAccount
        fields = ["name", "url", "followers", "price_amount", "currency", "account"]
        widgets = {"currency": forms.Select(choices=CURRENCIES)}


class CollaborationForm(TeamForm):
    class Meta:
        model = Collaboration
        fields = ["title", "campaign", "cost_amount", "currency", "owner"]
        widgets = {"currency": forms.Select(choices=CURRENCIES)}


class DeliverableForm(forms.ModelForm):
    class Meta:
        model = Deliverable
        fields = ["title", "due_on", "cost_amount"]
        widgets = {"due_on": forms.DateInput(attrs=DAY, format="%Y-%m-%d")}


class DeliverForm(forms.Form):
    """Name the real post by its address, or choose it by id."""

    post_url = forms.CharField(max_length=1000)

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace

    def clean_post_url(self) -> Post:
        typed = self.cleaned_data["post_url"].strip()
        rows = Post.objects.in_workspace(self.workspace)
        found = rows.filter(url=typed).first() or (rows.filter(pk=typed).first() if typed.isdigit() else None)
        if found is None:
            raise ValidationError(_("No post with this address is known. Connect or watch its account first."))
        return found


class LinkForm(TeamForm):
    target = forms.URLField(label=gettext_lazy("Leads to"), max_length=2000, assume_scheme="https")

    class Meta:
        model = TrackedLink
        fields = ["name", "target", "campaign", "collaboration"]

    def clean_target(self) -> str:
        target = self.cleaned_data["target"]
        if urlsplit(target).scheme not in {"http", "https"}:
            raise ValidationError(_("Use an http or https address."))
        return target
