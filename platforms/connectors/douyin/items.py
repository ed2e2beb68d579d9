"""Posts as Douyin tells them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from platforms.connectors.douyin.client import API, Client, count, is_on, moment
from platforms.connectors.remote import RemotePost
from platforms.connectors.told import rows

PAGE, PAGES_MAX, ITEMS_PER_CALL = 20, 500, 20


class Items:
    """What the parts of the connector share: its client, and asking for posts by id or from the newest on."""

    _client: Client

    def _items(self, ids: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for start in range(0, len(ids), ITEMS_PER_CALL):
            asked = {"item_ids": ids[start : start + ITEMS_PER_CALL]}
            found += rows(self._client.read(f"{API}/video_data/", json=asked).get("list"))
        return found

    def _own_items(self, since: datetime) -> Iterator[dict[str, Any]]:
        """Yield our items since then, newest first; pinned ones come first whatever their age."""
        cursor: Any = 0
        for _page in range(PAGES_MAX):
            told = self._client.read(f"{API}/video_list/", cursor=cursor, count=PAGE)
            found = [row for row in rows(told.get("list")) if row.get("item_id")]
            for item in found:
                if moment(item.get("create_time")) >= since:
                    yield item
                elif not is_on(item.get("is_top")):
                    return
            if not found or not is_on(told.get("has_more")) or told.get("cursor") in (None, cursor):
                return
            cursor = told["cursor"]


def remote_of(item: Mapping[str, Any]) -> RemotePost:
    """Read a post as Douyin lists it."""
    kind = {2: "images", 4: "video"}.get(count(item.get("media_type")) or 0, "video")
    return RemotePost(
        remote_id=str(item.get("item_id") or ""),
        url=str(item.get("share_url") or ""),
        published_at=moment(item.get("create_time")),
        text=str(item.get("title") or ""),
        kind=kind,
    )


def status_of(item: Mapping[str, Any]) -> int:
    """Return the `video_status`, 0 where Douyin does not say."""
    return count(item.get("video_status")) or 0
