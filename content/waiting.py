"""What waits: pauses with what they hold back, and what needs a person."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from content.models import Publication
from content.models.publication import State
from mediaops.models import Workspace
from platforms.models import Account

SHOWN = 200


@dataclass
class Pause:
    """One pause in force. `too_late` asks to be released or not when it is lifted; `on_time` goes out by itself."""

    account: Account | None
    rows: list[Publication] = field(default_factory=list)
    now: datetime | None = None

    @property
    def too_late(self) -> list[Publication]:
        return [row for row in self.rows if self.now and self.now > row.due_at + _grace(row)]

    @property
    def on_time(self) -> list[Publication]:
        return [row for row in self.rows if self.now and row.due_at <= self.now <= row.due_at + _grace(row)]

    @property
    def ahead(self) -> list[Publication]:
        return [row for row in self.rows if self.now and row.due_at > self.now]


@dataclass(frozen=True)
class Waiting:
    """Everything on the page of what waits."""

    pauses: list[Pause]
    running: list[Account]
    """Accounts that are not paused."""
    late: list[Publication]
    troubles: list[Publication]
    """Failed, unsure and by hand, the oldest first."""


def waiting_in(workspace: Workspace, now: datetime) -> Waiting:
    """Gather what waits in the workspace. Four queries, whatever the number of rows."""
    rows = Publication.objects.in_workspace(workspace).select_related(
        "variant__item", "variant__account", "made_by__user"
    )
    needing = [_known(row, workspace) for row in rows.needing_a_person().order_by("due_at")[:SHOWN]]
    accounts = list(Account.objects.in_workspace(workspace).own().connected().select_related("paused_by__user"))
    held = []
    if workspace.paused_at or any(account.paused_at for account in accounts):
        held = [_known(row, workspace) for row in rows.paused().filter(late_at=None).order_by("due_at")[:SHOWN]]
    pauses = [Pause(account, now=now) for account in accounts if account.paused_at]
    if workspace.paused_at:
        pauses.insert(0, Pause(None, now=now))
    for row in held:
        own = next((p for p in pauses if p.account and p.account.pk == row.variant.account_id), None)
        (own or pauses[0]).rows.append(row)
    return Waiting(
        pauses=pauses,
        running=[account for account in accounts if not account.paused_at],
        late=[row for row in needing if row.state == State.PLANNED],
        troubles=[row for row in needing if row.state != State.PLANNED],
    )


def _known(row: Publication, workspace: Workspace) -> Publication:
    row.variant.item.workspace = workspace
    row.variant.account.workspace = workspace
    return row


def _grace(row: Publication) -> timedelta:
    return timedelta(minutes=row.variant.item.workspace.late_grace_min)
