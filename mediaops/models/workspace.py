"""Workspaces, who is in them, and what each role may do."""

from enum import StrEnum

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.models.user import LANGUAGES, User


class Right(StrEnum):
    """What a door asks for. The table of rights by role is `RIGHTS`."""

    SEE = "see"
    WRITE = "write"
    APPROVE = "approve"
    PUBLISH = "publish"
    ANSWER = "answer"
    FIGURES = "figures"
    CAMPAIGNS = "campaigns"
    AMOUNTS = "amounts"
    ADMIN = "admin"


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    EDITOR = "editor", _("Editor")
    OPERATOR = "operator", _("Operator")
    ANALYST = "analyst", _("Analyst")
    VIEWER = "viewer", _("Viewer")


R = Right
RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.MANAGER: frozenset(Right) - {R.ADMIN},
    Role.EDITOR: frozenset({R.SEE, R.WRITE}),
    Role.OPERATOR: frozenset({R.SEE, R.WRITE, R.PUBLISH, R.ANSWER, R.CAMPAIGNS}),
    Role.ANALYST: frozenset({R.SEE, R.FIGURES}),
    Role.VIEWER: frozenset({R.SEE}),
}


class Workspace(models.Model):
    """One row is one team with its accounts, content and figures."""

    name = models.CharField(_("Name"), max_length=80)
    slug = models.SlugField(
        _("Address"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("Use small letters, digits and hyphens."))],
    )
    language = models.CharField(_("Language"), max_length=10, choices=LANGUAGES, default="zh-hans")
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Asia/Shanghai")
    is_demo = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    late_grace_min = models.PositiveIntegerField(
        _("Grace for late publishing, in minutes"),
        default=30,
        help_text=_("A publication that could not start within this time asks its owner instead of going out late."),
    )
    hand_reminder_min = models.PositiveIntegerField(
        _("Reminder of a post to make by hand, in minutes"),
        default=15,
        help_text=_("Who has to post is told again when no link has come by then."),
    )
    hand_escalation_min = models.PositiveIntegerField(
        _("Escalation of a post to make by hand, in minutes"),
        default=60,
        help_text=_("Managers and owners are told when no link has come by then."),
    )
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.ForeignKey("mediaops.Membership", models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("team:today", args=[self.slug])


class MembershipQuerySet(models.QuerySet["Membership"]):
    workspace_path = "workspace"

    def in_workspace(self, workspace: Workspace | int) -> "MembershipQuerySet":
        return self.filter(workspace=workspace)

    def active(self) -> "MembershipQuerySet":
        """Keep people who are still in the team and can sign in."""
        return self.filter(left_at=None, user__is_active=True)

    def with_right(self, right: Right) -> "MembershipQuerySet":
        """Keep active members whose role includes `right`."""
        roles = [role for role, rights in RIGHTS.items() if right in rights]
        return self.active().filter(role__in=roles)


class Membership(models.Model):
    """One row is one person in one workspace; it stays when the person leaves, so names survive."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(_("Role"), max_length=10, choices=Role)
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="a_person_is_once_in_a_workspace")]
        ordering = ["joined_at", "pk"]

    def __str__(self) -> str:
        return self.user.name

    @property
    def name(self) -> str:
        return self.user.name

    def may(self, right: Right | str) -> bool:
        """Say whether the role includes `right` and the person is still in the team."""
        return self.left_at is None and right in RIGHTS[self.role]
