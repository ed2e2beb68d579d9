"""What was written before, compared and brought back."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from content import diff, markdown
from content.actions import drafting
from content.models import ContentItem
from mediaops.access import get_own, team_view
from mediaops.lib.parts import done
from mediaops.models import Right


@team_view(needs=Right.SEE)
def item_versions(request, pk) -> HttpResponse:
    row = get_own(ContentItem.objects.select_related("workspace", "changed_by__user"), request, pk=pk)
    versions = row.versions.select_related("made_by__user").defer("body", "variants")
    page = Paginator(versions, 50).get_page(request.GET.get("page"))
    return render(request, "content/item/versions.html", {"item": row, "page": page})


@team_view(needs=Right.SEE)
def item_version(request, pk, number) -> HttpResponse:
    """What a version says against what stands there now, or against the version before it."""
    row = get_own(
        ContentItem.objects.select_related("workspace", "cover", "video", "changed_by__user"), request, pk=pk
    )
    versions = row.versions.select_related("made_by__user", "cover", "video")
    version = get_own(versions, request, number=number)
    before = versions.filter(number__lt=number).order_by("-number").first()
    against = "before" if request.GET.get("against") == "before" and before else "now"
    old, new = (before, version) if against == "before" else (version, row)
    context = {
        "item": row,
        "version": version,
        "before": before,
        "against": against,
        "changes": _compared(old, new),
        "html": markdown.to_html(version.body),
    }
    return render(request, "content/item/version.html", context)


@team_view(needs=Right.WRITE)
@require_POST
def item_restore(request, pk, number) -> HttpResponse:
    row = get_own(ContentItem.objects.all(), request, pk=pk)
    version = get_own(row.versions.select_related("item__workspace", "cover", "video"), request, number=number)
    saved = drafting.restore(version, by=request.member, now=timezone.now())
    said = _("Version %(number)s is back; what was there is kept as a version") % {"number": number}
    return done(request, event="item:restored", to=saved.get_absolute_url(), said=said)


def _compared(old: Any, new: Any) -> list[dict[str, Any]]:
    labels = {name: ContentItem._meta.get_field(name).verbose_name for name in ("title", "summary", "body")}
    found = [
        {"label": label, "blocks": diff.blocks(getattr(old, name), getattr(new, name))}
        for name, label in labels.items()
        if getattr(old, name) != getattr(new, name)
    ]
    if old.tags != new.tags:
        found.append({"label": _("Tags"), "blocks": diff.blocks("、".join(old.tags), "、".join(new.tags))})
    for name, label in {"cover": _("Cover"), "video": _("Video")}.items():
        files = [getattr(row, name) for row in (old, new)]
        if files[0] != files[1]:
            words = [str(file) if file else "–" for file in files]
            found.append({"label": label, "blocks": diff.blocks(*words)})
    return found
