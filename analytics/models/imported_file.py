"""Files of figures that people bring, what was found in them, and what became of their rows."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.lib.moves import Moves
from mediaops.lib.said import read
from mediaops.models import Membership, Reason, Workspace, WorkspaceQuerySet
from platforms.models import Account, Post


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Being read")
    PREVIEWED = "previewed", _("To confirm")
    IMPORTING = "importing", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Cannot be read")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


IMPORT_MOVES: Moves = {
    ImportState.UPLOADED: {ImportState.PREVIEWED, ImportState.FAILED},
    ImportState.PREVIEWED: {ImportState.UPLOADED, ImportState.IMPORTING},
    ImportState.IMPORTING: {ImportState.DONE, ImportState.FAILED},
    ImportState.DONE: {ImportState.UNDOING},
    ImportState.UNDOING: {ImportState.UNDONE},
    ImportState.FAILED: {ImportState.UPLOADED, ImportState.UNDOING},
    ImportState.UNDONE: set(),
}

MOVING = (ImportState.UPLOADED, ImportState.IMPORTING, ImportState.UNDOING)
"""States in which a worker has something to do."""
LEASE = timedelta(seconds=60)
"""A worker that has not shown progress for so long is taken for dead."""


class TableKind(models.TextChoices):
    POSTS = "posts", _("One row per post")
    ACCOUNT_DAYS = "account_days", _("One row per day of an account")


class ImportedFileQuerySet(WorkspaceQuerySet):
    def to_work_on(self, now: datetime) -> Self:
        """Keep files that a worker should read, import or undo now."""
        free = models.Q(worked_at=None) | models.Q(worked_at__lt=now - LEASE)
        return self.filter(free, state__in=MOVING)

    def with_waiting(self) -> Self:
        """Add `waiting`: how many rows wait for a person."""
        rows = ImportedRow.objects.filter(imported=models.OuterRef("pk"), state=RowState.WAITING).order_by()
        count = rows.values("imported").annotate(n=models.Count("pk")).values("n")
        return self.annotate(waiting=Coalesce(models.Subquery(count), 0))


class ImportedFile(Reason):
    """One row is one uploaded file on its way into the figures of one account."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, models.CASCADE, null=True, blank=True, related_name="+")
    """Whose figures these are; None until somebody says so."""
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to="imports/", max_length=200, blank=True)
    """Empty once it is imported: the rows that wait are kept, the bytes are not."""
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    problem = models.CharField(max_length=400, blank=True)
    """Why it cannot be read, as a sentence."""
    parts = models.JSONField(default=list, blank=True)
    """The tables in it: see `analytics.imports.layouts.PartMemo`."""
    unknown = models.JSONField(default=dict, blank=True)
    """Of a table nobody mapped yet: its headers and samples of its cells."""
    as_of = models.DateTimeField()
    """To which minute counters without a day of their own belong."""
    makes_posts = models.BooleanField(default=False)
    """Whether rows that no post matches become posts made elsewhere."""
    counts = models.JSONField(default=dict, blank=True)
    """Rows by what becomes of them, see `analytics.imports.writing.Tally`: foreseen, then done."""
    sample = models.JSONField(default=list, blank=True)
    """The first rows as the preview shows them."""
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)

    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    """When it was imported, or undone."""
    worked_at = models.DateTimeField(null=True, blank=True)
    """When a worker last showed progress; None when nobody works on it."""
    tries = models.PositiveSmallIntegerField(default=0)
    """How often a worker began and did not come to an end."""

    objects = ImportedFileQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["workspace", "sha256"], name="imports_by_content")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("analytics:import", args=[self.workspace.slug, self.pk])

    @property
    def sample_text(self) -> list[dict[str, Any]]:
        """The sample, what it says being in the reader's language."""
        return [{**part, "rows": [_in_words(row) for row in part["rows"]]} for part in self.sample]

    @property
    def rows_taken(self) -> int:
        """How many rows are in the figures."""
        return sum(self.counts.get(name, 0) for name in ("new", "changed", "same"))

    @property
    def is_moving(self) -> bool:
        return self.state in MOVING

    @property
    def needs_columns(self) -> bool:
        """Say whether a person must say what the columns hold."""
        return self.state == ImportState.PREVIEWED and not self.parts

    @property
    def percent(self) -> int:
        return min(100 * self.rows_done // self.rows_total, 100) if self.rows_total else 0


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in row.items() if name != "said_in"}
    return told | {"said": read(row["said"], row.get("said_in", {}))}


class ImportedRowQuerySet(WorkspaceQuerySet):
    workspace_path = "imported__workspace"

    def waiting(self) -> Self:
        """Keep rows that a person should look at."""
        return self.filter(state=RowState.WAITING)

    def bad(self) -> Self:
        """Keep rows that could not be read."""
        return self.filter(state=RowState.BAD)


class RowState(models.TextChoices):
    WAITING = "waiting", _("Waits")
    MATCHED = "matched", _("Put to a post")
    MADE = "made", _("Made a post")
    IGNORED = "ignored", _("Left out")
    BAD = "bad", _("Cannot be read")


ROW_MOVES: Moves = {RowState.WAITING: {RowState.MATCHED, RowState.MADE, RowState.IGNORED}}


class ImportedRow(Reason):
    """One row is one line of a file that needed a person: unmatched, or unreadable. The others are not kept."""

    imported = models.ForeignKey(ImportedFile, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=RowState, default=RowState.WAITING)
    problem = models.CharField(max_length=300, blank=True)
    """Why it waits or cannot be read."""
    values = models.JSONField(default=dict, blank=True)
    """The row by field name, as `analytics.imports.layouts.plain` writes it."""
    key = models.CharField(max_length=64, blank=True, db_index=True)
    """What a later file's row about the same post has too: decisions are found again by it."""
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ImportedRowQuerySet.as_manager()

    class Meta:
        ordering = ["line", "pk"]
        indexes = [models.Index(fields=["imported", "state", "line"], name="imported_rows_by_state")]

    def __str__(self) -> str:
        return f"{self.imported_id}:{self.line}"

    @property
    def title(self) -> str:
        return str(self.values.get("title") or self.values.get("remote_id") or self.values.get("url") or "")

    @property
    def published_at(self) -> datetime | None:
        told = self.values.get("published_at")
        return datetime.fromisoformat(told) if told else None


class ColumnMapping(models.Model):
    """One row remembers what the columns of a table mean, for the next file with the same headers."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=TableKind)
    columns = models.JSONField()
    """Field names by folded header."""
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "fingerprint"], name="columns_are_mapped_once_in_a_workspace"
            )
        ]

    def __str__(self) -> str:
        return self.fingerprint[:12]


class OverwrittenQuerySet(WorkspaceQuerySet):
    workspace_path = "imported__workspace"


class Overwritten(models.Model):
    """One row keeps what a snapshot said before a file said otherwise of the same minute."""

    imported = models.ForeignKey(ImportedFile, models.CASCADE, related_name="overwritten")
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="+")
    account = models.ForeignKey(Account, models.CASCADE, null=True, blank=True, related_name="+")
    """Of which of the two the snapshot is."""
    taken_at = models.DateTimeField()
    before: Any = models.JSONField()
    """Columns, `extra`, and the file (`imported`) of the snapshot as it was."""

    objects = OverwrittenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["imported", "post", "taken_at"], name="a_file_overwrites_a_posts_minute_once"
            ),
            models.UniqueConstraint(
                fields=["imported", "account", "taken_at"], name="a_file_overwrites_an_accounts_minute_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.imported_id}: {self.post_id or self.account_id} {self.taken_at:%Y-%m-%d %H:%M}"
