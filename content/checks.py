"""The one list of everything wrong with sending a variant, for every place that asks.

While typing, on scheduling, before sending and for `POST /publications/validate/`. A caller that
wants only a part of it filters by `field` or `level`; nobody judges by rules of their own.
"""

import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from content import wording
from content.compose import companions_of, composition, spoken
from content.digest import digest
from content.guide import guide_of
from content.models import ContentItem, Publication, Review, Variant
from content.models.item import ItemState
from content.models.publication import State
from content.models.review import ReviewState
from content.quotas import check_quotas
from mediaops.lib.said import nsaid as ngettext
from mediaops.lib.said import said as _
from platforms import limits
from platforms.connectors.spec import Limits
from platforms.gateway import limits_of, spec_for
from platforms.limits import Field, Problem
from platforms.models import Account
from platforms.models.account import Health, Relation

NOW_IS_NOT_PAST = timedelta(minutes=1)
"""A time this much before `now` still counts as now: a form takes a moment to fill in."""


def check_variant(
    variant: Variant, *, due_at: datetime | None = None, now: datetime, publication: Publication | None = None
) -> list[Problem]:
    """Return everything wrong with sending this variant at `due_at`, what stops it first.

    `due_at` None leaves out the questions about time: text in the editor has none yet, and what is
    being sent is past its time by nature. `publication` is the row being planned, so that it is not
    found too close to itself.
    """
    found = [
        *check_text(variant),
        *check_account(variant.account),
        *check_review(variant.item),
        *check_companions(variant),
    ]
    if due_at is not None:
        found += check_time(variant.account, due_at, now=now, publication=publication)
        found += check_quotas(variant, due_at, publication=publication)
    return sorted(found, key=lambda problem: problem.level != "stop")


def stopping(problems: Iterable[Problem]) -> list[Problem]:
    """Keep what must be solved before sending."""
    return [problem for problem in problems if problem.stops]


def check_text(variant: Variant) -> list[Problem]:
    """Return what the platform would refuse about text, pictures and options, advice, and risky wording."""
    made = composition(variant)
    found = limits.problems(spec_for(variant.account), limits_of(variant.account), made.outgoing)
    for src in made.lost:
        text = _("A picture in the text is not in the media library: %(address)s. Upload it, then put it in again.")
        found.append(Problem("image_unknown", text % {"address": src[:80]}, "images", target=src))
    found = _as_advice(found) if variant.account.is_by_hand else found
    return [*found, *check_words(variant)]


def check_words(variant: Variant) -> list[Problem]:
    """Return what the brand guide, the advertising law, imported lists and personal data say of the words."""
    return wording.judge(spoken(variant), guide_of(variant.account.workspace_id))


def check_piece(item: ContentItem) -> list[Problem]:
    """Return the same of the words of the piece itself, before it is fitted to any account."""
    texts: dict[Field, str] = {"title": item.title, "summary": item.summary, "body": item.body}
    return wording.judge(texts, guide_of(item.workspace_id))


def _as_advice(found: list[Problem]) -> list[Problem]:
    """Where a person posts, a text that is too long stops nothing: the kit cuts it, and the person looks."""
    return [replace(problem, level="warn") for problem in found]


def check_companions(variant: Variant) -> Iterator[Problem]:
    """Yield what keeps the pieces that go out in one message with this one from going out, each by its title."""
    for row in companions_of(variant):
        for problem in stopping([*check_text(row), *check_review(row.item)]):
            words = {"title": row.title or row.item, "problem": problem.text}
            text = _("“%(title)s”, which goes out with it: %(problem)s") % words
            yield Problem(f"companion_{problem.code}", text, problem.field, target=str(row.pk))


def check_account(account: Account) -> Iterator[Problem]:
    """Yield what keeps the account from publishing."""
    words = {"account": account.name}
    if account.relation != Relation.OWN:
        yield Problem("account_foreign", _("%(account)s is not ours; we cannot publish on it.") % words, "account")
    if account.state == Health.GONE:
        text = _("%(account)s was disconnected. Connect it again, or remove it from this piece.")
        yield Problem("account_gone", text % words, "account")
    elif account.state == Health.EXPIRED:
        text = _("%(account)s signed us out. Reconnect it and what is planned goes out on time.")
        yield Problem("account_expired", text % words, "account")
    if account.paused_at is not None:
        text = _("%(account)s is paused. What is planned waits until somebody lifts the pause.")
        yield Problem("account_paused", text % words, "account", "warn")
    elif account.workspace.paused_at is not None:
        text = _("Publishing is paused for the whole team. What is planned waits until somebody lifts the pause.")
        yield Problem("workspace_paused", text, "account", "warn")


