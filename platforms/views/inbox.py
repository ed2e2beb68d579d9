"""The inbox: who waits, one talk, answering it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from mediaops.access import get_own, team_url, team_view
from mediaops.errors import UserError
from mediaops.lib.parts import Undo, done, show, wants_part
from mediaops.models import Activity, Membership, Right
from platforms import gateway, talks
from platforms.actions import answering, moderating
from platforms.actions import inbox as talking
from platforms.connectors.base import Replies
from platforms.forms import AssignForm, InboxFilter, ModerateForm, ReplyForm
from platforms.models import Contact, Conversation, Message, Reply
from platforms.models.account import Relation

PAGE = "platforms/inbox/page.html"
LIST = "platforms/inbox/_list.html"
PANE = "platforms/inbox/_pane.html"
PER_PAGE = 40


def _rows() -> Any:
    return Conversation.objects.select_related("account__workspace", "post", "assigned_to__user")


def _list(request) -> dict[str, Any]:
    """Gather the list: a view (tab), its filters, one page of talks."""
    tab = request.GET.get("tab", "waiting")
    tab = tab if tab in talks.TABS else "waiting"
    every = {account.pk: account for account in talks.talk_accounts(request.workspace)}
    accounts = [account for account in every.values() if account.relation == Relation.OWN]
    members = _able(request)
    form = InboxFilter(request.GET, accounts=accounts, members=members)
    # by account instead of by a join, so that the database walks the index of those who wait and stops
    rows = Conversation.objects.filter(account__in=list(every)).select_related("assigned_to__user", "post")
    rows = talks.in_tab(rows, tab, request.member)
    now = timezone.now()
    page = _Window(talks.in_order(form.narrowed(rows), tab, now), request.GET.get("page"))
    for talk in page.talks:
        talk.account = every[talk.account_id]
        talks.dress(talk, now)
    counts = talks.counts(request.workspace, request.member)
    return {
        "tab": tab,
        "filter": form,
        "page": page,
        "counts": counts,
        "waiting_inbox": counts["waiting"],
        "members": members,
        "has_accounts": bool(accounts),
    }


def _able(request) -> list[Membership]:
    rows = Membership.objects.with_right(Right.ANSWER).in_workspace(request.workspace)
    return list(rows.select_related("user"))


class _Window:
    """One page of rows, which come in parts, without counting more than it has to."""

    def __init__(self, parts: Sequence[Any], number: str | None) -> None:
        asked = number or ""
        self.number = max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        found = talks.read_on(parts, (self.number - 1) * PER_PAGE, PER_PAGE + 1)
        self.talks, self.has_next = found[:PER_PAGE], len(found) > PER_PAGE


def _pane(request, talk: Conversation, form: ReplyForm | None = None) -> dict[str, Any]:
    lines = talks.lines_of(talk)
    now = timezone.now()
    spec = talk.account.spec
    limit = gateway.limits_of(talk.account).text_max if spec.body_format == "note" else None
    return {
        "talk": talk,
        "tone": talks.tone(talk, now),
        "clock": talks.clock_of(talk, now),
        "lines": lines,
        "is_busy": talks.is_busy(lines),
        "can_reply": answering.can_reply(talk.account),
        "can_reply_at_all": gateway.can(talk.account, Replies),
        "form": form or ReplyForm(initial={"seen": talks.last_own(lines)}),
        "text_max": limit,
    }


@team_view(needs=Right.SEE)
@require_GET
def inbox(request) -> HttpResponse:
    context = _list(request)
    if wants_part(request):
        return show(request, PAGE, LIST, context)
    first = context["page"].talks[0] if context["page"].talks else None
    if first is not None:
        context |= _pane(request, first)
    return show(request, PAGE, LIST, context)


@team_view(needs=Right.SEE)
@require_GET
def conversation(request, pk: int) -> HttpResponse:
    talk = get_own(_rows(), request, pk=pk)
    context = _pane(request, talk) | {"is_chosen": True}
    if wants_part(request):
        return show(request, PAGE, PANE, context | {"members": _able(request)})
    return show(request, PAGE, PANE, _list(request) | context)


@team_view(needs=Right.SEE)
@require_GET
def messages(request, pk: int) -> HttpResponse:
    """Renew a talk's messages, and how long it may be answered, without touching what is being typed."""
    talk = get_own(_rows(), request, pk=pk)
    return render(request, "platforms/inbox/_messages.html", _pane(request, talk) | {"is_renewed": True})


@team_view(needs=Right.SEE)
@require_GET
def side(request, pk: int) -> HttpResponse:
    """Show who writes: other talks of the same person, and what the team did here."""
    talk = get_own(_rows(), request, pk=pk)
    others = Conversation.objects.none()
    if talk.who_id:
        others = _rows().filter(account=talk.account, who_id=talk.who_id).exclude(pk=talk.pk)
    trail = Activity.objects.filter(
        workspace=request.workspace, subject_type="platforms.conversation", subject_id=str(talk.pk)
    )
    first = talk.messages.filter(is_own=False).order_by("at").first()
    contact = Contact.objects.filter(account=talk.account, remote_id=talk.who_id).first() if talk.who_id else None
    context = {"talk": talk, "others": others[:6], "trail": trail[:8], "first": first, "contact": contact}
    return render(request, "platforms/inbox/_side.html", context)


