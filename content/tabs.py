"""The row of tabs above a piece: one per account, each with what is wrong there."""

from dataclasses import dataclass

from content.checks import check_account, check_text
from content.models import ContentItem, Variant
from content.quotas import check_planned
from platforms.limits import Problem
from platforms.models import Account


@dataclass(frozen=True)
class Tab:
    """One account of a piece. `problems` speak of text, pictures, the account and its quotas, not of the review."""

    variant: Variant
    problems: list[Problem]

    @property
    def account(self) -> Account:
        return self.variant.account

    @property
    def own_problems(self) -> list[Problem]:
        """Those of this account alone: risky words that the piece itself says are told once, for the piece."""
        return [problem for problem in self.problems if not is_of_piece(problem, self.variant)]

    @property
    def stops(self) -> int:
        return sum(problem.stops for problem in self.problems)

    @property
    def warns(self) -> int:
        return len(self.problems) - self.stops


def tabs_of(item: ContentItem) -> list[Tab]:
    """Return the tabs of a piece, oldest first."""
    rows = Variant.objects.filter(item=item).select_related("account__workspace", "item__workspace", "item__cover")
    return [tab_of(variant) for variant in rows]


def tab_of(variant: Variant) -> Tab:
    """Return one tab with the problems of its text, pictures and account, what stops first."""
    found = [*check_text(variant), *check_account(variant.account), *check_planned(variant)]
    return Tab(variant, sorted(found, key=lambda problem: not problem.stops))


def accounts_left(item: ContentItem) -> list[Account]:
    """Return our connected accounts that the piece is not fitted to yet."""
    taken = Variant.objects.filter(item=item).values("account_id")
    return list(Account.objects.in_workspace(item.workspace).own().connected().exclude(pk__in=taken))


def is_of_piece(problem: Problem, variant: Variant) -> bool:
    """Say whether a problem of wording stands in the words that the variant takes from the piece."""
    is_wording = problem.start is not None or problem.code == "brand_missing"
    return is_wording and not getattr(variant, problem.field).strip()
