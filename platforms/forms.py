"""Forms of accounts, connecting and the inbox."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mediaops.models import Membership, Right, Workspace
from platforms.actions.moderating import ACTS
from platforms.connectors import CONNECTORS
from platforms.connectors.spec import FormField, MenuRules, PlatformSpec
from platforms.models import Account, AutoReply, Contact, ContactTag
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
        self,
        spec: PlatformSpec,
        data: Any = None,
        *,
        stored: Mapping[str, str] | None = None,
        initial: Mapping[str, str] | None = None,
    ) -> None:
        known = stored or {}
        kept = {field.name for field in spec.setup_fields if field.kind == "secret" and known.get(field.name)}
        shown = {name: value for name, value in known.items() if name not in kept}
        super().__init__(data, initial={**(initial or {}), **shown})
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


class ModerateForm(forms.Form):
    act = forms.ChoiceField(choices=[(act, act) for act in ACTS])


class ContactFilter(forms.Form):
    """What the list of contacts is narrowed by; unknown values are left out."""

    q = forms.CharField(required=False, max_length=100)
    account = forms.ChoiceField(label=_("Account"), required=False)
    tag = forms.ChoiceField(label=_("Label"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("Following")), ("left", _("No longer following")), ("all", _("All"))],
    )  # fmt: skip

    def __init__(self, data: Any, *, accounts: Iterable[Account], tags: Iterable[ContactTag]) -> None:
        super().__init__(data)
        choices = [("", _("All accounts")), *((str(row.pk), f"{row.label} · {row.name}") for row in accounts)]
        self.fields["account"].choices = choices  # type: ignore[attr-defined]
        labels = [("", _("All labels")), *((str(row.pk), row.name) for row in tags)]
        self.fields["tag"].choices = labels  # type: ignore[attr-defined]

    def narrowed(self, rows: Any) -> Any:
        """Keep the contacts that fit the filters."""
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("state", "") != "all":
            rows = rows.filter(left_at__isnull=chosen.get("state") != "left")
        if chosen.get("account"):
            rows = rows.filter(account_id=int(chosen["account"]))
        if chosen.get("tag"):
            rows = rows.filter(tags=int(chosen["tag"]))
        if chosen.get("q"):
            words = chosen["q"]
            fits = Q(name__icontains=words) | Q(remark__icontains=words) | Q(remote_id__startswith=words)
            rows = rows.filter(fits)
        return rows

    @property
    def is_on(self) -> bool:
        self.is_valid()
        return any(self.cleaned_data.values())


class RemarkForm(_TellsProblems):
    remark = forms.CharField(
        label=_("Remark"), max_length=30, required=False,
        help_text=_("How the team calls this person; the platform shows it in its back office, too."),
    )  # fmt: skip


class LabelForm(forms.Form):
    """Which label to put on, or take off, one or more contacts of one account."""

    contacts = forms.ModelMultipleChoiceField(Contact.objects.none())
    tag = forms.ModelChoiceField(ContactTag.objects.none())
    act = forms.ChoiceField(choices=[("tag", "tag"), ("untag", "untag")])

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Contact.objects.in_workspace(workspace).select_related("account")
        self.fields["contacts"].queryset = people  # type: ignore[attr-defined]
        tags = ContactTag.objects.in_workspace(workspace).select_related("account__workspace")
        self.fields["tag"].queryset = tags  # type: ignore[attr-defined]


class TagForm(_TellsProblems):
    name = forms.CharField(label=_("Name of the label"), max_length=30)


class NewTagForm(TagForm):
    account = forms.ModelChoiceField(Account.objects.none(), label=_("Account"))

    field_order = ["account", "name"]

    def __init__(self, accounts: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]


class AutoReplyForm(_TellsProblems, forms.ModelForm):
    """One automatic answer."""

    class Meta:
        model = AutoReply
        fields = ["trigger", "match", "words", "text", "yields_to_people", "is_on"]
        widgets = {
            "words": forms.Textarea(attrs={"rows": 3}),
            "text": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "words": _("One per line. Only for answers to a keyword; a menu entry that sends a keyword counts, too."),
            "text": _("Plain words; links are written out."),
        }


class StepForm(forms.Form):
    """How far a row moves in its list."""

    steps = forms.ChoiceField(choices=[("-1", "-1"), ("1", "1")])


class CommentsForm(forms.Form):
    is_open = forms.BooleanField(required=False)


def menu_entries(data: Any, rules: MenuRules) -> list[dict[str, Any]]:
    """Read the menu editor's fields, `entry-<place>-<name>`: as many entries as were shown, in order."""
    entries = []
    for place in range(rules.entries_max + 1):
        if f"entry-{place}-name" not in data:
            break
        entry = _menu_entry(data, str(place), rules)
        below = []
        for under in range(rules.below_max + 1):
            if f"entry-{place}.{under}-name" not in data:
                break
            below.append(_menu_entry(data, f"{place}.{under}", rules))
        entries.append({"name": entry["name"], "below": below} if below else entry)
    return entries


def _menu_entry(data: Any, place: str, rules: MenuRules) -> dict[str, str]:
    names = ("name", "type", *rules.field_bytes)
    return {name: data.get(f"entry-{place}-{name}", "") for name in names if f"entry-{place}-{name}" in data}


def menu_act(data: Any) -> tuple[str, str, str]:
    """Return what the pressed button asks for: an act, the entry's place, and where it moves to."""
    act, _sign, rest = str(data.get("act", "")).partition(":")
    place, _sign, to = rest.partition(":")
    known = {"add", "below", "drop", "up", "down", "move", "publish", "kind"}
    return (act if act in known else ""), place, to