@team_view(needs=Right.ANSWER)
@require_POST
def reply(request, pk: int) -> HttpResponse:
    talk = get_own(_rows(), request, pk=pk)
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            given = form.cleaned_data
            now = timezone.now()
            answering.reply(talk, given["text"], by=request.member, now=now, seen=given["seen"])
        except UserError as problem:
            form.add_error("text", str(problem))
            return _pane_again(request, talk, form, status=422)
        return _after(request, talk, "conversation:answered")
    return _pane_again(request, talk, form, status=422)


def _pane_again(request, talk: Conversation, form: ReplyForm, *, status: int) -> HttpResponse:
    """Show the form again with its text; what a colleague said meanwhile counts as seen now."""
    context = _pane(request, talk)
    data = request.POST.copy()
    data["seen"] = talks.last_own(context["lines"])
    form.data = data
    context |= {"form": form, "members": _able(request), "is_chosen": True}
    if wants_part(request):
        return show(request, PAGE, PANE, context, status=status)
    return show(request, PAGE, PANE, _list(request) | context, status=status)


def _after(request, talk: Conversation, event: str, said: str = "", undo: Undo | None = None) -> HttpResponse:
    """Answer a change of one talk: its renewed pane, or its page."""
    fresh = _rows().get(pk=talk.pk)
    context = _pane(request, fresh) | {"members": _able(request), "is_chosen": True}
    return done(request, PANE, context, event=event, to=talk.get_absolute_url(), said=said, undo=undo)


@team_view(needs=Right.ANSWER)
@require_POST
def close(request, pk: int) -> HttpResponse:
    talk = get_own(_rows(), request, pk=pk)
    talking.close(talk, by=request.member, now=timezone.now())
    undo = Undo(team_url(request, "platforms:conversation-reopen", pk))
    return _after(request, talk, "conversation:closed", pgettext("conversation", "Closed"), undo)


@team_view(needs=Right.ANSWER)
@require_POST
def reopen(request, pk: int) -> HttpResponse:
    talk = get_own(_rows(), request, pk=pk)
    talking.reopen(talk, by=request.member, now=timezone.now())
    return _after(request, talk, "conversation:reopened", pgettext("conversation", "Open again"))


@team_view(needs=Right.ANSWER)
@require_POST
def assign(request, pk: int) -> HttpResponse:
    talk = get_own(_rows(), request, pk=pk)
    form = AssignForm(request.workspace, request.POST)
    if not form.is_valid():
        raise UserError(_("This person cannot answer in this team."))
    talking.assign(talk, form.cleaned_data["member"], by=request.member, now=timezone.now())
    return _after(request, talk, "conversation:assigned")


@team_view(needs=Right.ANSWER)
@require_POST
def moderate(request, pk: int) -> HttpResponse:
    rows = Message.objects.select_related("conversation__account__workspace", "conversation__post")
    row = get_own(rows, request, pk=pk)
    form = ModerateForm(request.POST)
    if not form.is_valid():
        raise UserError(_("Choose what to do with the comment."))
    moderating.moderate(row, form.cleaned_data["act"], by=request.member, now=timezone.now())
    return _after(request, row.conversation, "conversation:moderated")


def _own_reply(request, pk: int) -> Reply:
    rows = Reply.objects.select_related("conversation__account__workspace", "by__user")
    return get_own(rows, request, pk=pk)


@team_view(needs=Right.ANSWER)
@require_POST
def reply_again(request, pk: int) -> HttpResponse:
    row = _own_reply(request, pk)
    answering.send_again(row, by=request.member, now=timezone.now())
    return _after(request, row.conversation, "conversation:answered")


@team_view(needs=Right.ANSWER)
@require_POST
def reply_sent(request, pk: int) -> HttpResponse:
    row = _own_reply(request, pk)
    answering.confirm_sent(row, by=request.member, now=timezone.now())
    return _after(request, row.conversation, "conversation:answered")


@team_view(needs=Right.ANSWER)
@require_POST
def reply_drop(request, pk: int) -> HttpResponse:
    row = _own_reply(request, pk)
    answering.drop(row, by=request.member, now=timezone.now())
    return _after(request, row.conversation, "conversation:answered")


@team_view(needs=Right.SEE)
@require_GET
def inbox_today(request) -> HttpResponse:
    """Show, on Today, the talks that wait longest."""
    rows = _rows().in_workspace(request.workspace).waiting()
    now = timezone.now()
    mine = talks.read_on(talks.in_order(rows, "waiting", now), 0, 6)
    for talk in mine:
        talks.dress(talk, now)
    context = {"talks": mine[:5], "has_more": len(mine) > 5, "to": team_url(request, "platforms:inbox")}
    return render(request, "platforms/inbox/_today.html", context)
