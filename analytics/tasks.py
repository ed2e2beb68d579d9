"""What the clock starts in analytics."""

from celery import shared_task
from django.utils import timezone

from analytics.actions import collecting, importing, reporting, undoing
from analytics.models import ImportedFile
from analytics.models.imported_file import ImportState
from platforms import places
from platforms.models import Account


@shared_task
def collect_due() -> int:
    """Follow what is new and hand each account with due readings to a worker."""
    now = timezone.now()
    collecting.know_new(now)
    waiting = collecting.accounts_to_read(now)
    for pk in waiting:
        collect_account.delay(pk)
    return len(waiting)


@shared_task
def collect_account(pk: int) -> int:
    account = Account.objects.select_related("workspace").filter(pk=pk).first()
    if account is None:
        return 0
    with places.taken(account) as is_free:  # else the clock finds it again
        return collecting.collect_account(account, timezone.now()) if is_free else 0


@shared_task
def make_reports() -> int:
    return len(reporting.make_due_reports(timezone.now()))


@shared_task
def mail_reports() -> int:
    return reporting.mail_due(timezone.now())


@shared_task
def work_on_files() -> int:
    """Hand every file that waits for a worker to one."""
    waiting = list(ImportedFile.objects.to_work_on(timezone.now()).values_list("pk", flat=True)[:50])
    for pk in waiting:
        work_on_file.delay(pk)
    return len(waiting)


@shared_task
def work_on_file(pk: int) -> None:
    now = timezone.now()
    if (row := importing.claim(pk, now)) is None:
        return
    with importing.in_words_of(row):
        STEPS[row.state](row, now)


STEPS = {
    ImportState.UPLOADED: importing.read_file,
    ImportState.IMPORTING: importing.import_rows,
    ImportState.UNDOING: undoing.undo_rows,
}
