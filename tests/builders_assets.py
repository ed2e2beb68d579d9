"""Pictures, videos and platforms for tests of the library, of composing and of checks."""

import hashlib
import io
import itertools

import av
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from content.models import Asset
from platforms.connectors import CONNECTORS
from platforms.connectors.spec import FormField, Limits, PlatformSpec

_numbers = itertools.count(1)
_CHOICES = (("open", "Open"), ("closed", "Closed"))

ARTICLE = PlatformSpec(
    key="paper",
    label="Paper",
    mark="P",
    mark_slot=1,
    body_format="article",
    limits=Limits(title_required=True, title_max=20),
    option_fields=(
        FormField(
            "visibility", "Visibility", "choice", choices=(("open", "Open"), ("closed", "Closed")), default="open"
        ),
    ),
)
NOTE = PlatformSpec(
    key="chirp",
    label="Chirp",
    mark="C",
    mark_slot=2,
    body_format="note",
    limits=Limits(text_max=30, images_max=2, min_gap_min=30, image_bytes_max=1_000_000),
)


class Paper:
    spec = ARTICLE


class Chirp:
    spec = NOTE


def open_platforms(monkeypatch):
    """Put the two platforms into the registry for one test."""
    monkeypatch.setitem(CONNECTORS, "paper", Paper)
    monkeypatch.setitem(CONNECTORS, "chirp", Chirp)


def picture(width=40, height=30, *, kind="PNG", colour=None, **save):
    """Return the bytes of a picture that no other call returns."""
    n = next(_numbers)
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour or (n % 256, n // 256 % 256, 90)).save(out, kind, **save)
    return out.getvalue()


def make_asset(workspace, **fields):
    data = fields.pop("data", None) or picture()
    name = default_storage.save("tests/picture.png", ContentFile(data))
    return Asset.objects.create(
        **{
            "workspace": workspace,
            "file": name,
            "name": f"Picture {next(_numbers)}.png",
            "mime": "image/png",
            "size_bytes": len(data),
            "width": 40,
            "height": 30,
            "sha256": hashlib.sha256(data).hexdigest(),
            "alt_text": "A tea field",
        }
        | fields
    )


def shown(asset):
    """Return the Markdown that shows the asset."""
    return f"![](/w/{asset.workspace.slug}/assets/{asset.pk}/file)"


def video(seconds=2.0, *, size=(64, 48), kind="mp4", codec="mpeg4", rate=10):
    """Return the bytes of a video that no other call returns."""
    n, out = next(_numbers), io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(round(seconds * rate)):
            frame = av.VideoFrame.from_image(Image.new("RGB", size, (n % 256, number % 256, n // 256 % 256)))
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


def make_video(workspace, **fields):
    data = fields.pop("data", None) or video(0.5)
    name = default_storage.save("tests/video.mp4", ContentFile(data))
    thumbnail = default_storage.save("tests/video.thumb.png", ContentFile(picture()))
    told = {
        "kind": "video",
        "mime": "video/mp4",
        "seconds": 7.0,
        "width": 720,
        "height": 1280,
        "thumbnail": thumbnail,
    }
    return make_asset(workspace, data=data, **{"file": name, "name": f"Video {next(_numbers)}.mp4"} | told | fields)
