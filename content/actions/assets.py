"""Keeping the media library."""

import hashlib
import logging
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import IO
from urllib.parse import unquote, urlsplit

import httpx
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content import asset_refs, videos
from content.actions.reviewing import withdraw_if_changed
from content.models import Asset, ContentItem
from content.models.asset import AssetKind
from content.pictures import MAX_BYTES, Picture, PictureRefused, read_picture
from mediaops.actions.activity import record
from mediaops.errors import WrongState
from mediaops.lib import outward
from mediaops.models import Membership
from platforms.limits import megabytes

log = logging.getLogger(__name__)
FETCH_S = 20.0


@dataclass(frozen=True)
class Added:
    """An asset that was asked for. `is_duplicate`: the library already had these bytes."""

    asset: Asset
    is_duplicate: bool = False


class StillUsed(WrongState):
    """The asset is shown somewhere; `items` are the pieces."""

    code = "still_used"

    def __init__(self, sentence: object, items: list[ContentItem]) -> None:
        super().__init__(sentence)
        self.items = items


def add_asset(file: IO[bytes], name: str, *, alt_text: str = "", by: Membership, now: datetime) -> Added:
    """Take a file into the library, or return the asset that holds the same bytes already.

    Type, size and pixels are judged by the bytes; raises PictureRefused or VideoRefused with the
    reason. A video is never held in memory as a whole.
    """
    head = file.read(videos.HEAD_BYTES)
    file.seek(0)
    if mime := videos.type_of(head):
        return _add_video(file, name, mime, alt_text=alt_text, by=by, now=now)
    return _keep(read_picture(file.read(MAX_BYTES + 1)), name, alt_text=alt_text, by=by, now=now)


def fetch_asset(
    url: str, *, alt_text: str = "", by: Membership, now: datetime, http: httpx.Client | None = None
) -> Added:
    """Take the picture at a public address into the library.

    Private addresses are refused (`mediaops.lib.outward`); reading stops at the size limit.
    """
    with http or outward.client(follow_redirects=True, timeout=FETCH_S, max_redirects=3) as client:
        data = _download(client, url)
    name = unquote(PurePosixPath(urlsplit(url).path).name)
    return _keep(read_picture(data), name, alt_text=alt_text, by=by, now=now)


def describe(asset: Asset, *, name: str, alt_text: str, by: Membership, now: datetime) -> Asset:
    """Give the asset another name or alternative text.

    A changed description goes out with the picture, so approvals of pieces that show it are
    looked at again.
    """
    was = (asset.name, asset.alt_text)
    asset.name, asset.alt_text = _tidy(name) or asset.name, alt_text.strip()
    if was == (asset.name, asset.alt_text):
        return asset
    asset.save(update_fields=["name", "alt_text"])
    record(by=by, verb="asset.described", subject=asset)
    if was[1] != asset.alt_text:
        _withdraw_where_shown(asset, by=by, now=now)
    return asset


def remove(asset: Asset, *, by: Membership, now: datetime, even_if_used: bool = False) -> Asset:
    """Take the asset out of the library; raises StillUsed while a piece shows it.

    With `even_if_used` it goes anyway; the pieces then say that a picture is missing. The bytes
    stay, so that older versions of a piece can still be read.
    """
    items = list(where_used(asset))
    if items and not even_if_used:
        text = ngettext(
            "“%(name)s” is shown in %(count)s piece. Take it out there first, or remove it anyway.",
            "“%(name)s” is shown in %(count)s pieces. Take it out there first, or remove it anyway.",
            len(items),
        )
        raise StillUsed(text % {"name": asset.name, "count": len(items)}, items)
    Asset.objects.filter(pk=asset.pk).update(removed_at=now)
    asset.removed_at = now
    record(by=by, verb="asset.removed", subject=asset, shown_in=len(items))
    _withdraw_where_shown(asset, by=by, now=now)
    return asset


def where_used(asset: Asset) -> "QuerySet[ContentItem]":
    """Return the current pieces that show the asset: as cover, in a text, as its video, or picked for an account."""
    path = f"/assets/{asset.pk}/file"
    shown = (
        Q(cover=asset)
        | Q(assets=asset)
        | Q(body__contains=path)
        | Q(variants__body__contains=path)
        | Q(variants__picks__asset=asset)
        | Q(video=asset)
        | Q(variants__video=asset)
    )
    return ContentItem.objects.in_workspace(asset.workspace_id).current().filter(shown).distinct()


def keep_use(item: ContentItem) -> None:
    """Bring the item's where-used list in line with what it and its variants show."""
    item.assets.set(asset_refs.used_assets(item))


def _keep(picture: Picture, name: str, *, alt_text: str, by: Membership, now: datetime) -> Added:
    sha256 = hashlib.sha256(picture.data).hexdigest()
    known = Asset.objects.in_workspace(by.workspace).filter(sha256=sha256).first()
    if known is not None:
        return _bring_back(known, by=by)
    stem = _stem(by)
    asset = Asset(
        file=default_storage.save(f"{stem}.{picture.extension}", ContentFile(picture.data)),
        thumbnail=default_storage.save(f"{stem}.thumb.webp", ContentFile(picture.thumbnail)),
        name=_file_name(name, picture.extension),
        mime=picture.mime,
        size_bytes=len(picture.data),
        width=picture.width,
        height=picture.height,
        sha256=sha256,
        alt_text=alt_text,
    )
    return _save(asset, by=by, now=now)


