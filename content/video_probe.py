"""Look into one video file and print what it is as JSON; run as a program, see `content/videos.py`.

It imports nothing of the product, so that what happens to it happens to nobody else.
"""

import base64
import io
import json
import resource
import sys

import av

MEMORY_BYTES = 2_000_000_000
CPU_S = 15
SIDE_MAX = 8192
THUMB_SIDE = 480
FRAMES_MAX = 300
"""So many frames are decoded for one that can be shown."""


def main(path: str) -> None:
    """Print `{width, height, seconds, thumbnail}` or `{problem}`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    av.logging.set_level(None)
    try:
        told = look(path)
    except Exception as error:  # noqa: BLE001 - FFmpeg's errors are many; each means that it cannot be read
        told = {"problem": type(error).__name__}
    sys.stdout.write(json.dumps(told))


def look(path: str) -> dict[str, object]:
    """Open the file by its content only: no playlists, no other protocols than the file itself."""
    options = {"protocol_whitelist": "file", "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm"}
    with av.open(path, options=options, metadata_errors="replace") as container:
        if not container.streams.video:
            return {"problem": "none" if container.streams.audio else "empty"}
        stream = container.streams.video[0]
        seconds = container.duration / av.time_base if container.duration else 0.0
        if not seconds and stream.duration and stream.time_base:
            seconds = float(stream.duration * stream.time_base)
        if not 0 < stream.width <= SIDE_MAX or not 0 < stream.height <= SIDE_MAX:
            return {"problem": "size"}
        frame = shown_frame(container, stream, seconds)
        picture = frame.to_image()
        turn = int(getattr(frame, "rotation", 0) or 0)
        if turn % 360:
            picture = picture.rotate(turn, expand=True)
        width, height = picture.size
        picture.thumbnail((THUMB_SIDE, THUMB_SIDE))
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=80)
        thumbnail = base64.b64encode(out.getvalue()).decode()
        return {"width": width, "height": height, "seconds": max(seconds, 0.0), "thumbnail": thumbnail}


def shown_frame(container, stream, seconds):
    """Return a frame one second in, or a tenth of a short video: the first is often black."""
    wanted = min(1.0, seconds / 10)
    last = None
    for count, frame in enumerate(container.decode(stream)):
        last = frame
        if count >= FRAMES_MAX or (frame.time or 0.0) >= wanted:
            break
    if last is None:
        raise ValueError("no frame")
    return last


if __name__ == "__main__":
    main(sys.argv[1])
