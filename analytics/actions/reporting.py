"""Weekly reports: made once, frozen, sent to who wants them."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from analytics.models import Delivery, Report, Subscription
from analytics.paper import report_pdf, report_xlsx
from analytics.weekly import put_together
from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.lib.periods import Period, day_of, week_of
from mediaops.models import Membership, Workspace

log = logging.getLogger(__name__)
MADE_AT_HOUR = 8
MAIL_TRIES = 5


def make_report(workspace: Workspace, period: Period, *, by: Membership | None, now: datetime) -> Report:
    """Freeze one week. `by` is None for the clock, which makes one per week.

    Raises UserError for a week that has not begun.
    """
    if period.first > day_of(now, ZoneInfo(workspace.time_zone)):
        raise UserError(_("This week has not begun. Choose an earlier one."))
    week = put_together(workspace, period, now)
    with transaction.atomic():
        report = Report.objects.create(
            workspace=workspace,
            starts_on=period.first,
            ends_on=period.last,
            language=workspace.language,
            numbers=week.numbers,
            figures=week.figures,
            made_at=now,
            made_by=by,
        )
        record(by=by, verb="report.made", subject=report, workspace=workspace)
        if by is None:
            _address(report, now)
    return report


def make_due_reports(now: datetime) -> list[Report]:
    """Make last week's report of each workspace where it is past Monday 08:00 and there is none yet."""
    made = []
    for workspace in Workspace.objects.all():
        local = now.astimezone(ZoneInfo(workspace.time_zone))
        last_week = week_of(local.date() - timedelta(days=7))
        monday = week_of(local.date()).first
        is_time = local.date() > monday or local.hour >= MADE_AT_HOUR
        was_there = day_of(workspace.made_at, ZoneInfo(workspace.time_zone)) <= last_week.last
        known = Report.objects.filter(workspace=workspace, starts_on=last_week.first, made_by=None)
        if not is_time or not was_there or known.exists():
            continue
        try:
            made.append(make_report(workspace, last_week, by=None, now=now))
        except IntegrityError:
            log.info("report of workspace %s was made by another worker", workspace.pk)
    return made


def subscribe(member: Membership, now: datetime) -> None:
    """Send every weekly report to this member from now on."""
    Subscription.objects.get_or_create(member=member, defaults={"made_at": now})


def unsubscribe(member: Membership) -> None:
    """Send this member no more reports."""
    Subscription.objects.filter(member=member).delete()


def send_to_team(report: Report, *, by: Membership, now: datetime) -> int:
    """Send a report to everybody who subscribed and did not get it yet; return how many that are."""
    count = _address(report, now)
    record(by=by, verb="report.sent", subject=report, people=count)
    return count


def mail_due(now: datetime) -> int:
    """Send the reports that are addressed and not yet mailed. Safe for several workers."""
    sent = 0
    waiting = Delivery.objects.filter(mailed_at=None, tries__lt=MAIL_TRIES).values_list("pk", flat=True)[:50]
    for pk in waiting:
        if Delivery.objects.filter(pk=pk, mailed_at=None).update(mailed_at=now):
            sent += _mail(Delivery.objects.select_related("report__workspace", "member__user").get(pk=pk))
    return sent


def _address(report: Report, now: datetime) -> int:
    people = Subscription.objects.in_workspace(report.workspace).filter(
        member__left_at=None, member__user__is_active=True
    )
    known = set(report.deliveries.values_list("member_id", flat=True))
    rows = [
        Delivery(report=report, member_id=pk, made_at=now)
        for pk in people.values_list("member_id", flat=True)
        if pk not in known
    ]
    return len(Delivery.objects.bulk_create(rows, ignore_conflicts=True))


def _mail(delivery: Delivery) -> int:
    member = delivery.member
    report = delivery.report.told_in(member.user.language or delivery.report.workspace.language)
    with translation.override(report.language):
        link = f"{settings.SITE_URL}{report.get_absolute_url()}"
        context = {"report": report, "link": link, "workspace": report.workspace}
        mail = EmailMultiAlternatives(
            _("%(team)s, week of %(day)s") % {"team": report.workspace.name, "day": f"{report.starts_on:%Y-%m-%d}"},
            render_to_string("analytics/report/mail.txt", context),
            to=[member.user.email],
        )
        mail.attach_alternative(render_to_string("analytics/report/mail.html", context), "text/html")
        name = f"{report.workspace.slug}-{report.starts_on:%Y-%m-%d}"
        mail.attach(f"{name}.pdf", report_pdf(report), "application/pdf")
        sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        mail.attach(f"{name}.xlsx", report_xlsx(report), sheet)
    try:
        mail.send()
    except OSError as error:
        log.warning("report %s not mailed to member %s: %s", report.pk, delivery.member_id, type(error).__name__)
        Delivery.objects.filter(pk=delivery.pk).update(mailed_at=None, tries=delivery.tries + 1)
        return 0
    return 1
