"""Forms of the ground: sign-in, profile, team, workspace."""

import zoneinfo
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from mediaops.lib.chat_robots import KINDS
from mediaops.models import ChatRobot, Membership, Right, Role, User, Workspace

ZONES = sorted(
    zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(("Etc", "posix"))
)
ZONE_CHOICES = [("UTC", "UTC"), *[(zone, zone.replace("_", " ")) for zone in ZONES]]


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("This address and password do not belong together. Check both, or reset the password."),
        "inactive": _("This person cannot sign in any more."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})


class ProfileForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[("", _("Like the workspace")), *ZONE_CHOICES], required=False
    )

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "theme", "wants_email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("Like the workspace")), *User._meta.get_field("language").choices]


class WorkspaceForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=ZONE_CHOICES)

    class Meta:
        model = Workspace
        fields = [
            "name", "language", "time_zone", "late_grace_min", "hand_reminder_min", "hand_escalation_min",
        ]  # fmt: skip


class NewWorkspaceForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=ZONE_CHOICES, initial="Asia/Shanghai")

    class Meta:
        model = Workspace
        fields = ["name", "slug", "language", "time_zone"]
        help_texts = {"slug": _("Part of every address of this workspace; it cannot be changed later.")}


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.EDITOR)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class JoinForm(forms.Form):
    """For somebody without an account here: name and password."""

    name = forms.CharField(label=_("Name"), max_length=80)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters."),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        password_validation.validate_password(
            password, User(email=self.email, name=self.cleaned_data.get("name", ""))
        )
        return password


class TokenForm(forms.Form):
    """A new API token: its name, what it may do, how long it lives."""

    name = forms.CharField(label=_("Name"), max_length=80)
    scopes = forms.MultipleChoiceField(label=_("May"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(
        label=_("Expires"),
        coerce=int,
        empty_value=0,
        required=False,
        choices=[(30, _("in 30 days")), (90, _("in 90 days")), (365, _("in a year")), (0, _("never"))],
        initial=90,
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "token_%s", **kwargs})
        self.fields["scopes"].choices = [(str(r), RIGHT_LABELS[r]) for r in Right if member.may(r)]
        self.fields["scopes"].initial = [str(Right.SEE)]


class ChatRobotForm(forms.Form):
    """A group's robot. When one is changed, an empty address keeps the one that is there."""

    kind = forms.ChoiceField(label=_("Team chat"), choices=[(key, kind.label) for key, kind in KINDS.items()])
    name = forms.CharField(label=_("Name of the group"), max_length=80)
    url = forms.CharField(
        label=_("Webhook address"), max_length=1000, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    secret = forms.CharField(
        label=_("Secret of the signature"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    only_urgent = forms.BooleanField(
        label=_("Only what is urgent"),
        required=False,
        help_text=_("Leaves out reminders; failures and doubts still come."),
    )
    is_on = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def __init__(self, *args: Any, robot: ChatRobot | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if robot is None:
            del self.fields["is_on"]
            return
        del self.fields["kind"]
        self.fields["url"].required = False
        self.fields["url"].help_text = _("Kept sealed and never shown. Leave it empty to keep it.")


RIGHT_LABELS: dict[Right, Any] = {
    Right.SEE: _("See everything in the workspace"),
    Right.WRITE: _("Write, comment, submit"),
    Right.APPROVE: _("Approve, request changes"),
    Right.PUBLISH: _("Schedule and publish approved content"),
    Right.ANSWER: _("Answer and moderate"),
    Right.FIGURES: _("Import figures, make reports"),
    Right.CAMPAIGNS: _("Campaigns and partners"),
    Right.AMOUNTS: _("See and change amounts"),
    Right.ADMIN: _("Accounts, members, tokens of others"),
}
