"""What the editor does in ten steps, in one: write, fit, approve, plan. By the same actions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from content import asset_refs
from content.actions import drafting, fitting, reviewing, scheduling
from content.api.serializers.problems import AccountProblemSerializer, of_account
from content.checks import check_account, check_variant, stopping
from content.models import Asset, ContentItem, Publication, Variant
from mediaops.api.problems import Problem as ApiProblem
from mediaops.models import Membership, Workspace
from platforms.limits import Problem
from platforms.models import Account

WORDS = ("title", "summary", "tags", "cover", "campaign", "pillar")
PLACES = {
    "images": "media", "time": "scheduled_at", "account": "accounts", "options": "accounts", "review": "approve",
}  # fmt: skip
"""Which field of the request a problem belongs to, where the names differ."""


@dataclass
class Made:
    """What one call made. `refused` is what kept an account from being planned."""

    item: ContentItem
    variants: list[Variant] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    refused: list[tuple[Account, Problem]] = field(default_factory=list)


def write(
    given: dict[str, Any], *, may_approve: bool, workspace: Workspace, by: Membership, now: datetime
) -> tuple[ContentItem, list[Variant]]:
    """Write the piece and fit it to its accounts, as `PublishSerializer` cleaned them; then ask for approval.

    Where `by` may approve it is approved. An account that can never be published on gets a variant
    that is not saved, so that the caller can say why. Only inside a transaction.
    """
    fields = {name: given[name] for name in WORDS if name in given}
    body = with_pictures(given["body"], given.get("media", []), given.get("cover"), workspace)
    item = drafting.create_item(workspace, by=by, now=now, body=body, **fields)
    variants = [_fit(item, account, by=by, now=now) for account in given["accounts"]]
    if given["approve"] and may_approve:
        reviewing.approve(item, by=by, now=now)
    elif given["approve"]:
        reviewing.submit(item, by=by, now=now)
    return item, variants


def publish(given: dict[str, Any], *, may_approve: bool, workspace: Workspace, by: Membership, now: datetime) -> Made:
    """Write and plan everything; what cannot be planned is in `refused`. Only inside a transaction."""
    item, variants = write(given, may_approve=may_approve, workspace=workspace, by=by, now=now)
    made = Made(item, variants)
    for variant in variants:
        against = blocking(variant, given["scheduled_at"], now)
        if against:
            made.refused += [(variant.account, problem) for problem in against]
        else:
            made.publications.append(plan(variant, given["scheduled_at"], by=by, now=now))
    return made


def plan(variant: Variant, due_at: datetime | None, *, by: Membership, now: datetime) -> Publication:
    """Plan for a moment, or with None for now."""
    if due_at is None:
        return scheduling.publish_now(variant, by=by, now=now)
    return scheduling.plan(variant, due_at, by=by, now=now)


def blocking(variant: Variant, due_at: datetime | None, now: datetime) -> list[Problem]:
    """Return what keeps `plan` from planning: for now everything that stops, else what nothing can mend."""
    if variant.pk is None:
        return [problem for problem in check_account(variant.account) if problem.code in scheduling.FOR_GOOD]
    found = stopping(check_variant(variant, due_at=due_at or now, now=now))
    return [problem for problem in found if due_at is None or problem.code in scheduling.FOR_GOOD]


def with_pictures(body: str, media: Sequence[Asset], cover: Asset | None, workspace: Workspace) -> str:
    """Return the body with the pictures below it that neither it nor the cover shows."""
    shown = {*asset_refs.shown_ids(workspace, body), cover.pk if cover else None}
    more = [asset for asset in dict.fromkeys(media) if asset.pk not in shown]
    marks = [f"![]({asset_refs.asset_path(asset, workspace)})" for asset in more]
    return "\n\n".join(part for part in [body.rstrip() if marks else body, *marks] if part)


def refusal(refused: Iterable[tuple[Account, Problem]]) -> ApiProblem:
    """Return the error that says, account by account, why nothing was made."""
    rows = list(refused)
    texts: dict[str, list[str]] = {}
    fields: dict[str, list[str]] = {}
    for account, problem in rows:
        texts.setdefault(problem.text, []).append(account.name)
        sentences = fields.setdefault(PLACES.get(problem.field, problem.field), [])
        if problem.text not in sentences:
            sentences.append(problem.text)
    several = len({account.pk for account, _problem in rows}) > 1
    sentence = " ".join(f"{', '.join(names)}: {text}" if several else text for text, names in texts.items())
    problems = [of_account(account.pk, problem) for account, problem in rows]
    said = AccountProblemSerializer(problems, many=True).data
    return ApiProblem(400, "cannot_plan", sentence, fields=fields, extra={"problems": said})


def _fit(item: ContentItem, account: Account, *, by: Membership, now: datetime) -> Variant:
    if any(problem.code in scheduling.FOR_GOOD for problem in check_account(account)):
        return Variant(item=item, account=account)
    variant = fitting.add_variant(item, account, by=by, now=now)
    variant.item, variant.account = item, account
    return variant