def _add_video(file: IO[bytes], name: str, mime: str, *, alt_text: str, by: Membership, now: datetime) -> Added:
    with _on_disk(file) as (path, stored):
        size_bytes = Path(path).stat().st_size
        videos.refuse_by_size(size_bytes)
        with Path(path).open("rb") as bytes_read:
            sha256 = hashlib.file_digest(bytes_read, "sha256").hexdigest()
        known = Asset.objects.in_workspace(by.workspace).filter(sha256=sha256).first()
        if known is not None:
            return _bring_back(known, by=by)
        video, stem = videos.read_video(path, mime), _stem(by)
        asset = Asset(
            kind=AssetKind.VIDEO,
            file=default_storage.save(f"{stem}.{video.extension}", stored),
            thumbnail=default_storage.save(f"{stem}.thumb.webp", ContentFile(video.thumbnail)),
            name=_file_name(name, video.extension),
            mime=mime,
            size_bytes=size_bytes,
            width=video.width,
            height=video.height,
            seconds=video.seconds,
            sha256=sha256,
            alt_text=alt_text,
        )
        return _save(asset, by=by, now=now)


@contextmanager
def _on_disk(file: IO[bytes]) -> Iterator[tuple[str, File]]:
    """Give the path at which the uploaded bytes lie, and the file to store; copies what is in memory only."""
    if isinstance(file, TemporaryUploadedFile):
        yield file.temporary_file_path(), file
        return
    with NamedTemporaryFile(suffix=".upload") as copy:
        shutil.copyfileobj(file, copy, 1 << 20)
        copy.flush()
        copy.seek(0)
        yield copy.name, File(copy)


def _stem(by: Membership) -> str:
    return f"{by.workspace_id}/assets/{secrets.token_urlsafe(24)}"


def _save(asset: Asset, *, by: Membership, now: datetime) -> Added:
    """Write the row of stored files; when somebody was faster with the same bytes, theirs counts."""
    asset.workspace, asset.made_by, asset.made_at = by.workspace, by, now
    asset.alt_text = asset.alt_text.strip()[:1000]
    try:
        with transaction.atomic():
            asset.save()
            record(by=by, verb="asset.added", subject=asset)
    except IntegrityError:  # somebody uploaded the same bytes in the same moment
        default_storage.delete(str(asset.file.name))
        default_storage.delete(str(asset.thumbnail.name))
        return Added(Asset.objects.in_workspace(by.workspace).get(sha256=asset.sha256), is_duplicate=True)
    log.info("asset %s added, %s bytes", asset.pk, asset.size_bytes)
    return Added(asset)


def _bring_back(asset: Asset, *, by: Membership) -> Added:
    if asset.removed_at is not None:
        Asset.objects.filter(pk=asset.pk).update(removed_at=None)
        asset.removed_at = None
        record(by=by, verb="asset.restored", subject=asset)
    return Added(asset, is_duplicate=True)


def _withdraw_where_shown(asset: Asset, *, by: Membership, now: datetime) -> None:
    for item in where_used(asset):
        withdraw_if_changed(item, by=by, now=now)


def _download(client: httpx.Client, url: str) -> bytes:
    data = bytearray()
    try:
        with client.stream("GET", url, headers={"Accept": "image/*"}) as answer:
            if answer.status_code >= 400:
                text = _("The address answered %(status)s instead of a picture. Check it in a browser.")
                raise PictureRefused(text % {"status": answer.status_code})
            for chunk in answer.iter_bytes():
                data += chunk
                if len(data) > MAX_BYTES:
                    text = _("The picture at this address is larger than %(limit)s. Use a smaller one.")
                    raise PictureRefused(text % {"limit": megabytes(MAX_BYTES)})
    except httpx.TimeoutException:
        raise PictureRefused(_("The address did not answer in time. Try again, or upload the file.")) from None
    except (httpx.HTTPError, httpx.InvalidURL):
        raise PictureRefused(_("The picture could not be fetched. Check the address, or upload the file.")) from None
    return bytes(data)


def _file_name(name: str, extension: str) -> str:
    """Return a readable name that ends as the type says, whatever the uploader called it."""
    tidy = _tidy(name)
    stem = re.sub(r"\.(jpe?g|png|gif|webp|mp4|m4v|mov|webm|mkv|exe|bin|dat|tmp)$", "", tidy, flags=re.IGNORECASE)
    kind = _("Video") if extension in videos.KINDS.values() else _("Picture")
    return f"{(stem or kind)[:190]}.{extension}"


def _tidy(name: str) -> str:
    last = re.split(r"[\\/]", name)[-1]
    return "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()[:200]
