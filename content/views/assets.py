"""The media library: pictures and videos uploaded once, described, and found again."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from content.actions.assets import Added, add_asset, describe, fetch_asset, remove, where_used
from content.forms.assets import AssetForm, FetchForm, FindForm, PickForm, UploadForm
from content.models import Asset
from content.models.asset import AssetKind
from content.pictures import MAX_BYTES, MAX_PIXELS, PictureRefused
from content.videos import VideoRefused
from mediaops.access import get_own, team_url, team_view
from mediaops.lib.parts import done, show
from mediaops.lib.ranges import ranged
from mediaops.models import Right

PAGE, GRID = "content/asset/list.html", "content/asset/_grid.html"
PER_PAGE = 48
PICKS = 24


@require_GET
@team_view(needs=Right.SEE)
def assets(request: Any) -> HttpResponse:
    form = FindForm(request.GET)
    found = {"page": _find(request, form, PER_PAGE), "form": form, "fetch_form": FetchForm(), "limits": limits()}
    return show(request, PAGE, GRID, found)


@require_GET
@team_view(needs=Right.SEE)
def asset(request: Any, pk: int) -> HttpResponse:
    row = get_own(Asset.objects.select_related("made_by__user"), request, pk=pk)
    return render(request, "content/asset/page.html", _about(row, AssetForm(instance=row)))


@require_http_methods(["GET", "POST"])
@team_view(needs=Right.WRITE)
def asset_edit(request: Any, pk: int) -> HttpResponse:
    row = get_own(Asset.objects.filter(removed_at=None), request, pk=pk)
    form = AssetForm(request.POST or None, instance=row)
    if not form.is_valid():
        row.refresh_from_db()
        status = 422 if form.is_bound else 200
        return show(request, "content/asset/page.html", "content/asset/_edit.html", _about(row, form), status=status)
    row.refresh_from_db()
    row = describe(row, **form.cleaned_data, by=request.member, now=timezone.now())
    about = _about(row, AssetForm(instance=row)) | {"is_saved": True}
    said, to = _("Saved."), row.get_absolute_url()
    return done(request, "content/asset/_edit.html", about, event="asset:described", to=to, said=said)


@require_POST
@team_view(needs=Right.WRITE)
def asset_upload(request: Any) -> HttpResponse:
    """Take one file or several. Answers JSON where the caller accepts it, else the library page."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_answer(request, [], [_("Choose a file first.")])
    added, problems = [], []
    for file in form.cleaned_data["file"]:
        try:
            alt = form.cleaned_data["alt_text"]
            added.append(add_asset(file, file.name, alt_text=alt, by=request.member, now=timezone.now()))
        except (PictureRefused, VideoRefused) as error:
            problems.append(str(error) if len(form.cleaned_data["file"]) == 1 else f"{file.name}: {error}")
    return _upload_answer(request, added, problems)


@require_POST
@team_view(needs=Right.WRITE)
def asset_fetch(request: Any) -> HttpResponse:
    form = FetchForm(request.POST)
    if not form.is_valid():
        return _upload_answer(request, [], [_("Write the whole address, with https:// in front.")])
    try:
        added = fetch_asset(form.cleaned_data["url"], by=request.member, now=timezone.now())
    except PictureRefused as error:
        return _upload_answer(request, [], [str(error)])
    return _upload_answer(request, [added], [])


@require_POST
@team_view(needs=Right.WRITE)
def asset_remove(request: Any, pk: int) -> HttpResponse:
    row = get_own(Asset.objects.filter(removed_at=None), request, pk=pk)
    remove(row, by=request.member, now=timezone.now(), even_if_used="anyway" in request.POST)
    said = _("“%(name)s” is out of the library. Uploading it again brings it back.") % {"name": row.name}
    return done(request, event="asset:removed", to=team_url(request, "content:assets"), said=said)


