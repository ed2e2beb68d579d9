from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from content.actions import drafting, fitting, scheduling, slotting
from content.calendar import Entry, Plan, first_days, plan_between, tray, unplanned_items
from content.checks import check_variant
from content.forms.calendar import CalendarForm, QuickForm, ScheduleForm, SlotForm
from content.forms.publications import MomentForm
from content.models import ContentItem, Publication, Slot, Variant
from content.quotas import ledger
from content.views.publications import former_time
from mediaops.access import demand, get_own, team_url, team_view
from mediaops.errors import UserError
from mediaops.lib.parts import done
from mediaops.lib.periods import week_of
from mediaops.models import Right
from mediaops.templatetags.ui import when
from platforms.models import Account

LIST_DAYS = 28
FEED_LONGEST = 62


@team_view(needs=Right.SEE)
@require_GET
def calendar(request) -> HttpResponse:
    """The days as a grid, with what the cells show; as a list, page by page. A phone asks for the agenda itself."""
    form, view, day, plan = _asked_plan(request)
    zone, now = timezone.get_current_timezone(), timezone.now()
    context = {
        "form": form,
        "view": view,
        "day": day,
        "earlier": _step(view, day, -1),
        "later": _step(view, day, 1),
        "today": now.astimezone(zone).date(),
        "plan": plan,
        "last": plan.last,
        "quotas": ledger(form.accounts, plan.first, plan.last, now),
        "tray": tray(request.workspace, now),
        "now": now,
        "from_hour": min([6, *(entry.at.astimezone(zone).hour for entry in plan.entries)]),
    }
    if view == "list":
        context |= _agenda(plan, day, zone)
        context["last"] = context["later"] - timedelta(days=1)
    else:
        context["events"] = _events(request, plan, is_folded=view == "month")
    return render(request, "content/calendar/page.html", context)


@team_view(needs=Right.SEE)
@require_GET
def calendar_agenda(request) -> HttpResponse:
    """The days as a phone shows them: a part of the calendar, from the same address but for its name."""
    form, view, day, plan = _asked_plan(request)
    context = {"form": form, "view": view, "day": day} | _agenda(plan, day, timezone.get_current_timezone())
    return render(request, "content/calendar/_agenda.html", context)


@team_view(needs=Right.SEE)
@require_GET
def calendar_feed(request) -> JsonResponse:
    """What the grid asks for when its days change: JSON of the entries between `start` and `end`.

    With `fold=1` each day has only what a cell of the month shows, and the entry named by `keep`.
    """
    form = CalendarForm(request.GET, workspace=request.workspace)
    form.is_valid()
    try:
        first = datetime.fromisoformat(request.GET.get("start", "")).date()
        last = datetime.fromisoformat(request.GET.get("end", "")).date() - timedelta(days=1)
    except ValueError:
        raise UserError(_("Name the first and the last day.")) from None
    plan = _plan(request, form, first, min(last, first + timedelta(days=FEED_LONGEST)))
    is_folded, keep = request.GET.get("fold") == "1", request.GET.get("keep", "")
    return JsonResponse(_events(request, plan, is_folded=is_folded, keep=keep), safe=False)


@team_view(needs=Right.PUBLISH)
@require_POST
def calendar_move(request, pk) -> HttpResponse:
    """A chip was dropped on another moment, or moved by a key."""
    row = get_own(
        Publication.objects.select_related("variant__item__workspace", "variant__account__workspace"), request, pk=pk
    )
    form, undo = MomentForm(request.POST), former_time(request, row, "content:calendar-move")
    if not form.is_valid():
        return JsonResponse({"problem": " ".join(form.errors["due_at"])}, status=422)
    try:
        scheduling.reschedule(row, form.cleaned_data["due_at"], by=request.member, now=timezone.now())
    except UserError as error:
        return JsonResponse({"problem": str(error)}, status=422)
    said = _("Moved to %(time)s") % {"time": _local(row.due_at)}
    return JsonResponse({"said": said, "hints": _hints(row), "undo": asdict(undo) if undo else None})


@team_view(needs=Right.PUBLISH)
@require_POST
def calendar_drop(request, pk) -> HttpResponse:
    """A card of the tray was dropped on a day, or sent to the next free slot."""
    variant = get_own(Variant.objects.select_related("item__workspace", "account__workspace"), request, pk=pk)
    form = MomentForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"problem": " ".join(form.errors["due_at"])}, status=422)
    try:
        row = scheduling.plan(variant, form.cleaned_data["due_at"], by=request.member, now=timezone.now())
    except UserError as error:
        return JsonResponse({"problem": str(error)}, status=422)
    return JsonResponse({"said": _("Planned for %(time)s") % {"time": _local(row.due_at)}, "hints": _hints(row)})


@team_view(needs=Right.PUBLISH)
@require_POST
def calendar_fill(request) -> HttpResponse:
    """Plan everything in the tray into the next free slots."""
    now = timezone.now()
    variants = [variant for variant, _moment in tray(request.workspace, now)]
    planned = len(scheduling.plan_next(variants, by=request.member, now=now))
    said = (
        ngettext("%(n)d piece planned", "%(n)d pieces planned", planned) % {"n": planned}
        if planned
        else _("No account in the tray has a free slot. Add slots first.")
    )
    return done(request, event="calendar:filled", to=team_url(request, "content:calendar"), said=said)


@team_view(needs=Right.WRITE)
def calendar_new(request) -> HttpResponse:
    """Quick create: a piece, its accounts and a moment, from a click on a day."""
    items = unplanned_items(request.workspace)
    start = _asked_moment(request)
    form = QuickForm(request.POST or None, workspace=request.workspace, items=items, initial={"due_at": start})
    if request.method == "POST" and form.is_valid():
        demand(request.member, Right.PUBLISH)
        return _make_quickly(request, form.cleaned_data)
    status = 422 if request.method == "POST" else 200
    return render(request, "content/calendar/new.html", {"form": form}, status=status)


@team_view(needs=Right.SEE)
def item_schedule(request, pk) -> HttpResponse:
    """Plan one piece: a moment per account."""
    item = get_own(ContentItem.objects.select_related("workspace"), request, pk=pk)
    now = timezone.now()
    variants = list(item.variants.select_related("account__workspace", "item__workspace"))
    found = scheduling.next_free_slots(variants, request.workspace, now)
    moments = {variant.pk: moment for variant, moment in zip(variants, found, strict=True)}
    form = ScheduleForm(request.POST or None, variants=variants, moments=moments if not request.POST else {})
    status = 200
    if request.method == "POST":
        demand(request.member, Right.PUBLISH)
        if form.is_valid() and _plan_all(request, form, now):
            return redirect(team_url(request, "content:item-schedule", item.pk))
        status = 422
    rows = [
        {
            "variant": variant,
            "field": form[f"at_{variant.pk}"],
            "problems": check_variant(variant, now=now),
            "slot": moments[variant.pk],
        }
        for variant in variants
    ]
    planned = Publication.objects.filter(variant__item=item).select_related("variant__account").order_by("due_at")
    context = {"item": item, "form": form, "rows": rows, "planned": planned}
    return render(request, "content/calendar/schedule.html", context, status=status)


@team_view(needs=Right.PUBLISH)
@require_POST
def publish_now(request, pk) -> HttpResponse:
    """Send one variant at once."""
    variant = get_own(Variant.objects.select_related("item__workspace", "account__workspace"), request, pk=pk)
    row = scheduling.publish_now(variant, by=request.member, now=timezone.now())
    to = team_url(request, "content:publication", row.pk)
    return done(request, event="publication:planned", to=to, said=_("It goes out now"))


