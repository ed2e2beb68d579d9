from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from content.actions import reviewing
from content.actions.drafting import EditedMeanwhile
from content.forms.items import ItemForm
from content.forms.reviews import CommentForm, DecisionForm
from content.models import Comment, ContentItem
from content.views.editor import FULL, clash, editor_context, save_form
from mediaops.access import get_own, team_view
from mediaops.errors import UserError
from mediaops.lib.parts import done, show, wants_part
from mediaops.models import Right

THREAD = "content/review/_review.html"


@team_view(needs=Right.WRITE)
@require_POST
def item_submit(request, pk) -> HttpResponse:
    """Send to review; the editor's form may come along with words that are not saved yet."""
    row = get_own(ContentItem.objects.select_related(*FULL), request, pk=pk)
    if "revision" in request.POST:
        form = ItemForm(request.POST, workspace=request.workspace, item=row)
        if not form.is_valid():
            context = editor_context(request, row) | {"form": form}
            return render(request, "content/item/page.html", context, status=422)
        try:
            row = save_form(row, form, "", request.member)
        except EditedMeanwhile as error:
            return clash(request, form, error)
    note = DecisionForm(request.POST)
    reviewing.submit(
        row, by=request.member, now=timezone.now(), note=note.cleaned_data["note"] if note.is_valid() else ""
    )
    return done(request, event="item:submitted", to=row.get_absolute_url(), said=_("Sent to review"))


@team_view(needs=Right.WRITE)
@require_POST
def item_take_back(request, pk) -> HttpResponse:
    row = get_own(ContentItem.objects.select_related("workspace"), request, pk=pk)
    reviewing.take_back(row, by=request.member, now=timezone.now())
    return done(request, event="item:taken_back", to=row.get_absolute_url(), said=_("Back in draft"))


@team_view(needs=Right.APPROVE)
@require_POST
def item_approve(request, pk) -> HttpResponse:
    row = get_own(ContentItem.objects.select_related(*FULL), request, pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _decision_refused(request, row, form)
    reviewing.approve(row, by=request.member, now=timezone.now(), **form.cleaned_data)
    return done(request, event="item:approved", to=row.get_absolute_url(), said=_("Approved"))


@team_view(needs=Right.APPROVE)
@require_POST
def item_request_changes(request, pk) -> HttpResponse:
    row = get_own(ContentItem.objects.select_related(*FULL), request, pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _decision_refused(request, row, form)
    try:
        reviewing.request_changes(row, by=request.member, now=timezone.now(), note=form.cleaned_data["note"])
    except UserError as error:
        if "note" not in error.fields:
            raise
        form.add_error("note", error.fields["note"])
        return _decision_refused(request, row, form)
    return done(request, event="item:returned", to=row.get_absolute_url(), said=_("Sent back with your note"))


@team_view(needs=Right.WRITE)
@require_POST
def item_remind(request, pk) -> HttpResponse:
    row = get_own(ContentItem.objects.select_related("workspace"), request, pk=pk)
    told = reviewing.remind(row, by=request.member, now=timezone.now())
    said = _("Reminded %(names)s") % {"names": _(", ").join(member.name for member in told)}
    return done(request, event="item:reminded", to=row.get_absolute_url(), said=said)


@team_view(needs=Right.WRITE)
@require_POST
def item_comment(request, pk) -> HttpResponse:
    row = get_own(ContentItem.objects.select_related(*FULL), request, pk=pk)
    form = CommentForm(request.POST, item=row)
    if not form.is_valid():
        return show(
            request, "content/review/page.html", THREAD,
            editor_context(request, row) | {"comment_form": form}, status=422,
        )  # fmt: skip
    reviewing.say(row, by=request.member, now=timezone.now(), **form.cleaned_data)
    return _thread(request, row, "comment:made")


@team_view(needs=Right.WRITE)
@require_POST
def comment_resolve(request, pk) -> HttpResponse:
    """Resolve an open comment, reopen a resolved one."""
    rows = Comment.objects.select_related(*(f"item__{name}" for name in FULL))
    comment = get_own(rows, request, pk=pk)
    if comment.resolved_at is None:
        reviewing.resolve(comment, by=request.member, now=timezone.now())
    else:
        reviewing.reopen(comment, by=request.member)
    return _thread(request, comment.item, "comment:resolved")


def _thread(request, row, event) -> HttpResponse:
    context = editor_context(request, row) if wants_part(request) else {}
    return done(request, THREAD, context, event=event, to=f"{row.get_absolute_url()}#review")


def _decision_refused(request, row, form) -> HttpResponse:
    context = editor_context(request, row) | {"decision": form}
    return show(request, "content/review/page.html", THREAD, context, status=422)
