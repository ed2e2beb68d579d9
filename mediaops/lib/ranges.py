"""Parts of files: what a player asks for when somebody jumps to the middle of a video (RFC 9110, 14)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from django.http import FileResponse, HttpResponse, StreamingHttpResponse

CHUNK = 256 * 1024
_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def ranged(request: Any, stored: Any, mime: str, *, headers: Mapping[str, str] | None = None) -> Any:
    """Return the open file as an answer: whole, or as 206 the one part that `Range` asks for.

    Several parts at once, or what is no range, are answered with the whole file, as the RFC allows;
    a part beyond the end is 416.
    """
    size = stored.size
    asked = _ONE.fullmatch(request.headers.get("Range", "").strip())
    if asked is None or asked.group() == "bytes=-":
        whole = FileResponse(stored, content_type=mime, headers={"Accept-Ranges": "bytes", **(headers or {})})
        whole.headers["Content-Length"] = str(size)
        return whole
    first, last = _bounds(asked[1], asked[2], size)
    if first > last or first >= size:
        stored.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    answer = StreamingHttpResponse(_part(stored, first, last), status=206, content_type=mime, headers=headers)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer.headers["Content-Length"] = str(last - first + 1)
    return answer


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last so many bytes
        return max(size - int(last), 0), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _part(stored: BinaryIO, first: int, last: int) -> Iterator[bytes]:
    with stored:
        stored.seek(first)
        left = last - first + 1
        while left > 0 and (piece := stored.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