@team_view(needs=Right.SEE)
def slots(request, pk) -> HttpResponse:
    account = get_own(Account.objects.select_related("workspace"), request, pk=pk)
    form = SlotForm(request.POST or None)
    status = 200
    if request.method == "POST":
        demand(request.member, Right.PUBLISH)
        if form.is_valid():
            data = form.cleaned_data
            slotting.add_slots(account, data["weekday"], data["time"], by=request.member)
            return done(
                request, event="slots:added", to=team_url(request, "content:slots", pk), said=_("Slots added")
            )
        status = 422
    rows = Slot.objects.filter(account=account)
    context = {"account": account, "slots": rows, "form": form}
    return render(request, "content/calendar/slots.html", context, status=status)


@team_view(needs=Right.PUBLISH)
@require_POST
def slot_drop(request, pk) -> HttpResponse:
    slot = get_own(Slot.objects.select_related("account"), request, pk=pk)
    slotting.drop_slot(slot, by=request.member)
    to = team_url(request, "content:slots", slot.account_id)
    return done(request, event="slots:dropped", to=to, said=_("Slot removed"))


@team_view(needs=Right.SEE)
def today_plan(request) -> HttpResponse:
    """A part of Today: what goes out today, hour by hour."""
    day, now = timezone.localdate(), timezone.now()
    form = CalendarForm({}, workspace=request.workspace)
    form.is_valid()
    plan = _plan(request, form, day, day)
    return render(request, "content/calendar/_today.html", {"entries": plan.entries, "now": now})


@team_view(needs=Right.SEE)
def today_problems(request) -> HttpResponse:
    """A part of Today: publications that wait for a person."""
    rows = (
        Publication.objects.in_workspace(request.workspace)
        .needing_a_person()
        .select_related("variant__item", "variant__account")
        .order_by("due_at")[:12]
    )
    return render(request, "content/calendar/_problems.html", {"rows": rows})


def _span(view: str, day: date) -> tuple[date, date]:
    if view == "week":
        week = week_of(day)
        return week.first, week.last
    if view == "list":
        return day, day + timedelta(days=LIST_DAYS - 1)
    first = week_of(day.replace(day=1)).first
    next_month = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first, week_of(next_month - timedelta(days=1)).last


def _asked_plan(request) -> tuple[CalendarForm, str, date, Plan]:
    """Read the address: what narrows the calendar, its view, its day, and what stands on its days."""
    form = CalendarForm(request.GET, workspace=request.workspace)
    form.is_valid()
    view, day = form.cleaned_data.get("view") or "month", form.cleaned_data.get("day") or timezone.localdate()
    return form, view, day, _plan(request, form, *_span(view, day))


def _plan(request, form: CalendarForm, first: date, last: date) -> Plan:
    zone = timezone.get_current_timezone()
    return plan_between(
        request.workspace, form.accounts, form.campaigns, first, last, zone, form.filters, timezone.now()
    )


def _agenda(plan: Plan, day: date, zone: ZoneInfo) -> dict[str, Any]:
    """Gather one page of a list of days from `day` on, and the week around it with its counts."""
    days = plan.by_day(zone)
    counts, week = {date: len(entries) for date, entries in days}, week_of(day)
    page, following = first_days([(date, entries) for date, entries in days if date >= day])
    return {
        "days": page,
        "following": following,
        "later": following or plan.last + timedelta(days=1),
        "strip": [(date, counts.get(date, 0)) for date in week.days()],
    }


def _step(view: str, day: date, way: int) -> date:
    if view == "week":
        return day + timedelta(days=7 * way)
    if view == "list":
        return day + timedelta(days=LIST_DAYS * way)
    return (day.replace(day=1) + timedelta(days=-1 if way < 0 else 32)).replace(day=1)


def _events(request, plan: Plan, *, is_folded: bool, keep: str = "") -> list[dict]:
    """Return what the grid (FullCalendar) draws between two days: chips, "N more" of a full day, bars."""
    bars = [_bar(request, span) for span in plan.spans]
    if not is_folded:
        return [_event(request, entry) for entry in plan.entries] + bars
    found = []
    for day, shown, hidden in plan.folded(timezone.get_current_timezone(), keep):
        found += [_event(request, entry) for entry in shown]
        if hidden:
            found.append(_more(request, day, hidden))
    return found + bars


