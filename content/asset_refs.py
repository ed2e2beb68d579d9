"""How text refers to the media library, and which assets a piece shows."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from content import markdown
from content.models import Asset, ContentItem, Variant
from content.models.variant import VariantImage
from mediaops.models import Workspace

_PATH = re.compile(r"/w/(?P<workspace>[a-z0-9-]+)/assets/(?P<pk>\d{1,18})/file/?")


def asset_path(asset: Asset, workspace: Workspace) -> str:
    """Return the path by which text refers to an asset."""
    return reverse("content:asset-file", args=[workspace.slug, asset.pk])


def asset_id(src: str, workspace: Workspace) -> int | None:
    """Return the id that a picture's address names, or None when it is not of this workspace."""
    try:
        parts = urlsplit(src)
    except ValueError:
        return None
    found = _PATH.fullmatch(parts.path)
    is_ours = not parts.netloc or src.startswith(f"{settings.SITE_URL}/")
    if found is None or not is_ours or found["workspace"] != workspace.slug:
        return None
    return int(found["pk"])


def assets_by_id(workspace: Workspace, ids: Iterable[int]) -> dict[int, Asset]:
    """Return the workspace's assets among `ids`; foreign and removed ones are missing from it."""
    rows = Asset.objects.in_workspace(workspace).filter(pk__in=set(ids), removed_at=None)
    return {asset.pk: asset for asset in rows}


def shown_ids(workspace: Workspace, *texts: str) -> list[int]:
    """Return the ids of the assets that the texts show, in order of use, each once."""
    named = (asset_id(src, workspace) for text in texts for src, _alt in markdown.images(text))
    return list(dict.fromkeys(pk for pk in named if pk is not None))


def used_assets(item: ContentItem) -> list[Asset]:
    """Return every asset that the item or one of its variants shows: cover, bodies, own pictures, videos."""
    variants = list(Variant.objects.filter(item=item))
    ids = shown_ids(item.workspace, item.body, *(variant.body for variant in variants))
    ids += VariantImage.objects.filter(variant__in=variants).values_list("asset_id", flat=True)
    ids += [pk for pk in (item.cover_id, item.video_id, *(row.video_id for row in variants)) if pk]
    return list(assets_by_id(item.workspace, ids).values())
