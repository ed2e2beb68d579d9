"""Bringing videos and pictures to Douyin before a post is made of them.

Up to 50 MB a video goes in one call; larger ones in parts of 20 MB, which a later attempt goes on
with (above 128 MB the platform demands parts; the least size of a part is 5 MB).
"""

from typing import Any

from mediaops.lib.said import said as _
from platforms.connectors.douyin.client import API, Client
from platforms.connectors.errors import NothingSent, Refused
from platforms.connectors.outgoing import OutgoingImage, OutgoingVideo, Upload

AT_ONCE_BYTES = 50_000_000
PART_BYTES = 20 * 1024 * 1024
PART_TRIES = 2
UPLOAD_S = 180.0


def upload_video(client: Client, video: OutgoingVideo, upload: Upload) -> str:
    """Bring the video there and return its `video_id`; goes on where an earlier attempt was cut.

    What is kept: `of` (which file), `upload_id`, `parts` (how many arrived), `video_id`.
    """
    known = upload.known
    mark = f"{video.ref}#{video.size_bytes}"
    if known.get("of") != mark:
        known = {"of": mark, "upload_id": "", "parts": 0, "video_id": ""}
        upload.progress(0, video.size_bytes)
        upload.keep(**known)
    video_id = str(known.get("video_id") or "")
    if not video_id:
        is_small = video.size_bytes <= AT_ONCE_BYTES
        video_id = _whole(client, video) if is_small else _in_parts(client, video, upload)
        upload.keep(video_id=video_id)
    upload.progress(video.size_bytes, video.size_bytes)
    return video_id


def forget(upload: Upload) -> None:
    """A video may be used for one post only: the next attempt uploads it anew."""
    upload.keep(upload_id="", parts=0, video_id="", images={})


def upload_images(client: Client, images: tuple[OutgoingImage, ...], upload: Upload) -> list[str]:
    """Bring the pictures there and return their `image_id`s; those that arrived earlier are not sent again."""
    known: dict[str, str] = dict(upload.known.get("images") or {})
    total, done = sum(image.size_bytes for image in images), 0
    upload.progress(0, total)
    found = []
    for image in images:
        mark = f"{image.ref}#{image.size_bytes}"
        if mark not in known:
            known[mark] = upload_image(client, image)
            upload.keep(images=known)
        found.append(known[mark])
        done += image.size_bytes
        upload.progress(done, total)
    return found


def upload_image(client: Client, image: OutgoingImage) -> str:
    """Bring one picture there and return its `image_id`."""
    files = {"image": (_plain(image.mime), image.read(), image.mime)}
    told = client.prepare(f"{API}/upload_image/", params={}, files=files, read_s=UPLOAD_S)
    return _id_in(told.get("image"), "image_id")


def parts_of(size_bytes: int) -> list[tuple[int, int]]:
    """Return (start, length) of each part; the last takes the rest, so that none is below the least size."""
    count = max(size_bytes // PART_BYTES, 1)
    starts = [number * PART_BYTES for number in range(count)]
    return [(start, (size_bytes if start == starts[-1] else start + PART_BYTES) - start) for start in starts]


def _whole(client: Client, video: OutgoingVideo) -> str:
    with video.open() as content:
        files = {"video": (_plain(video.mime), content, video.mime)}
        told = client.prepare(f"{API}/upload_video/", params={}, files=files, read_s=UPLOAD_S)
    return _id_in(told.get("video"), "video_id")


def _in_parts(client: Client, video: OutgoingVideo, upload: Upload) -> str:
    """Send the parts that are missing; an upload that the platform no longer knows is begun anew, once."""
    if upload_id := str(upload.known.get("upload_id") or ""):
        try:
            return _send_parts(client, video, upload, upload_id, int(upload.known.get("parts") or 0))
        except Refused:
            upload.keep(upload_id="", parts=0)
    upload.progress(0, video.size_bytes)
    told = client.prepare(f"{API}/init_video_part_upload/", params={}, json={})
    upload_id = _id_in(told, "upload_id")
    upload.keep(upload_id=upload_id, parts=0)
    return _send_parts(client, video, upload, upload_id, 0)


def _send_parts(client: Client, video: OutgoingVideo, upload: Upload, upload_id: str, arrived: int) -> str:
    with video.open() as content:
        for number, (start, length) in enumerate(parts_of(video.size_bytes), start=1):
            if number <= arrived:
                continue
            content.seek(start)
            _send_part(client, upload_id, number, content.read(length), video.mime)
            upload.keep(parts=number)
            # the last step is left open until the platform has put the parts together
            upload.progress(min(start + length, video.size_bytes - 1), video.size_bytes)
    told = client.prepare(
        f"{API}/complete_video_part_upload/", params={"upload_id": upload_id}, json={}, read_s=UPLOAD_S
    )
    return _id_in(told.get("video"), "video_id")


def _send_part(client: Client, upload_id: str, number: int, content: bytes, mime: str) -> None:
    for left in reversed(range(PART_TRIES)):
        try:
            client.prepare(
                f"{API}/upload_video_part/",
                params={"upload_id": upload_id, "part_number": number},
                files={"video": (_plain(mime), content, mime)},
                read_s=UPLOAD_S,
            )
            return
        except NothingSent as error:
            if not left or error.wait_s is not None:
                raise


def _plain(mime: str) -> str:
    """A plain ASCII file name; nobody sees it."""
    return mime.replace("/", ".")


def _id_in(told: Any, name: str) -> str:
    found = told.get(name) if isinstance(told, dict) else None
    if not found:
        raise Refused(_("Douyin took the file but did not say what it is called there."), raw=repr(told)[:500])
    return str(found)
