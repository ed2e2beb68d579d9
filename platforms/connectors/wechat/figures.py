"""Figures of an Official Account: articles by day of publishing, followers by day.

The platform counts whole days of Beijing and has finished one at about eight the next morning. Its
newer calls (from November 2025) tell an article for 30 days; the older ones, no longer looked
after, for 7. What is in doubt, and how both readings are survived: docs/platforms.md.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mediaops.lib.said import said as _
from platforms.connectors.account import AccountRef
from platforms.connectors.errors import NothingSent, NotPermitted, Refused
from platforms.connectors.remote import AccountDayReading, AccountReading, PostRef, Reading
from platforms.connectors.told import rows as rows_of
from platforms.connectors.wechat.client import BEIJING, Wire, number

READY_HOUR, READY_MINUTE = 8, 5
TOLD_FOR, TOLD_FOR_OLD = timedelta(days=30), timedelta(days=7)
DAYS_PER_CALL = 7
RAW_MAX = 4000
NO_SUCH_DATA = {61500, 61501, 40066, 40097, 47001, 65015}
"""The newer call does not know this day, or is not there for this account."""
COUNTERS = {
    "views": "read_user", "likes": "like_user", "comments": "comment_count", "shares": "share_user",
    "saves": "collection_user",
}  # fmt: skip
OLD_COUNTERS = {"views": "int_page_read_count", "shares": "share_count", "saves": "add_to_fav_count"}
BESIDE = ("zaikan_user", "praise_money", "read_subscribe_user", "read_avg_activetime")
RATES = ("read_finish_rate", "read_delivery_rate")


class Figures:
    """`ReadsMetrics`, `ReadsAccountMetrics` and `ReadsAccountDays` of an Official Account."""

    _wire: Wire
    _account: AccountRef
    _daily_rows: bool = False

    def day_zone(self) -> str:
        return str(BEIJING)

    def _now(self) -> datetime:
        return datetime.now(UTC)

    def _demand_ready(self) -> date:
        """Return yesterday; raise NothingSent while the platform still counts it."""
        now = self._now()
        ready = last_ready_day(now)
        if ready < now.astimezone(BEIJING).date() - timedelta(days=1):
            raise NothingSent(_("WeChat finishes yesterday's figures at about eight."), wait_s=until_ready_s(now))
        return ready

    def post_readings(self, posts: Sequence[PostRef]) -> Iterator[Reading]:
        """Yield what is told of these articles; one published today, or too long ago, is left out."""
        now = self._now()
        ready = last_ready_day(now)
        days: dict[date, list[PostRef]] = {}
        for post in posts:
            if post.published_at is not None:
                days.setdefault(post.published_at.astimezone(BEIJING).date(), []).append(post)
        askable = [day for day in sorted(days) if ready - TOLD_FOR <= day <= ready]
        if not askable and any(day > ready for day in days):
            raise NothingSent(_("WeChat tells figures the morning after."), wait_s=until_ready_s(now))
        for day in askable:
            yield from self._readings_of(day, days[day])

    def account_reading(self) -> AccountReading:
        """Return the number of followers at the end of the last day that is told."""
        ready = self._demand_ready()
        told = self._cube("getusercumulate", ready, ready)
        rows = [row for row in told if row.get("ref_date") == ready.isoformat()] or told[-1:]
        followers = _count(rows[-1], "cumulate_user") if rows else None
        return AccountReading(followers=followers, extra={"day": ready.isoformat()})

    def account_days(self, since: date, until: date) -> Iterator[AccountDayReading]:
        """Yield whole days; followers won and lost are added over the ways they came by, rates never."""
        last = min(until, self._demand_ready())
        start, tells_reads = since, True
        while start <= last:
            end = min(start + timedelta(days=DAYS_PER_CALL - 1), last)
            totals = {str(row.get("ref_date")): row for row in self._cube("getusercumulate", start, end)}
            sources = self._cube("getusersummary", start, end)
            for day in (start + timedelta(days=n) for n in range((end - start).days + 1)):
                reads, tells_reads = self._account_reads(day) if tells_reads else (None, False)
                reading = _account_day(day, totals.get(day.isoformat()), sources, reads)
                if reading is not None:
                    yield reading
            start = end + timedelta(days=1)

    def _account_reads(self, day: date) -> tuple[Mapping[str, Any] | None, bool]:
        """Return what the account's articles were read on a day, and whether asking goes on."""
        try:
            rows = self._cube("getbizsummary", day, day)
        except NotPermitted:
            return None, False
        except Refused:
            return None, False
        detail = next((row.get("detail") for row in rows if row.get("ref_date") == day.isoformat()), None)
        return (detail if isinstance(detail, Mapping) else None), True

    def _readings_of(self, day: date, posts: Sequence[PostRef]) -> Iterator[Reading]:
        is_new = True
        try:
            rows = self._cube("getarticletotaldetail", day, day)
        except Refused as error:
            if isinstance(error, NotPermitted) or number(error.code) not in NO_SUCH_DATA:
                raise
            if last_ready_day(self._now()) - day > TOLD_FOR_OLD:
                return
            is_new, rows = False, self._cube("getarticletotal", day, day)
        for post in posts:
            told = _row_of(post, rows)
            if told is not None:
                yield self._reading(post, told) if is_new else _old_reading(post, told)

    def _reading(self, post: PostRef, told: Mapping[str, Any]) -> Reading:
        rows = sorted(_details(told), key=lambda row: str(row.get("stat_date")))
        if not rows:
            return Reading(post.remote_id, extra={"raw": _cut(told)})
        is_daily = self._are_daily(rows)
        counters = {name: _total(rows, field, is_daily) for name, field in COUNTERS.items()}
        beside = {name: rows[-1][name] for name in BESIDE if name in rows[-1]}
        rates = {name: _rate(rows[-1][name]) for name in RATES if rows[-1].get(name) is not None}
        extra = {
            **beside,
            **rates,
            "stat_date": rows[-1].get("stat_date"),
            "reading": "days added" if is_daily else "sum to date",
            "publish_type": told.get("publish_type"),
            "raw": _cut(told),
        }
        return Reading(post.remote_id, **counters, extra=extra)

    def _are_daily(self, rows: Sequence[Mapping[str, Any]]) -> bool:
        """Say whether the rows are single days rather than sums to date, as the documents have it.

        Readers to date never become fewer, so rows that fall prove single days; that is remembered
        for the account, because the rows of another article may happen to rise.
        """
        readers = [value for row in rows if (value := _count(row, "read_user")) is not None]
        if any(later < earlier for earlier, later in zip(readers, readers[1:], strict=False)):
            self._daily_rows = True
        return self._daily_rows or bool(self._account.known.get("daily_rows"))

    def _cube(self, name: str, begin: date, end: date) -> list[dict[str, Any]]:
        body = {"begin_date": begin.isoformat(), "end_date": end.isoformat()}
        told = self._wire.post(f"datacube/{name}", body, purpose="read")
        return rows_of(told.get("list"))


