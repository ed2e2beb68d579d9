"""Pure sums of money. Amounts are exact decimals; different currencies are never added."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
THOUSAND = Decimal(1000)


@dataclass(frozen=True)
class Sums:
    """What a campaign planned and spent, in one currency."""

    planned: Decimal
    spent: Decimal

    @property
    def left(self) -> Decimal:
        return self.planned - self.spent

    @property
    def share(self) -> int:
        """Spent share of the plan, in whole per cent; 0 without a plan."""
        return int(self.spent / self.planned * 100) if self.planned else 0


def add_up(lines: Iterable[tuple[Decimal, Decimal]]) -> Sums:
    """Add (planned, spent) pairs of one currency."""
    pairs = list(lines)
    return Sums(sum((p for p, _s in pairs), Decimal(0)), sum((s for _p, s in pairs), Decimal(0)))


def cpm(cost: Decimal | None, views: int | None) -> Decimal | None:
    """Cost per 1,000 views, rounded to cents; None when either is unknown or nobody looked."""
    if cost is None or not views:
        return None
    return (cost * THOUSAND / views).quantize(CENT, ROUND_HALF_UP)


def cpe(cost: Decimal | None, interactions: int | None) -> Decimal | None:
    """Cost per interaction (like, comment, share, save), rounded to cents; None when unknown or none."""
    if cost is None or not interactions:
        return None
    return (cost / interactions).quantize(CENT, ROUND_HALF_UP)


def shares_of(cost: Decimal | None, own_costs: list[Decimal | None]) -> list[Decimal | None]:
    """Return each piece's cost: its own, or an even part of what `cost` leaves for those without.

    Parts are whole cents and add up exactly: the first ones take a cent more where it does not divide.
    Without a total, pieces without a cost of their own stay unknown.
    """
    open_places = [place for place, own in enumerate(own_costs) if own is None]
    result = list(own_costs)
    if cost is None or not open_places:
        return result
    rest = max(cost - sum((own for own in own_costs if own is not None), Decimal(0)), Decimal(0))
    part, over = divmod(int(rest / CENT), len(open_places))
    for number, place in enumerate(open_places):
        result[place] = (part + (number < over)) * CENT
    return result
