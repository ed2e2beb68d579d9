"""What is sent: a post, composed, with its pictures, its video and how far a long upload got."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO


@dataclass(frozen=True)
class OutgoingImage:
    """One picture to upload. `read()` returns its bytes; `ref` is how the text refers to it."""

    ref: str
    name: str
    mime: str
    size_bytes: int
    width: int
    height: int
    alt: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class OutgoingVideo:
    """One video to upload. `open()` returns its bytes as a seekable file, to be closed by the caller."""

    ref: str
    name: str
    mime: str
    size_bytes: int
    width: int
    height: int
    seconds: float
    open: Callable[[], BinaryIO]


class Upload:
    """How far a long upload got. Kept on the publication, so that a later attempt goes on from there.

    `known` is what an earlier attempt kept (its upload id, the parts that arrived); `keep` adds to
    it, `progress` says how many of how many bytes are through. This one forgets everything.
    """

    @property
    def known(self) -> Mapping[str, Any]:
        return {}

    def keep(self, **data: Any) -> None:
        """Remember `data` (JSON) for a later attempt."""

    def progress(self, done: int, total: int) -> None:
        """Tell people how far it is, in bytes.

        While `done` is below `total` nothing can have been published: the call that decides comes after
        the last byte. A worker that dies before that is followed by another one without a doubt.
        """


@dataclass(frozen=True)
class OutgoingPost:
    """One post, composed: overrides are resolved, pictures are listed once each in order of use.

    `key` never changes for a publication; connectors that can, use it so that a repeat cannot
    double. `html` is sanitised and its `<img src>` are `ref`s of `images`; `text` is the plain text
    of a note. `cover` is one of `images` or None.
    """

    key: str
    title: str
    summary: str
    text: str
    html: str
    images: tuple[OutgoingImage, ...] = ()
    cover: OutgoingImage | None = None
    tags: tuple[str, ...] = ()
    language: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    video: OutgoingVideo | None = None
    upload: Upload = field(default_factory=Upload)
    companions: tuple["OutgoingPost", ...] = ()
    """What goes out in one piece with it, after it, in order; only where the platform's spec takes companions."""