def _event(request, entry: Entry) -> dict:
    """An entry as the grid wants it, with what our chip shows."""
    account, pk = entry.account, entry.publication_id
    to = ("content:publication", pk) if pk else ("platforms:post", entry.post_id)
    return {
        "id": entry.key,
        "title": entry.title,
        "start": timezone.localtime(entry.at).isoformat(),
        "url": team_url(request, *to),
        "editable": entry.can_move and request.member.may(Right.PUBLISH),
        "extendedProps": {
            "state": entry.state,
            "label": entry.label,
            "mark": account.mark,
            "slot": account.mark_slot,
            "account": f"{account.spec.label} {account.name}",
            "clash": entry.clash,
            "move": team_url(request, "content:calendar-move", pk) if pk else "",
        },
    }


def _more(request, day: date, hidden: int) -> dict:
    """The last line of a full day: how much it folds away. Its link lists the day; a script opens it in place."""
    query = request.GET.copy()
    for name in ("start", "end", "fold", "keep"):
        query.pop(name, None)
    query["view"], query["day"] = "list", day.isoformat()
    return {
        "id": f"more-{day.isoformat()}",
        "title": _("%(n)s more") % {"n": hidden},
        "start": f"{day.isoformat()}T23:59",
        "url": f"{team_url(request, 'content:calendar')}?{query.urlencode()}",
        "editable": False,
        "extendedProps": {"more": day.isoformat()},
    }


def _bar(request, span) -> dict:
    row = span.campaign
    return {
        "id": f"c{row.pk}",
        "title": row.name,
        "start": row.starts_on.isoformat(),
        "end": (row.ends_on + timedelta(days=1)).isoformat(),
        "allDay": True,
        "editable": False,
        "url": reverse("campaigns:campaign", args=[request.workspace.slug, row.pk]),
        "extendedProps": {"bar": True},
    }


def _hints(row: Publication) -> list[str]:
    found = check_variant(row.variant, due_at=row.due_at, now=timezone.now(), publication=row)
    return [problem.text for problem in found]


def _local(moment: datetime) -> str:
    return strip_tags(when(moment))


def _asked_moment(request) -> datetime | None:
    """The day that was clicked, at noon unless a time was named; tomorrow noon otherwise."""
    zone = timezone.get_current_timezone()
    try:
        asked = datetime.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        asked = datetime.combine(timezone.localdate() + timedelta(days=1), datetime.min.time()).replace(hour=12)
    if len(request.GET.get("at", "")) == 10:
        asked = asked.replace(hour=12)
    moment = asked if asked.tzinfo else asked.replace(tzinfo=zone)
    return max(moment, timezone.now() + timedelta(minutes=10)).replace(second=0, microsecond=0)


def _make_quickly(request, data) -> HttpResponse:
    now = timezone.now()
    item = data["item"] or drafting.create_item(
        request.workspace, by=request.member, now=now, title=data["title"].strip(), owner=request.member
    )
    for account in data["account"]:
        variant = item.variants.filter(account=account).first() or fitting.add_variant(
            item, account, by=request.member, now=now
        )
        scheduling.plan(variant, data["due_at"], by=request.member, now=now)
    messages.success(request, _("Planned for %(time)s") % {"time": _local(data["due_at"])})
    if data["item"]:
        return redirect(team_url(request, "content:calendar"))
    return redirect(team_url(request, "content:item", item.pk))


def _plan_all(request, form: ScheduleForm, now: datetime) -> bool:
    """Plan every chosen variant, or none: what cannot be planned is said under its field."""
    refused = False
    for variant, moment in form.chosen:
        try:
            scheduling.demand_plan(variant, moment, now=now)
        except UserError as error:
            form.add_error(f"at_{variant.pk}", str(error))
            refused = True
    if refused:
        return False
    for variant, moment in form.chosen:
        scheduling.plan(variant, moment, by=request.member, now=now)
    count = len(form.chosen)
    messages.success(request, ngettext("%(n)d account planned", "%(n)d accounts planned", count) % {"n": count})
    return True
