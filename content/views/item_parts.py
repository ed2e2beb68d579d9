"""What other pages show of pieces: the day page, a campaign."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from campaigns.models import Campaign
from content.models import ContentItem, Idea, Review
from content.models.idea import IdeaState
from content.models.item import ItemState
from content.models.review import ReviewState
from content.views.items import add_channels
from mediaops.access import get_own, team_view
from mediaops.models import Right


@team_view(needs=Right.SEE)
def today_writing(request) -> HttpResponse:
    """What this member has to write, to change and to review."""
    rows = ContentItem.objects.in_workspace(request.workspace).current().select_related("owner__user").defer("body")
    mine = rows.filter(owner=request.member).order_by("changed_at")
    to_change = list(mine.filter(state__in=[ItemState.CHANGES, ItemState.STALE])[:20])
    last_words = Review.objects.filter(item__in=to_change, state=ReviewState.CHANGES).select_related(
        "decided_by__user"
    )
    words = {review.item_id: review for review in last_words.order_by("round")}
    for row in to_change:
        row.last_review = words.get(row.pk)
    may_approve, may_write = request.member.may(Right.APPROVE), request.member.may(Right.WRITE)
    asked = Review.objects.in_workspace(request.workspace).filter(state=ReviewState.OPEN, item__archived_at=None)
    context = {
        "to_review": list(asked.select_related("item", "asked_by__user").order_by("asked_at")[:20])
        if may_approve
        else [],
        "to_change": to_change,
        "to_write": list(mine.filter(state=ItemState.DRAFT).order_by("-changed_at")[:10]) if may_write else [],
        "ideas": _chosen_ideas(request) if may_write else [],
    }
    context["count"] = sum(len(context[name]) for name in ("to_change", "to_write", "ideas"))
    return render(request, "content/item/_today.html", context)


def _chosen_ideas(request: Any) -> list[Idea]:
    rows = Idea.objects.in_workspace(request.workspace).filter(owner=request.member, state=IdeaState.CHOSEN)
    return list(rows.order_by("-score")[:5])


@team_view(needs=Right.SEE)
def campaign_items(request, pk) -> HttpResponse:
    """The pieces of a campaign, for its page."""
    campaign = get_own(Campaign.objects.all(), request, pk=pk)
    rows = ContentItem.objects.in_workspace(request.workspace).current().filter(campaign=campaign)
    shown = list(rows.select_related("owner__user").defer("body").order_by("-changed_at")[:50])
    add_channels(shown)
    context = {"campaign": campaign, "rows": shown, "count": rows.count()}
    return render(request, "content/item/_campaign.html", context)
