"""Why something did not work, for readers of either language."""

from django.db import models

from mediaops.lib import said


class Reason(models.Model):
    """A row's `problem`: why something did not work, in the workspace's language and in every other."""

    problem_in = models.JSONField(default=dict, blank=True)
    """`problem` by language. It counts while it holds the very `problem` of the row."""

    class Meta:
        abstract = True

    @property
    def problem_text(self) -> str:
        """The reason in the reader's language; in the one it was kept in where no other is known."""
        return said.read(self.problem, self.problem_in)  # type: ignore[attr-defined]


class ReasonOf:
    """The reason of a row, written in the language of whoever reads it."""

    def __init__(self, row: Reason) -> None:
        self.row = row

    def __str__(self) -> str:
        return self.row.problem_text
