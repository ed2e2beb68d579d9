"""What a piece looks like on each platform, and what is wrong with it there."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from content.checks import check_piece
from content.forms.variants import PreviewForm
from content.models import ContentItem, Variant
from content.preview import preview_of, preview_plain
from content.tabs import tabs_of
from mediaops.access import get_own, team_view
from mediaops.models import Right
from platforms.models import Account


@require_GET
@team_view(needs=Right.SEE)
def item_preview(request: Any, pk: int) -> HttpResponse:
    """`?account=` as that account shows it; else as the first one does; else the piece itself."""
    item = get_own(ContentItem.objects.select_related("workspace", "cover"), request, pk=pk)
    form = PreviewForm(request.GET, workspace=request.workspace)
    account = form.cleaned_data["account"] if form.is_valid() else None
    row = _variant(item, account)
    made = preview_of(row) if row else preview_plain(item)
    return render(request, "content/variant/_preview.html", {"item": item, "preview": made})


@require_GET
@team_view(needs=Right.SEE)
def item_checks(request: Any, pk: int) -> HttpResponse:
    item = get_own(ContentItem.objects.select_related("workspace"), request, pk=pk)
    tabs, words = tabs_of(item), check_piece(item)
    context = {
        "item": item,
        "tabs": tabs,
        "words": words,
        "stops": sum(tab.stops for tab in tabs),
        "warns": sum(len(tab.own_problems) - tab.stops for tab in tabs) + len(words),
    }
    return render(request, "content/variant/_item_checks.html", context)


def _variant(item: ContentItem, account: Account | None) -> Variant | None:
    rows = Variant.objects.filter(item=item).select_related("account__workspace", "item__workspace", "item__cover")
    if account is None:
        return rows.first()
    return rows.filter(account=account).first() or Variant(item=item, account=account)
