"""Forms of accounts, connecting and the inbox."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mediaops.models import Membership, Right, Workspace
from platforms.connectors import CONNECTORS
from platforms.connectors.base import FormField, PlatformSpec
from platforms.models import Account
from platforms.models.account import Relation
from platforms.models.message import Kind


def form_field(field: FormField) -> forms.Field:
    """Return the Django field of a connector's `FormField`. A secret is never rendered back."""
    common: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help,
        "required": field.required,
        "initial": field.default,
    }
    attrs = {"autocomplete": "off", "spellcheck": "false", "placeholder": field.placeholder}
    if field.kind == "choice":
        return forms.ChoiceField(choices=field.choices, **common)
    if field.kind == "flag":
        return forms.BooleanField(**common | {"required": False})
    if field.kind == "secret":
        secret = forms.PasswordInput(attrs=attrs | {"autocomplete": "new-password"}, render_value=False)
        return forms.CharField(widget=secret, max_length=4000, strip=True, **common)
    if field.kind == "textarea":
        return forms.CharField(widget=forms.Textarea(attrs=attrs | {"rows": 4}), max_length=8000, **common)
    return forms.CharField(widget=forms.TextInput(attrs=attrs), max_length=1000, **common)


class _TellsProblems(forms.Form):
    """A form that shows what the platform, or an action, says about it."""

    def show_problem(self, sentence: str, fields: dict[str, list[str]]) -> None:
        """Put the answer beside the field it is about, or above the form."""
        placed = False
        for name, problems in fields.items():
            if name in self.fields:
                self.add_error(name, problems)
                placed = True
        if not placed:
            self.add_error(None, sentence)


class ByHandForm(_TellsProblems):
    """An account of ours that people serve by hand."""

    name = forms.CharField(label=_("Name of the account"), max_length=120, help_text=_("As its readers see it."))
    url = forms.URLField(
        label=_("Address of its page"), max_length=200, required=False, assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip


class ConnectForm(_TellsProblems):
    """The setup fields of one platform.

    `stored` are those that an account was connected with: they stand in the form, except secrets, which
    may be left empty to keep them.
    """

    def __init__(
        self, spec: PlatformSpec, *args: Any, stored: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        known = stored or {}
        kept = {field.name for field in spec.setup_fields if field.kind == "secret" and known.get(field.name)}
        shown = {name: value for name, value in known.items() if name not in kept}
        super().__init__(*args, initial=shown | (kwargs.pop("initial", None) or {}), **kwargs)
        self.spec = spec
        for field in spec.setup_fields:
            self.fields[field.name] = form_field(field)
            if field.name in kept:
                self.fields[field.name].required = False
                self.fields[field.name].help_text = _("Leave it empty to keep the stored one.")

    @property
    def usual(self) -> list[forms.BoundField]:
        """The fields that everybody fills in."""
        return [self[field.name] for field in self.spec.setup_fields if not field.advanced]

    @property
    def advanced(self) -> list[forms.BoundField]:
        """The fields that are folded away."""
        return [self[field.name] for field in self.spec.setup_fields if field.advanced]

    @property
    def is_unfolded(self) -> bool:
        return any(field.errors or self.data.get(field.name) for field in self.advanced)

    def credentials(self) -> dict[str, str]:
        """Return what was typed, by the platform's own field names."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value not in (None, "")}


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name the team sees"), max_length=120)


class AddAccountForm(forms.Form):
    """An account that is not ours: a partner's, or one to watch."""

    platform = forms.ChoiceField(label=_("Platform"))
    relation = forms.ChoiceField(label=_("Whose account"), choices=Relation.choices)
    name = forms.CharField(label=_("Name"), max_length=120)
    handle = forms.CharField(label=_("Handle"), max_length=200, required=False)
    url = forms.URLField(label=_("Address"), max_length=500, required=False, assume_scheme="https")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, cls.spec.label) for key, cls in CONNECTORS.items()]
        self.fields["platform"].choices = choices  # type: ignore[attr-defined]
        others = [(value, label) for value, label in Relation.choices if value != Relation.OWN]
        self.fields["relation"].choices = others  # type: ignore[attr-defined]


class InboxFilter(forms.Form):
    """What the inbox list is narrowed by; unknown values are left out, never an error."""

    account = forms.ModelChoiceField(Account.objects.none(), required=False, empty_label=_("All accounts"))
    kind = forms.ChoiceField(choices=[("", _("All kinds")), *Kind.choices], required=False)
    who = forms.ChoiceField(required=False)

    def __init__(self, data: Any, *, accounts: Iterable[Account], members: Iterable[Membership]) -> None:
        super().__init__(data)
        self.fields["account"] = forms.ChoiceField(
            label=_("Account"), required=False,
            choices=[("", _("All accounts")), *((str(row.pk), f"{row.label} · {row.name}") for row in accounts)],
        )  # fmt: skip
        self.fields["kind"].label = _("Kind")
        self.fields["who"].label = _("Given to")
        people = [(str(row.pk), row.name) for row in members]
        self.fields["who"].choices = [("", _("Anyone")), ("nobody", _("Nobody")), *people]  # type: ignore[attr-defined]

    def narrowed(self, rows: Any) -> Any:
        """Keep the talks that fit the filters."""
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("account"):
            rows = rows.filter(account_id=int(chosen["account"]))
        if chosen.get("kind"):
            rows = rows.filter(kind=chosen["kind"])
        who = chosen.get("who")
        if who == "nobody":
            return rows.filter(assigned_to=None)
        return rows.filter(assigned_to_id=int(who)) if who else rows

    @property
    def is_on(self) -> bool:
        self.is_valid()
        return any(self.cleaned_data.values())


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Answer"), max_length=10_000, required=False, strip=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AssignForm(forms.Form):
    member = forms.ModelChoiceField(Membership.objects.none(), required=False)

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = Membership.objects.with_right(Right.ANSWER).in_workspace(workspace)
        self.fields["member"].queryset = able.select_related("user", "workspace")  # type: ignore[attr-defined]


PERIODS = [("", _("Any time")), ("7", _("Last 7 days")), ("28", _("Last 28 days")), ("90", _("Last 90 days"))]
ORIGINS = [("", _("Made anywhere")), ("published", _("Published from here")), ("synced", _("Made elsewhere"))]


class PostFilter(forms.Form):
    """What the list of posts is narrowed by."""

    q = forms.CharField(required=False, max_length=100)
    account = forms.ChoiceField(label=_("Account"), required=False)
    origin = forms.ChoiceField(label=_("Origin"), choices=ORIGINS, required=False)
    days = forms.ChoiceField(label=_("Time"), choices=PERIODS, required=False)
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("Standing")), ("removed", _("Removed")), ("all", _("All"))], required=False
    )

    def __init__(self, data: Any, *, accounts: Iterable[Account]) -> None:
        super().__init__(data)
        choices = [("", _("All accounts")), *((str(row.pk), f"{row.label} · {row.name}") for row in accounts)]
        self.fields["account"].choices = choices  # type: ignore[attr-defined]

    @property
    def is_on(self) -> bool:
        self.is_valid()
        return any(self.cleaned_data.values())
