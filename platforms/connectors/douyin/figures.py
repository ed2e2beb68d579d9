"""Counters in real time, and the platform's daily figures."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from platforms.connectors.douyin.client import count, moment, number
from platforms.connectors.douyin.items import Items
from platforms.connectors.douyin.spec import ITEM_FIGURES, TALKED_ABOUT, USER_FIGURES
from platforms.connectors.errors import NotPermitted
from platforms.connectors.remote import AccountReading, PostRef, Reading
from platforms.connectors.told import fields, rows


class Figures(Items):
    """Figures of posts and of the account, as far as its scopes reach."""

    def post_readings(self, posts: Sequence[PostRef]) -> Iterator[Reading]:
        """Yield counters in real time, and in `extra` the platform's daily figures of posts up to 30 days old."""
        asked = {post.remote_id: post for post in posts}
        for item in self._items(list(asked)):
            post = asked.get(str(item.get("item_id")))
            if post is not None:
                yield self._reading(post, item)

    def account_reading(self) -> AccountReading:
        """Return followers and posts by the newest daily row; the days themselves are in `extra`.

        The platform tells them only for accounts with at least 1,000 followers, from the day after.
        """
        if not USER_FIGURES & self._client.scopes:
            return AccountReading()
        days: dict[str, dict[str, int | None]] = {}
        for kind in ("fans", "item", "like", "comment", "share", "profile"):
            for row in self._days(f"data/external/user/{kind}/", date_type=7):
                days.setdefault(str(row["date"]), {}).update(
                    {name: count(value) for name, value in row.items() if name != "date"}
                )
        return AccountReading(
            followers=_newest(days, "total_fans"),
            posts=_newest(days, "total_issue"),
            extra={"days": days} if days else {},
        )

    def _reading(self, post: PostRef, item: Mapping[str, Any]) -> Reading:
        told = fields(item.get("statistics"))
        extra: dict[str, Any] = {
            name: count(told.get(name)) for name in ("download_count", "forward_count") if told.get(name) is not None
        }
        made_at = moment(item.get("create_time")) if item.get("create_time") else post.published_at
        age = datetime.now(UTC) - made_at if made_at else None
        if age is not None and timedelta(days=1) <= age <= TALKED_ABOUT and ITEM_FIGURES & self._client.scopes:
            extra |= self._daily(post.remote_id)
        return Reading(
            remote_id=post.remote_id,
            views=count(told.get("play_count")),
            likes=count(told.get("digg_count")),
            comments=count(told.get("comment_count")),
            shares=count(told.get("share_count")),
            extra=extra,
        )

    def _daily(self, item_id: str) -> dict[str, Any]:
        """The figures by day; a grant that was taken back leaves them out."""
        try:
            base = self._client.read("data/external/item/base/", item_id=item_id).get("result")
            found = {name: number(value) for name, value in base.items()} if isinstance(base, dict) else {}
            days: dict[str, dict[str, int | None]] = {}
            for kind in ("play", "like", "comment", "share"):
                for row in self._days(f"data/external/item/{kind}/", item_id=item_id, date_type=30):
                    days.setdefault(str(row["date"]), {})[kind] = count(row.get(kind))
        except NotPermitted:
            return {}
        return {**{name: value for name, value in found.items() if value is not None}, "days": days}

    def _days(self, path: str, **params: Any) -> list[dict[str, Any]]:
        return [row for row in rows(self._client.read(path, **params).get("result_list")) if row.get("date")]


def _newest(days: Mapping[str, Mapping[str, int | None]], name: str) -> int | None:
    """Return the value of the last day that tells it."""
    return next((days[day][name] for day in sorted(days, reverse=True) if days[day].get(name) is not None), None)
