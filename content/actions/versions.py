"""Keeping what was written."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from content.models import ContentItem, ItemVersion, Variant
from content.models.version import Reason
from mediaops.models import Membership

ONE_SITTING = timedelta(minutes=10)
"""While one person writes, a version is kept at most this often."""

TEXT_FIELDS = ("title", "summary", "body", "tags")


def take(item: ContentItem, *, reason: str, by: Membership | None, now: datetime, **texts: Any) -> ItemVersion:
    """Keep the text of `item` as it stands. `texts` replace its own: for words that were never saved.

    A text that is the last version already is not kept twice.
    """
    last = ItemVersion.objects.filter(item=item).order_by("-number").first()
    wanted = {name: texts.get(name, getattr(item, name)) for name in TEXT_FIELDS}
    if reason != Reason.ASIDE and last is not None and _says(last, wanted, item):
        return _renamed(last, reason)
    number = (ItemVersion.objects.filter(item=item).aggregate(last=Max("number"))["last"] or 0) + 1
    return ItemVersion.objects.create(
        item=item, number=number, revision=item.revision, cover_id=item.cover_id, video_id=item.video_id,
        variants=_variants(item), reason=reason, made_at=now, made_by=by, **wanted,
    )  # fmt: skip


def keep_before(item: ContentItem, *, by: Membership | None) -> ItemVersion | None:
    """Before `by` changes the text: keep what stands there, unless it is their own of the last ten minutes.

    `item` must be fresh from the database. The version bears the name and the time of who wrote it.
    """
    if not (item.title or item.summary or item.body):
        return None
    last = ItemVersion.objects.filter(item=item).order_by("-number").first()
    if last is not None and last.revision >= item.revision:
        return None
    kept_at = last.made_at if last else item.made_at
    is_own = item.changed_by_id == (by.pk if by else None)
    if is_own and item.changed_at - kept_at < ONE_SITTING:
        return None
    return take(item, reason=Reason.WRITING, by=item.changed_by or item.made_by, now=item.changed_at)


def _says(version: ItemVersion, wanted: dict[str, Any], item: ContentItem) -> bool:
    shown = (version.cover_id, version.video_id) == (item.cover_id, item.video_id)
    return shown and all(getattr(version, name) == wanted[name] for name in TEXT_FIELDS)


def _renamed(version: ItemVersion, reason: str) -> ItemVersion:
    """The same text may be written, then submitted, then approved: the last word counts."""
    if reason not in (version.reason, Reason.WRITING, Reason.RESTORED):
        ItemVersion.objects.filter(pk=version.pk).update(reason=reason)
        version.reason = reason
    return version


def _variants(item: ContentItem) -> list[dict[str, Any]]:
    return [
        {
            "account": row.account_id,
            "account_name": row.account.name,
            "title": row.title,
            "summary": row.summary,
            "body": row.body,
            "options": row.options,
            "video": row.video.name if row.video else "",
        }
        for row in Variant.objects.filter(item=item).select_related("account", "video")
    ]
