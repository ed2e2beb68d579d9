from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from content import kit
from content.actions import holding, reconciling, scheduling, settling, updating
from content.checks import check_variant, is_as_approved
from content.compose import compose
from content.forms.publications import LinkForm, MomentForm, ReleaseForm
from content.models import Publication, Review
from content.models.item import ItemState
from content.models.publication import State
from content.models.review import ReviewState
from content.waiting import waiting_in
from mediaops.access import get_own, team_url, team_view
from mediaops.errors import UserError
from mediaops.lib.parts import Undo, done, show
from mediaops.models import Activity, Right
from platforms.models import Account, Post

PAGE = "content/publication/page.html"
PART = "content/publication/_publication.html"
BEFORE = {State.PLANNED, State.FAILED, State.BY_HAND, State.CANCELLED}
"""States in which the text as it is now matters more than what was sent."""


@team_view(needs=Right.SEE)
def publication(request, pk) -> HttpResponse:
    return _page(request, _own(request, pk))


@team_view(needs=Right.PUBLISH)
@require_POST
def confirm(request, pk) -> HttpResponse:
    row, form = _own(request, pk), LinkForm(request.POST)
    if not form.is_valid():
        return _page(request, row, link_form=form, status=422)
    try:
        reconciling.confirm(row, form.cleaned_data["url"], by=request.member, now=timezone.now())
    except UserError as error:
        if "url" not in error.fields:
            raise
        form.add_error("url", str(error))
        return _page(request, row, link_form=form, status=422)
    return _done(request, row, "confirmed", _("Marked as live"))


@team_view(needs=Right.PUBLISH)
@require_POST
def not_live(request, pk) -> HttpResponse:
    return _move(request, pk, reconciling.not_live, _("Planned again"))


@team_view(needs=Right.PUBLISH)
@require_POST
def reschedule(request, pk) -> HttpResponse:
    return _move(request, pk, scheduling.reschedule, _("New time saved"))


@team_view(needs=Right.PUBLISH)
@require_POST
def send_now(request, pk) -> HttpResponse:
    row = _own(request, pk)
    scheduling.send_now(row, by=request.member, now=timezone.now())
    return _done(request, row, "released", _("It goes out now"))


@team_view(needs=Right.PUBLISH)
@require_POST
def cancel(request, pk) -> HttpResponse:
    row = _own(request, pk)
    act = reconciling.give_up if row.state == State.UNSURE else scheduling.cancel
    undo = Undo(team_url(request, "content:publication-plan-again", row.pk)) if _waits_for_its_time(row) else None
    act(row, by=request.member, now=timezone.now())
    return _done(request, row, "cancelled", _("Cancelled"), undo)


@team_view(needs=Right.PUBLISH)
@require_POST
def plan_again(request, pk) -> HttpResponse:
    """Take a cancelling back."""
    row = _own(request, pk)
    scheduling.plan_again(row, by=request.member, now=timezone.now())
    return _done(request, row, "moved", _("Planned again"))


@team_view(needs=Right.PUBLISH)
@require_POST
def update(request, pk) -> HttpResponse:
    """Change the post where it is live to what the piece says now."""
    row = updating.update(_own(request, pk), by=request.member, now=timezone.now())
    said = _("Changed on %(platform)s") % {"platform": row.variant.account.label}
    to = row.post.get_absolute_url() if row.post else row.get_absolute_url()
    return done(request, event="publication:updated", to=to, said=said)


@team_view(needs=Right.PUBLISH)
@require_POST
def look(request, pk) -> HttpResponse:
    row = reconciling.look_up(_own(request, pk).pk, timezone.now(), by=request.member)
    found = row is not None and row.state == State.LIVE
    return _done(request, row, "looked", _("Found; it is live") if found else _("Looked again; see the result below"))


@team_view(needs=Right.SEE)
def waiting(request) -> HttpResponse:
    found = waiting_in(request.workspace, timezone.now())
    return render(request, "content/publication/waiting.html", {"waiting": found, "now": timezone.now()})


@team_view(needs=Right.PUBLISH)
def pause_box(request) -> HttpResponse:
    """The pause of the workspace, for the page of its settings."""
    return render(request, "content/publication/_pause_box.html")


@team_view(needs=Right.SEE)
def post_source(request, pk) -> HttpResponse:
    """What became this post, for its page; an empty part when it was made elsewhere."""
    post = get_own(Post.objects.all(), request, pk=pk)
    rows = Publication.objects.filter(post=post).select_related(
        "variant__item__workspace", "variant__account__workspace", "post__account", "made_by__user"
    )
    row = rows.first()
    can_update = row is not None and updating.can_update(row)
    return render(request, "content/publication/_source.html", {"publication": row, "can_update": can_update})


@team_view(needs=Right.PUBLISH)
@require_POST
def release(request) -> HttpResponse:
    """Send the chosen late ones on, or drop them."""
    rows = Publication.objects.in_workspace(request.workspace).filter(state=State.PLANNED, late_at__isnull=False)
    chosen = _chosen(request, rows.select_related("variant__item__workspace", "variant__account__workspace"))
    if "drop" in request.POST:
        for row in chosen:
            scheduling.cancel(row, by=request.member, now=timezone.now())
        messages.success(request, _("Dropped"))
    else:
        for sentence in holding.release(chosen, by=request.member, now=timezone.now()):
            messages.warning(request, sentence)
    return redirect(team_url(request, "content:waiting"))


