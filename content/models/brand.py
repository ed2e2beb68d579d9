"""The brand guide: wording the team watches, lists it imported, phrases it lets pass."""

import secrets

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.models import Membership, Workspace, WorkspaceQuerySet


def new_stamp() -> str:
    return secrets.token_hex(8)


class BrandGuide(models.Model):
    """One row says which of the shipped checks a team wants; a team without one has law and personal data on.

    `stamp` is another one after every change of the guide, its rules, lists and phrases, so that what
    was compiled from them is known to be old.
    """

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="+")
    checks_law = models.BooleanField(
        _("Terms of the advertising law (China)"),
        default=True,
        help_text=_("Absolute claims, promised effects, gains and results, pressure of time."),
    )
    checks_personal = models.BooleanField(
        _("Personal data"),
        default=True,
        help_text=_("ID card, mobile and bank card numbers, before they become public."),
    )
    checks_email = models.BooleanField(
        _("Mail addresses of persons"),
        default=False,
        help_text=_("Addresses such as service@ and info@ are let alone."),
    )
    stamp = models.CharField(max_length=16, default=new_stamp)

    objects = WorkspaceQuerySet.as_manager()

    def __str__(self) -> str:
        return str(_("Brand guide"))


class RuleKind(models.TextChoices):
    BANNED = "banned", _("Do not write")
    PREFERRED = "preferred", _("Write it so")
    REQUIRED = "required", _("Must be there")


class BrandRule(models.Model):
    """One row is one rule about wording.

    `phrase` may hold up to two `*`, each for at most ten signs of one line. `instead` is what to
    write ("" where only leaving it out helps); `only_with` makes required wording wait for other words.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    kind = models.CharField(_("Kind"), max_length=10, choices=RuleKind, default=RuleKind.BANNED)
    phrase = models.CharField(_("Words"), max_length=100)
    instead = models.CharField(_("Write instead"), max_length=100, blank=True)
    only_with = models.CharField(_("Only where these words stand"), max_length=100, blank=True)
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "phrase", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind", "phrase"], name="a_brand_rule_is_written_once")
        ]

    def __str__(self) -> str:
        return self.phrase

    def get_absolute_url(self) -> str:
        return reverse("content:brand-rule", args=[self.workspace.slug, self.pk])


class WordList(models.Model):
    """One row is one list of sensitive words that the team imported.

    `words` has one word a line, `word`, or with tabs `word category advice`; the file's repeats are
    left out. A list that is switched off stays as it is and is not looked for.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=80)
    source = models.CharField(_("Source"), max_length=200, blank=True)
    words = models.TextField()
    size = models.PositiveIntegerField(default=0)
    """How many words there are."""
    digest = models.CharField(max_length=64)
    """Sha256 of `words`: lists with the same words are compiled once."""
    is_on = models.BooleanField(_("In use"), default=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="a_word_list_has_its_own_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("content:word-list", args=[self.workspace.slug, self.pk])


class AllowedPhrase(models.Model):
    """One row is a phrase that the team lets pass, whatever list it is on.

    With a `context`, which holds the phrase, it passes only there: 最好 within 最好的时光.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    phrase = models.CharField(_("Phrase"), max_length=100)
    context = models.CharField(_("Only within"), max_length=200, blank=True)
    reason = models.CharField(_("Why"), max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["phrase", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "phrase", "context"], name="a_phrase_is_allowed_once")
        ]

    def __str__(self) -> str:
        return self.context or self.phrase
