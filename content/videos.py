"""Video files: what they are, told by their bytes and by FFmpeg in a process of its own.

The demuxers and decoders that look into a file are large and written in C. A hostile file may make
them hang, swell or crash, so they run in a child with a clock, a ceiling of memory and no way to the
database (`content/video_probe.py`); the web process waits for it at most `PROBE_S` seconds.
"""

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from content.pictures import HEIC, PROGRAMS
from mediaops.errors import UserError
from platforms.limits import megabytes

PROBE_S = 20.0
HEAD_BYTES = 4096
KINDS = {"video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm", "video/x-matroska": "mkv"}
_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_STILL = HEIC | {b"avif", b"avis"}


class VideoRefused(UserError):
    """The file cannot be taken into the library; the text says why and what to do."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "video_refused"


@dataclass(frozen=True)
class Video:
    """What a video is: its type, size in pixels as shown, length, and one frame as WebP."""

    mime: str
    width: int
    height: int
    seconds: float
    thumbnail: bytes

    @property
    def extension(self) -> str:
        return KINDS[self.mime]


def type_of(head: bytes) -> str:
    """Return the video type that the first bytes tell, "" when they are no video's.

    ISO base media (MP4, QuickTime) names a brand after `ftyp`; old QuickTime files begin with another
    atom. Matroska and WebM begin with an EBML header that names the document's type.
    """
    if head[4:8] == b"ftyp":
        return "" if head[8:12] in _STILL else ("video/quicktime" if head[8:12] == b"qt  " else "video/mp4")
    if head[4:8] in _ATOMS and not head.startswith(PROGRAMS):
        return "video/quicktime"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    return ""


def refuse_by_size(size_bytes: int) -> None:
    """Raise VideoRefused for a file that is larger than the library takes (`settings.VIDEO_MAX_BYTES`)."""
    if size_bytes > settings.VIDEO_MAX_BYTES:
        text = _("The video is %(value)s; the library takes up to %(limit)s. Make it smaller and upload it again.")
        words = {"value": megabytes(size_bytes), "limit": megabytes(settings.VIDEO_MAX_BYTES)}
        raise VideoRefused(text % words)


def read_video(path: str, mime: str) -> Video:
    """Return what the file at `path` is, or raise VideoRefused; takes `PROBE_S` seconds at most."""
    told = _probe(path)
    if told.get("problem") == "none":
        raise VideoRefused(_("There are no pictures in this file, only sound. Upload a video."))
    if "problem" in told:
        raise VideoRefused(_("The video is damaged or of a kind we cannot read. Export it as MP4 and upload that."))
    return Video(
        mime=mime,
        width=int(told["width"]),
        height=int(told["height"]),
        seconds=round(float(told["seconds"]), 3),
        thumbnail=base64.b64decode(told["thumbnail"]),
    )


def _probe(path: str) -> dict[str, Any]:
    child = [sys.executable, "-I", str(Path(__file__).with_name("video_probe.py")), path]
    try:
        done = subprocess.run(child, capture_output=True, timeout=PROBE_S, check=False, env={})  # noqa: S603 - our own file
    except subprocess.TimeoutExpired:
        raise VideoRefused(
            _("The video could not be read in time. Export it as MP4 (H.264) and upload that.")
        ) from None
    try:
        told = json.loads(done.stdout)
    except ValueError:  # it crashed, or ran out of memory
        return {"problem": "crashed"}
    return told if isinstance(told, dict) else {"problem": "crashed"}