@team_view(needs=Right.PUBLISH)
@require_POST
def pause(request) -> HttpResponse:
    """Pause the workspace; with `resume`, lift the pause and let the chosen late ones go."""
    if "resume" in request.POST:
        chosen = _chosen(request, Publication.objects.in_workspace(request.workspace).paused())
        held = holding.resume_workspace(
            request.workspace, release=[row.pk for row in chosen], by=request.member, now=timezone.now()
        )
        return _resumed(request, len(held))
    holding.pause_workspace(request.workspace, by=request.member, now=timezone.now())
    messages.success(request, _("Publishing is paused"))
    return redirect(team_url(request, "content:waiting"))


@team_view(needs=Right.PUBLISH)
@require_POST
def pause_account(request, pk) -> HttpResponse:
    account = get_own(Account.objects.select_related("workspace"), request, pk=pk)
    if "resume" in request.POST:
        chosen = _chosen(request, Publication.objects.filter(variant__account=account).paused())
        held = holding.resume_account(
            account, release=[row.pk for row in chosen], by=request.member, now=timezone.now()
        )
        return _resumed(request, len(held))
    holding.pause_account(account, by=request.member, now=timezone.now())
    messages.success(request, _("%(account)s is paused") % {"account": account.name})
    return redirect(team_url(request, "content:waiting"))


def _own(request, pk) -> Publication:
    rows = Publication.objects.select_related(
        "variant__item__workspace", "variant__item__campaign", "variant__account", "post", "made_by__user"
    )
    row = get_own(rows, request, pk=pk)
    row.variant.account.workspace = row.variant.item.workspace = request.workspace
    return row


def _move(request, pk, act: Callable[..., Any], said: str) -> HttpResponse:
    row, form = _own(request, pk), MomentForm(request.POST)
    if not form.is_valid():
        return _page(request, row, moment_form=form, status=422)
    undo = former_time(request, row, "content:publication-reschedule")
    try:
        act(row, form.cleaned_data["due_at"], by=request.member, now=timezone.now())
    except scheduling.CannotPlan as error:
        form.add_error("due_at" if "due_at" in error.fields else None, str(error))
        return _page(request, row, moment_form=form, status=422)
    return _done(request, row, "moved", said, undo)


def former_time(request, row: Publication, act: str) -> Undo | None:
    """Return the way back to the row's time as it is now; None where a new time changes more than the time."""
    if not _waits_for_its_time(row):
        return None
    return Undo(team_url(request, act, row.pk), {"due_at": row.due_at.isoformat()})


def _waits_for_its_time(row: Publication) -> bool:
    return row.shown_state in ("planned", "held") and row.due_at > timezone.now()


def _done(request, row, event: str, said: str, undo: Undo | None = None) -> HttpResponse:
    return done(request, event=f"publication:{event}", to=row.get_absolute_url(), said=said, undo=undo)


def _resumed(request, held: int) -> HttpResponse:
    if held:
        messages.warning(request, _("Publishing goes on; %(n)s missed their time and wait for you") % {"n": held})
    else:
        messages.success(request, _("Publishing goes on"))
    return redirect(team_url(request, "content:waiting"))


def _chosen(request, rows) -> list[Publication]:
    form = ReleaseForm(request.POST, rows=rows)
    if not form.is_valid():
        raise UserError(_("The list changed meanwhile. Look at it again, then choose."))
    return list(form.cleaned_data["release"])


def _page(request, row, *, link_form=None, moment_form=None, status=200) -> HttpResponse:
    now = timezone.now()
    attempts = list(row.attempts.order_by("-number"))
    trail = list(Activity.objects.about(row).select_related("member__user"))
    item, account = row.variant.item, row.variant.account
    review = (
        Review.objects.filter(item=item, state=ReviewState.APPROVED)
        .select_related("decided_by__user").order_by("-round").first()
    )  # fmt: skip
    is_before = row.state in BEFORE
    context = {
        "publication": row,
        "item": item,
        "account": account,
        "spec": account.spec,
        "attempts": attempts,
        "last": attempts[0] if attempts else None,
        "looks": [line for line in reversed(trail) if line.verb == "publication.looked"],
        "trail": [line for line in reversed(trail) if line.verb != "publication.looked"],
        "review": review,
        "is_as_approved": item.state == ItemState.APPROVED and is_as_approved(item),
        "outgoing": compose(row.variant, key=row.key) if is_before else None,
        "problems": _problems(row, now),
        "link_form": link_form or LinkForm(),
        "moment_form": moment_form or MomentForm(initial={"due_at": _proposal(row, now)}),
        "is_moving": row.state in {State.SENDING, State.PROCESSING},
        "soon": row.state == State.PLANNED and not row.late_at and row.due_at - now < timedelta(minutes=2),
        **_kit(request, row),
        "ticket": settling.ticket_of(row.ticket) if row.ticket else None,
        "back_office": account.spec.back_office_url or account.url,
    }
    return show(request, PAGE, PART, context, status=status)


def _kit(request, row) -> dict[str, Any]:
    is_for_people = row.state == State.BY_HAND or (row.state == State.PLANNED and row.variant.account.is_by_hand)
    if not is_for_people or not request.member.may(Right.PUBLISH):
        return {}
    link = kit.make_link(row, request.member)
    return {"kit_link": link, "kit_qr": kit.qr_of(link)}


def _problems(row, now) -> list[Any]:
    if row.state not in {State.PLANNED, State.FAILED, State.BY_HAND}:
        return []
    due_at = row.due_at if row.state == State.PLANNED and row.due_at > now else None
    return check_variant(row.variant, due_at=due_at, now=now, publication=row)


def _proposal(row, now):
    """Propose the planned time while it lies ahead, else the next full quarter of an hour."""
    if row.due_at > now:
        return row.due_at
    soon = now + timedelta(minutes=20)
    return soon - timedelta(minutes=soon.minute % 15, seconds=soon.second, microseconds=soon.microsecond)
