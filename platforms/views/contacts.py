"""Contacts: who follows the accounts, their labels and remarks."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mediaops.access import get_own, team_url, team_view
from mediaops.errors import UserError
from mediaops.lib.parts import done, show
from mediaops.models import Activity, Right
from platforms import gateway
from platforms.actions import contacts as keeping
from platforms.connectors.base import KeepsContacts
from platforms.forms import ContactFilter, LabelForm, NewTagForm, RemarkForm, TagForm
from platforms.models import Account, AccountEvent, Contact, ContactBook, ContactTag, Conversation

PAGE = "platforms/contacts/page.html"
LIST = "platforms/contacts/_list.html"
PER_PAGE = 50


def _accounts(request) -> list[Account]:
    rows = Account.objects.in_workspace(request.workspace).own().connected()
    return [row for row in rows if gateway.can(row, KeepsContacts)]


@team_view(needs=Right.SEE)
@require_GET
def contacts(request) -> HttpResponse:
    accounts = _accounts(request)
    by_pk = {row.pk: row for row in accounts}
    tags = list(ContactTag.objects.in_workspace(request.workspace).filter(account__in=accounts))
    form = ContactFilter(request.GET, accounts=accounts, tags=tags)
    rows = form.narrowed(Contact.objects.filter(account__in=list(by_pk)).prefetch_related("tags"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.account = by_pk[row.account_id]
    for each in tags:
        each.account = by_pk[each.account_id]
    books = ContactBook.objects.filter(account__in=list(by_pk)).aggregate(
        read_at=Max("read_at"), running=Count("pk", filter=Q(began_at__isnull=False))
    )
    context = {
        "page": page, "filter": form, "has_accounts": bool(accounts), "tags": tags, "books": books,
        "many_accounts": len(accounts) > 1,
    }  # fmt: skip
    return show(request, PAGE, LIST, context)


def _contact(request, pk: int) -> Contact:
    return get_own(Contact.objects.select_related("account__workspace"), request, pk=pk)


@team_view(needs=Right.SEE)
@require_GET
def contact(request, pk: int) -> HttpResponse:
    return _page(request, _contact(request, pk))


def _page(request, row: Contact, form: RemarkForm | None = None) -> HttpResponse:
    talks = Conversation.objects.filter(account=row.account, who_id=row.remote_id)
    trail = Activity.objects.filter(
        workspace=request.workspace, subject_type="platforms.contact", subject_id=str(row.pk)
    )
    has = list(row.tags.all())
    context = {
        "contact": row,
        "has": has,
        "others": ContactTag.objects.filter(account=row.account).exclude(pk__in=[each.pk for each in has]),
        "talks": talks.select_related("account__workspace", "assigned_to__user")[:20],
        "events": AccountEvent.objects.of(row.account, row.remote_id)[:20],
        "trail": trail[:8],
        "form": form or RemarkForm(initial={"remark": row.remark}),
        "can_change": keeping.keeps(row.account),
    }
    return render(request, "platforms/contacts/detail.html", context, status=422 if form else 200)


@team_view(needs=Right.ANSWER)
@require_POST
def remark(request, pk: int) -> HttpResponse:
    row, form = _contact(request, pk), RemarkForm(request.POST)
    if form.is_valid():
        try:
            keeping.remark(row, form.cleaned_data["remark"], by=request.member, now=timezone.now())
        except UserError as problem:
            form.show_problem(str(problem), problem.fields)
            return _page(request, row, form)
        return done(request, event="contact:remarked", to=row.get_absolute_url(), said=_("Saved"))
    return _page(request, row, form)


@team_view(needs=Right.ANSWER)
@require_POST
def label(request) -> HttpResponse:
    """Put a label on the chosen contacts, or take it off."""
    form = LabelForm(request.workspace, request.POST)
    if not form.is_valid():
        raise UserError(_("Choose contacts and one label of their account."))
    given = form.cleaned_data
    act = keeping.tag if given["act"] == "tag" else keeping.untag
    n = act(list(given["contacts"]), given["tag"], by=request.member, now=timezone.now())
    said = ngettext("%(n)d contact changed.", "%(n)d contacts changed.", n) % {"n": n}
    people = list(given["contacts"])
    here = request.GET.get("from") == "contact" and len(people) == 1
    to = people[0] if here else None
    address = _address(request, to) if to else team_url(request, "platforms:contacts")
    return done(request, event="contact:labelled", to=address, said=said)


def _address(request, row: Contact) -> str:
    return reverse("platforms:contact", args=[request.workspace.slug, row.pk])


@team_view(needs=Right.SEE)
@require_GET
def tags(request) -> HttpResponse:
    accounts = _accounts(request)
    rows = ContactTag.objects.in_workspace(request.workspace).filter(account__in=accounts).select_related("account")
    rows = rows.annotate(people=Count("contacts", filter=Q(contacts__left_at=None))).order_by("account", "name")
    context = {"rows": list(rows), "has_accounts": bool(accounts)}
    return render(request, "platforms/contacts/tags.html", context)


@team_view(needs=Right.ANSWER)
@require_http_methods(["GET", "POST"])
def tag_add(request) -> HttpResponse:
    accounts = Account.objects.filter(pk__in=[row.pk for row in _accounts(request)]).select_related("workspace")
    form = NewTagForm(accounts, request.POST or None, initial={"account": accounts.first()})

    def save() -> None:
        given = form.cleaned_data
        keeping.make_tag(given["account"], given["name"], by=request.member, now=timezone.now())

    return _tag_form(request, form, save, None)


@team_view(needs=Right.ANSWER)
@require_http_methods(["GET", "POST"])
def tag_rename(request, pk: int) -> HttpResponse:
    row = get_own(ContactTag.objects.select_related("account__workspace"), request, pk=pk)
    form = TagForm(request.POST or None, initial={"name": row.name})

    def save() -> None:
        keeping.rename_tag(row, form.cleaned_data["name"], by=request.member, now=timezone.now())

    return _tag_form(request, form, save, row)


def _tag_form(request, form: TagForm, save: Any, row: ContactTag | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except UserError as problem:
            form.show_problem(str(problem), problem.fields)
        else:
            to = team_url(request, "platforms:contact-tags")
            return done(request, event="contact-tag:saved", to=to, said=_("Saved"))
    status = 422 if request.method == "POST" else 200
    return render(request, "platforms/contacts/tag_form.html", {"form": form, "row": row}, status=status)


@team_view(needs=Right.ANSWER)
@require_POST
def tag_drop(request, pk: int) -> HttpResponse:
    row = get_own(ContactTag.objects.select_related("account__workspace"), request, pk=pk)
    keeping.drop_tag(row, by=request.member, now=timezone.now())
    to = team_url(request, "platforms:contact-tags")
    return done(request, event="contact-tag:dropped", to=to, said=_("Removed"))
