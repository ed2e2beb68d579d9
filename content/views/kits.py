"""The kit on a phone: opened by a signed link, answered with one tap."""

import zoneinfo
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from content import kit as kits
from content.actions import assisting, reconciling
from content.forms.publications import CannotForm, LinkForm
from content.models import Asset, Publication, Review
from content.models.publication import State
from content.models.review import ReviewState
from content.views.stored import serve
from mediaops.access import find_member
from mediaops.errors import NotAllowed, UserError
from mediaops.models import Membership, Right

PAGE, GONE = "content/kit/page.html", "content/kit/gone.html"


@dataclass(frozen=True)
class Opened:
    """What a link opened: the publication, and who may answer for it (None: nobody yet)."""

    row: Publication
    member: Membership | None


@require_GET
def kit(request, token: str) -> HttpResponse:
    opened = _open(request, token)
    return _page(request, token, opened) if opened else _gone(request)


@require_POST
def posted(request, token: str) -> HttpResponse:
    """Take the link of the post, or the word that it is out and the link will come."""
    opened = _open(request, token)
    if opened is None:
        return _gone(request)
    row, member = opened.row, _answering(opened)
    assisting.open_early(row, timezone.now())
    if not request.POST.get("url", "").strip():
        assisting.say_posted(row, by=member, now=timezone.now())
        return redirect("kit", token)
    form = LinkForm(request.POST)
    if form.is_valid():
        try:
            reconciling.confirm(row, form.cleaned_data["url"], by=member, now=timezone.now())
        except UserError as error:
            form.add_error("url", str(error))
        else:
            return redirect("kit", token)
    return _page(request, token, opened, link_form=form, status=422)


@require_POST
def cannot(request, token: str) -> HttpResponse:
    """Take the reason why it cannot be posted."""
    opened = _open(request, token)
    if opened is None:
        return _gone(request)
    form, member = CannotForm(request.POST), _answering(opened)
    if not form.is_valid():
        return _page(request, token, opened, cannot_form=form, status=422)
    assisting.open_early(opened.row, timezone.now())
    assisting.say_cannot(opened.row, form.cleaned_data["reason"], by=member, now=timezone.now())
    return redirect("kit", token)


@require_GET
def file(request, token: str, pk: int) -> HttpResponse:
    """One picture or video of the kit, and no other file of the library."""
    opened = _open(request, token)
    if opened is None or not _is_shown(opened.row) or pk not in {each.pk for each in kits.kit_of(opened.row).files}:
        raise Http404
    asset = Asset.objects.in_workspace(opened.row.variant.item.workspace).get(pk=pk)
    if "small" in request.GET and asset.thumbnail:
        return serve(asset.thumbnail.name, "image/webp")
    return serve(asset.file.name, asset.mime, save_as=asset.name if "save" in request.GET else "")


def _open(request, token: str) -> Opened | None:
    """Find what the link names; the person it was made for counts, else whoever is signed in."""
    try:
        pk, member_pk = kits.read_link(token)
    except kits.KitGone:
        return None
    rows = Publication.objects.select_related(
        "variant__item__workspace", "variant__account", "variant__item__owner__user", "post"
    )
    row = rows.filter(pk=pk).first()
    if row is None:
        return None
    workspace = row.variant.item.workspace
    row.variant.account.workspace = workspace
    member = _named(member_pk, workspace) if member_pk else _signed_in(request, workspace)
    if member_pk and member is None:  # left the team, or may no longer publish: the link is dead
        return None
    _speak(request, member, workspace)
    return Opened(row, member)


def _named(pk: int, workspace: Any) -> Membership | None:
    rows = Membership.objects.active().select_related("user", "workspace")
    member = rows.filter(pk=pk, workspace=workspace).first()
    return member if member and member.may(Right.PUBLISH) else None


def _signed_in(request, workspace: Any) -> Membership | None:
    if not request.user.is_authenticated:
        return None
    try:
        member = find_member(request.user, workspace.slug)
    except Http404:
        return None
    return member if member.may(Right.PUBLISH) else None


def _speak(request, member: Membership | None, workspace: Any) -> None:
    user = member.user if member else None
    language = (user.language if user else "") or workspace.language
    translation.activate(language)
    request.LANGUAGE_CODE = language
    timezone.activate(zoneinfo.ZoneInfo((user.time_zone if user else "") or workspace.time_zone))


def _answering(opened: Opened) -> Membership:
    if opened.member is None:
        raise NotAllowed(_("Sign in first, so that the team knows who posted it."))
    return opened.member


def _is_shown(row: Publication) -> bool:
    """A kit is for what is still to be posted; one that was dropped, or is out, shows no content any more."""
    return row.state in {State.PLANNED, State.BY_HAND}


def _gone(request) -> HttpResponse:
    return render(request, GONE, status=404)


def _page(
    request,
    token: str,
    opened: Opened,
    *,
    link_form: LinkForm | None = None,
    cannot_form: CannotForm | None = None,
    status: int = 200,
) -> HttpResponse:
    row = opened.row
    item, account = row.variant.item, row.variant.account
    review = (
        Review.objects.filter(item=item, state=ReviewState.APPROVED)
        .select_related("decided_by__user").order_by("-round").first()
    )  # fmt: skip
    context = {
        "token": token,
        "publication": row,
        "item": item,
        "account": account,
        "workspace": item.workspace,
        "member": opened.member,
        "kit": kits.kit_of(row) if _is_shown(row) else None,
        "is_open": row.state == State.BY_HAND or (row.state == State.PLANNED and account.is_by_hand),
        "review": review,
        "now": timezone.now(),
        "link_form": link_form or LinkForm(),
        "cannot_form": cannot_form or CannotForm(),
    }
    answer = render(request, PAGE, context, status=status)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
