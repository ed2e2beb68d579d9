"""The fingerprint of what reviewers saw."""

import hashlib
import json

from content import asset_refs
from content.models import ContentItem, Variant


def digest(item: ContentItem) -> str:
    """Return a sha256 in hex over everything that goes out: item, variants, files.

    Saved rows are read anew, so the answer does not depend on what the caller holds. Who owns the
    piece, its pillar, campaign and times are not part of it; order of variants is not either.
    """
    row = ContentItem.objects.select_related("workspace").get(pk=item.pk)
    seen = {
        "item": [row.title, row.summary, row.body, row.cover_id, list(row.tags)],
        "variants": _variants(row),
        "files": sorted([asset.pk, asset.sha256, asset.alt_text] for asset in asset_refs.used_assets(row)),
    }
    return hashlib.sha256(json.dumps(seen, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _variants(item: ContentItem) -> list[list[object]]:
    rows = Variant.objects.filter(item=item).prefetch_related("picks", "companions").order_by("account_id")
    return [
        [
            row.account_id, row.title, row.summary, row.body, row.options,
            row.own_images, [pick.asset_id for pick in row.picks.all()] if row.own_images else [],
            *([[each.companion_id for each in row.companions.all()]] if row.companions.all() else []),
        ]
        for row in rows
    ]  # fmt: skip
