"""Partners' pieces beside their figures and their cost."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from analytics.models import PostFigures
from campaigns.models import Collaboration, Deliverable
from campaigns.money import cpe, cpm, shares_of


@dataclass(frozen=True)
class PieceRow:
    """One delivered piece. `cost` is its own or its even part; CPM and CPE in the deal's currency."""

    piece: Deliverable
    deal: Collaboration
    cost: Decimal | None
    views: int | None
    interactions: int | None
    cpm: Decimal | None
    cpe: Decimal | None


def piece_rows(deals: QuerySet[Collaboration]) -> list[PieceRow]:
    """Return the delivered pieces of these collaborations with the newest figures of their posts."""
    found = list(deals.select_related("partner").prefetch_related("deliverables__post__account"))
    posts = [piece.post_id for deal in found for piece in deal.deliverables.all() if piece.post_id]
    figures = {row.post_id: row for row in PostFigures.objects.filter(post__in=posts)}
    rows = []
    for deal in found:
        pieces = list(deal.deliverables.all())
        costs = shares_of(deal.cost_amount, [piece.cost_amount for piece in pieces])
        for piece, cost in zip(pieces, costs, strict=True):
            if piece.post_id is None:
                continue
            told = figures.get(piece.post_id)
            views, acts = (told.views, told.interactions) if told else (None, None)
            rows.append(PieceRow(piece, deal, cost, views, acts, cpm(cost, views), cpe(cost, acts)))
    return rows