def check_review(item: ContentItem) -> Iterator[Problem]:
    """Yield whether exactly this text was approved."""
    if item.archived_at is not None:
        yield Problem("archived", _("This piece is archived. Bring it back before publishing it."), "review")
    if item.state == ItemState.STALE or (item.state == ItemState.APPROVED and not is_as_approved(item)):
        text = _("The text changed after approval. Send it to review again.")
        yield Problem("changed_since_approval", text, "review")
    elif item.state == ItemState.IN_REVIEW:
        yield Problem("in_review", _("The review is not finished. It can go out once approved."), "review")
    elif item.state == ItemState.CHANGES:
        text = _("The reviewer asked for changes. Make them, then send it to review again.")
        yield Problem("changes_requested", text, "review")
    elif item.state != ItemState.APPROVED:
        yield Problem("not_approved", _("Nobody has approved this yet. Send it to review."), "review")


def is_as_approved(item: ContentItem) -> bool:
    """Say whether item, variants and files are still what the last approval saw."""
    last = Review.objects.filter(item=item, state=ReviewState.APPROVED).order_by("-round").first()
    return last is not None and last.digest == digest(item)


def check_time(
    account: Account, due_at: datetime, *, now: datetime, publication: Publication | None = None
) -> Iterator[Problem]:
    """Yield a time in the past, neighbours that are too close and a full day."""
    if due_at < now - NOW_IS_NOT_PAST:
        yield Problem("past", _("That time has passed. Choose a later one, or publish now."), "time")
    others = Publication.objects.filter(variant__account=account).exclude(state__in=[State.CANCELLED, State.FAILED])
    if publication is not None:
        others = others.exclude(pk=publication.pk)
    allowed = limits_of(account)
    yield from _too_close(others, due_at, allowed.min_gap_min)
    yield from _day_is_full(others, account, due_at, allowed)


def _too_close(others: "QuerySet[Publication]", due_at: datetime, gap_min: int) -> Iterator[Problem]:
    gap = timedelta(minutes=gap_min)
    near = others.filter(due_at__gt=due_at - gap, due_at__lt=due_at + gap).values_list("due_at", flat=True)
    closest = min(near, key=lambda at: abs(at - due_at), default=None) if gap_min else None
    if closest is None:
        return
    minutes = int(abs(closest - due_at).total_seconds() // 60)
    words = {"count": minutes, "time": _clock(closest), "limit": gap_min}
    if minutes == 0:
        text = _("At the same time as the %(time)s post. Leave at least %(limit)s minutes.")
    else:
        text = ngettext(
            "Only %(count)s minute from the %(time)s post. Leave at least %(limit)s.",
            "Only %(count)s minutes from the %(time)s post. Leave at least %(limit)s.",
            minutes,
        )
    yield Problem("too_close", text % words, "time", "warn", value=minutes, limit=gap_min)


def _day_is_full(
    others: "QuerySet[Publication]", account: Account, due_at: datetime, allowed: Limits
) -> Iterator[Problem]:
    quota = allowed.posts_per_day_max
    if quota is None:
        return
    zone = zoneinfo.ZoneInfo(account.workspace.time_zone)
    day = due_at.astimezone(zone).date()
    start = datetime.combine(day, time(), tzinfo=zone)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    count = others.filter(due_at__gte=start, due_at__lt=end).count() + 1
    if count > quota:
        text = _("%(account)s may publish %(limit)s a day; with this one %(day)s has %(value)s. Move one of them.")
        words = {"account": account.name, "limit": quota, "value": count, "day": date_format(day, "MONTH_DAY_FORMAT")}
        yield Problem("day_full", text % words, "time", "warn", value=count, limit=quota)


def _clock(at: datetime) -> str:
    return timezone.localtime(at).strftime("%H:%M")