@require_GET
@team_view(needs=Right.SEE)
def asset_pick(request: Any) -> HttpResponse:
    """The picker: a part that `library.js` shows as a dialog."""
    form = PickForm(request.GET)
    is_search = "page" in request.GET or "q" in request.GET
    part = "content/asset/_picks.html" if is_search else "content/asset/_picker.html"
    wanted = form.cleaned_data if form.is_valid() else {}
    kind = wanted.get("kind") or AssetKind.IMAGE
    found = {"page": _find(request, form, PICKS, kind=kind), "form": form, "kind": kind}
    return render(request, part, found | {"purpose": wanted.get("purpose", "")})


@require_GET
@team_view(needs=Right.SEE)
def asset_file(request: Any, pk: int) -> HttpResponse:
    row = get_own(Asset.objects.all(), request, pk=pk)
    return _serve(request, row.file.name, row.mime)


@require_GET
@team_view(needs=Right.SEE)
def asset_thumb(request: Any, pk: int) -> HttpResponse:
    row = get_own(Asset.objects.all(), request, pk=pk)
    if row.thumbnail:
        return _serve(request, row.thumbnail.name, "image/webp")
    return _serve(request, row.file.name, row.mime)


def limits() -> dict[str, int]:
    """What the upload's place says about sizes."""
    video = settings.VIDEO_MAX_BYTES // (1024 * 1024)
    return {"size": MAX_BYTES // 1_000_000, "pixels": MAX_PIXELS // 1_000_000, "video": video}


def _find(request: Any, form: FindForm, per_page: int, *, kind: str = "") -> Page:
    rows = Asset.objects.in_workspace(request.workspace).filter(removed_at=None)
    wanted = form.cleaned_data if form.is_valid() else {}
    if wanted.get("q"):
        rows = rows.filter(Q(name__icontains=wanted["q"]) | Q(alt_text__icontains=wanted["q"]))
    if wanted.get("alt") == "missing":
        rows = rows.filter(alt_text="")
    if shown := kind or wanted.get("kind"):
        rows = rows.filter(kind=shown)
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def _about(row: Asset, form: AssetForm) -> dict[str, Any]:
    return {"asset": row, "form": form, "items": where_used(row).select_related("workspace", "owner__user")}


def _upload_answer(request: Any, added: list[Added], problems: list[str]) -> HttpResponse:
    status = 422 if problems else 200
    if request.accepts("application/json") and not request.accepts("text/html"):
        told = [_told(request, one) for one in added]
        if problems:
            return JsonResponse({"problem": " ".join(problems), "assets": told}, status=status)
        return JsonResponse(told[0] if len(told) == 1 else {"assets": told})
    for sentence in _said(added):
        messages.success(request, sentence)
    if not problems:
        return redirect(team_url(request, "content:assets"))
    form = FindForm({})
    context = {"page": _find(request, form, PER_PAGE), "form": form, "fetch_form": FetchForm(), "limits": limits()}
    return render(request, PAGE, context | {"problems": problems}, status=status)


def _told(request: Any, added: Added) -> dict[str, Any]:
    """What the editor needs to show a file at once."""
    row = added.asset
    return {
        "id": row.pk,
        "url": team_url(request, "content:asset-file", row.pk),
        "thumb": team_url(request, "content:asset-thumb", row.pk),
        "name": row.name,
        "width": row.width,
        "height": row.height,
        "alt": row.alt_text,
        "kind": row.kind,
        "seconds": row.seconds,
        "duplicate": added.is_duplicate,
    }


def _said(added: list[Added]) -> list[str]:
    return [
        (_("“%(name)s” was in the library already.") if a.is_duplicate else _("“%(name)s” is in the library."))
        % {"name": a.asset.name}
        for a in added
    ]


def _serve(request: Any, name: str, mime: str) -> HttpResponse:
    """Stream a stored file, or the part asked for, as exactly what it is: nothing to sniff, nothing to run."""
    try:
        stored = default_storage.open(name, "rb")
    except FileNotFoundError:
        raise Http404 from None
    answer = ranged(request, stored, mime)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer
