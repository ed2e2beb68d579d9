"""What a column may hold. The one place where a field's name, unit and words are defined; terms: docs/glossary.md.

Core counters become columns of the snapshots; every other figure goes to their `extra` under its name here. Rates,
lengths and stars are kept as told and never added.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from analytics.imports import numbers
from analytics.models.counters import COUNTERS

Unit = Literal["text", "moment", "day", "count", "change", "rate", "seconds", "amount"]

PARSERS: dict[str, Callable[[Any], Any]] = {
    "text": numbers.text,
    "moment": numbers.moment,
    "day": numbers.day,
    "count": numbers.count,
    "change": lambda cell: numbers.count(cell, may_fall=True),
    "rate": numbers.rate,
    "seconds": numbers.seconds,
    "amount": numbers.amount,
}


@dataclass(frozen=True)
class Field:
    """One thing a column can tell. `kinds` are the kinds of tables that have it."""

    name: str
    label: Any
    unit: Unit
    kinds: tuple[str, ...] = ("posts",)

    @property
    def parse(self) -> Callable[[Any], Any]:
        return PARSERS[self.unit]

    @property
    def is_figure(self) -> bool:
        return self.unit not in ("text", "moment", "day")


POSTS, DAYS = ("posts",), ("account_days",)
BOTH = ("posts", "account_days")

_ALL = (
    Field("title", _("Title"), "text", POSTS),
    Field("published_at", _("Published"), "moment", POSTS),
    Field("remote_id", _("The platform’s id of the post"), "text", POSTS),
    Field("url", _("Address"), "text", POSTS),
    Field("day", _("Day"), "day", DAYS),
    Field("followers", _("Followers"), "count", DAYS),
    Field("views", _("Views"), "count", BOTH),
    Field("likes", _("Likes"), "count", BOTH),
    Field("comments", _("Comments"), "count", BOTH),
    Field("shares", _("Shares"), "count", BOTH),
    Field("saves", _("Saves"), "count", BOTH),
    Field("clicks", _("Clicks"), "count", BOTH),
    Field("impressions", _("Impressions"), "count", BOTH),
    Field("readers", _("Readers"), "count", BOTH),
    Field("readers_share", _("Share of readers"), "rate", POSTS),
    Field("sharers", _("People who shared"), "count", BOTH),
    Field("savers", _("People who saved"), "count", BOTH),
    Field("source_visitors", _("People who opened the source"), "count", DAYS),
    Field("published", _("Posts published"), "count", DAYS),
    Field("plays", _("Plays"), "count", BOTH),
    Field("hearts", _("Hearts"), "count", BOTH),
    Field("recommends", _("Recommendations"), "count", POSTS),
    Field("forwards", _("Forwards to chats and moments"), "count", POSTS),
    Field("coins", _("Coins"), "count", POSTS),
    Field("danmaku", _("Bullet comments"), "count", POSTS),
    Field("profile_visits", _("Visits to the profile"), "count", BOTH),
    Field("followers_gained", _("Followers gained"), "count", BOTH),
    Field("followers_lost", _("Followers lost"), "count", BOTH),
    Field("followers_net", _("Net followers"), "change", BOTH),
    Field("active_followers", _("Active followers"), "count", DAYS),
    Field("loyal_followers", _("Loyal followers"), "count", DAYS),
    Field("follower_views", _("Views by followers"), "count", BOTH),
    Field("follower_impressions", _("Impressions to followers"), "count", BOTH),
    Field("completion_rate", _("Completion rate"), "rate", BOTH),
    Field("completion_5s_rate", _("Watched 5 seconds"), "rate", BOTH),
    Field("bounce_2s_rate", _("Left within 2 seconds"), "rate", BOTH),
    Field("bounce_3s_rate", _("Left within 3 seconds"), "rate", BOTH),
    Field("follower_bounce_3s_rate", _("Followers who left within 3 seconds"), "rate", POSTS),
    Field("guest_bounce_3s_rate", _("Guests who left within 3 seconds"), "rate", POSTS),
    Field("cover_click_rate", _("Clicks per cover shown"), "rate", BOTH),
    Field("cover_stars", _("Cover and title, in stars"), "amount", POSTS),
    Field("follower_click_stars", _("Clicks of followers, in stars"), "amount", POSTS),
    Field("guest_click_stars", _("Clicks of guests, in stars"), "amount", POSTS),
    Field("average_play_s", _("Average play, seconds"), "seconds", BOTH),
    Field("average_progress", _("Average progress"), "rate", POSTS),
    Field("guest_play_share", _("Plays by guests"), "rate", POSTS),
    Field("follower_view_rate", _("Followers who watched"), "rate", POSTS),
    Field("told_engagement_rate", _("Engagement rate, as told"), "rate", POSTS),
    Field("follower_engagement_rate", _("Engagement rate of followers"), "rate", POSTS),
    Field("guest_engagement_rate", _("Engagement rate of guests"), "rate", POSTS),
    Field("follow_rate", _("Plays that gained a follower"), "rate", POSTS),
    Field("like_rate", _("Likes per play"), "rate", POSTS),
    Field("comment_rate", _("Comments per play"), "rate", POSTS),
    Field("danmaku_rate", _("Bullet comments per play"), "rate", POSTS),
    Field("save_rate", _("Saves per play"), "rate", POSTS),
    Field("coin_rate", _("Coins per play"), "rate", POSTS),
    Field("share_rate", _("Shares per play"), "rate", POSTS),
    Field("delivered", _("Delivered to"), "count", POSTS),
    Field("message_views", _("Views of the message"), "count", POSTS),
    Field("message_readers", _("Readers of the message"), "count", POSTS),
    Field("delivered_read_rate", _("Read per delivered"), "rate", POSTS),
    Field("first_shares", _("First shares"), "count", POSTS),
    Field("first_sharers", _("People who shared first"), "count", POSTS),
    Field("first_share_rate", _("First share rate"), "rate", POSTS),
    Field("shared_views", _("Views through shares"), "count", POSTS),
    Field("shared_readers", _("Readers through shares"), "count", POSTS),
    Field("views_per_share", _("Views per share"), "amount", POSTS),
    Field("readers_per_share", _("Readers per share"), "amount", POSTS),
    Field("ringtones", _("Set as ringtone"), "count", POSTS),
    Field("statuses", _("Set as status"), "count", POSTS),
    Field("moments_covers", _("Set as moments cover"), "count", POSTS),
    Field("work_link_clicks", _("Clicks on the company’s link"), "count", POSTS),
    Field("work_link_clickers", _("People who clicked the company’s link"), "count", POSTS),
    Field("contact_adds", _("Times added to contacts"), "count", POSTS),
    Field("contact_adders", _("People who added it to contacts"), "count", POSTS),
)  # fmt: skip

FIELDS: dict[str, Field] = {one.name: one for one in _ALL}
IDENTITY = ("title", "published_at", "remote_id", "url")


def fields_of(kind: str) -> list[Field]:
    """Return what a table of this kind may hold, in the order that a person chooses from."""
    return [one for one in _ALL if kind in one.kinds]


_FIGURES = frozenset(one.name for one in _ALL if one.is_figure)
_COLUMNS = {"posts": frozenset(COUNTERS), "account_days": frozenset({"followers"})}


def split_figures(values: dict[str, Any], kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split told figures into columns of the snapshot and the rest, for `extra`; unknown ones are left out."""
    names = _COLUMNS[kind]
    columns: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for name, value in values.items():
        if value is not None and name in _FIGURES:
            (columns if name in names else extra)[name] = value
    return columns, extra