def last_ready_day(now: datetime) -> date:
    """Return the last day of which the platform has finished the figures."""
    here = now.astimezone(BEIJING)
    is_early = (here.hour, here.minute) < (READY_HOUR, READY_MINUTE)
    return here.date() - timedelta(days=2 if is_early else 1)


def until_ready_s(now: datetime) -> float:
    """Return the seconds until the platform has finished another day."""
    here = now.astimezone(BEIJING)
    ready = here.replace(hour=READY_HOUR, minute=READY_MINUTE, second=0, microsecond=0)
    return ((ready if ready > here else ready + timedelta(days=1)) - here).total_seconds()


def _row_of(post: PostRef, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return what is told of a post: by the number of its send and its place in it, else by its title."""
    send, place = number(post.data.get("msg_data_id")), max(number(post.data.get("index")), 1)
    wanted = {str(post.data.get("msgid") or ""), f"{send}_{place}" if send else ""} - {""}
    found = next((row for row in rows if str(row.get("msgid")) in wanted), None)
    if found is not None or not post.title:
        return found
    same = [row for row in rows if " ".join(str(row.get("title") or "").split()) == " ".join(post.title.split())]
    return same[0] if len(same) == 1 else None


def _details(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return rows_of(told.get("detail_list") or told.get("details"))


def _total(rows: Sequence[Mapping[str, Any]], field: str, is_daily: bool) -> int | None:
    known = [value for row in rows if (value := _count(row, field)) is not None]
    if not known:
        return None
    return sum(known) if is_daily else known[-1]


def _old_reading(post: PostRef, told: Mapping[str, Any]) -> Reading:
    rows = sorted(_details(told), key=lambda row: str(row.get("stat_date")))
    counters = {name: _total(rows, field, is_daily=False) for name, field in OLD_COUNTERS.items()}
    extra: dict[str, Any] = {"reading": "older figures, sum to date", "raw": _cut(told)}
    if rows:
        extra["stat_date"] = rows[-1].get("stat_date")
    return Reading(post.remote_id, **counters, extra=extra)


def _account_day(
    day: date,
    total: Mapping[str, Any] | None,
    sources: Sequence[Mapping[str, Any]],
    reads: Mapping[str, Any] | None,
) -> AccountDayReading | None:
    mine = [row for row in sources if row.get("ref_date") == day.isoformat()]
    if total is None and not mine and reads is None:
        return None
    won = [value for row in mine if (value := _count(row, "new_user")) is not None]
    lost = [value for row in mine if (value := _count(row, "cancel_user")) is not None]
    by_source = {str(row.get("user_source")): _count(row, "new_user") for row in mine}
    return AccountDayReading(
        day,
        followers=_count(total, "cumulate_user") if total else None,
        new_followers=sum(won) if won else None,
        lost_followers=sum(lost) if lost else None,
        views=_count(reads, "read_user") if reads else None,
        extra={"new_by_source": by_source, **({"raw": _cut(reads)} if reads else {})},
    )


def _count(row: Mapping[str, Any], field: str) -> int | None:
    """Return a counter; what is missing or no number is not told, never 0."""
    told = str(row.get(field)).strip()
    return number(told) if re.fullmatch(r"-?\d{1,15}", told) else None


def _rate(value: Any) -> float | None:
    """Return a share as a fraction; some accounts are told 0.42, others 42.0."""
    try:
        rate = float(value)
    except (TypeError, ValueError):
        return None
    if not math.isfinite(rate):
        return None
    return round(rate / 100 if rate > 1 else rate, 6)


def _cut(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)[:RAW_MAX]
