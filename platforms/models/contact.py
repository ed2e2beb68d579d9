"""People who follow an account, and the labels it gave them."""

from datetime import datetime
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.models import WorkspaceQuerySet
from platforms.models.account import Account


class ContactTagQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"


class ContactTag(models.Model):
    """One row is one label of an account's contacts, as its platform keeps it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="contact_tags")
    remote_id = models.CharField(max_length=100)
    name = models.CharField(_("Name"), max_length=100)

    objects = ContactTagQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["account", "remote_id"], name="a_tag_is_once_on_an_account")]

    def __str__(self) -> str:
        return self.name


class ContactQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"

    def following(self) -> Self:
        """Keep people who follow now, as far as we know."""
        return self.filter(left_at=None)


class Contact(models.Model):
    """One row is one person on one account. Many platforms tell no name; then the remark is all there is."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="contacts")
    remote_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True)
    remark = models.CharField(_("Remark"), max_length=60, blank=True)
    avatar_url = models.CharField(max_length=1000, blank=True)
    followed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    tags = models.ManyToManyField(ContactTag, blank=True, related_name="contacts")
    seen_at = models.DateTimeField(default=timezone.now)
    """When the platform last named this person as one who follows."""

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["-followed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "remote_id"], name="a_contact_is_once_on_an_account")
        ]
        indexes = [models.Index(fields=["account", "left_at", "-followed_at"], name="contacts_by_account")]

    def __str__(self) -> str:
        return self.shown_name

    def get_absolute_url(self) -> str:
        return reverse("platforms:contact", args=[self.account.workspace.slug, self.pk])

    @property
    def shown_name(self) -> str:
        return self.remark or self.name or f"…{self.remote_id[-6:]}"


class ContactBookQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"

    def due(self, now: datetime) -> Self:
        """Keep the books of which the next page should be read now."""
        return self.filter(next_at__lte=now)


class ContactBook(models.Model):
    """One row is how far the reading of an account's contacts got. They are read page by page, over and over."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="contact_book", primary_key=True)
    next_at = models.DateTimeField(null=True, blank=True)
    """When to read the next page, None never again."""
    after = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    """When the present reading began; None between two readings."""
    read_at = models.DateTimeField(null=True, blank=True)
    """When the last complete reading ended."""
    failures = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=400, blank=True)

    objects = ContactBookQuerySet.as_manager()

    def __str__(self) -> str:
        return f"contacts of account {self.account_id}"
