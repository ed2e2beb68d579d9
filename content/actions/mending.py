"""Taking the way out that a problem offers: cut, replace, crop, shrink, convert, join.

Each fix changes one account's version (its own words, its own choice of pictures), except wording
that stands in the piece itself, which is put right there, once for every account. Pictures are made
anew; what was there stays in the library, and of the text a version is kept.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import regex
from django.db import transaction
from django.utils.translation import gettext as _

from content import asset_refs, markdown, retouching
from content.actions import versions
from content.actions.assets import add_asset
from content.actions.drafting import EditedMeanwhile, save_item
from content.actions.fitting import VariantEditedMeanwhile, save_variant
from content.checks import check_piece, check_text
from content.compose import compose, note_text
from content.models import Asset, ContentItem, Variant
from content.models.version import Reason
from mediaops.actions.activity import record
from mediaops.errors import WrongState
from mediaops.models import Membership
from platforms.connectors.counting import byte_count, close_tags, cut_text, links_of, open_tags, tags_of
from platforms.connectors.outgoing import OutgoingImage, OutgoingPost
from platforms.gateway import limits_of
from platforms.limits import GRID_MAX, Fix, Problem

SPLIT_INTO = 9
MARKDOWN_LINK = regex.compile(r"(?<!!)\[(?P<words>[^\[\]]*)\]\((?P<address>https?://[^()\s]+)\)")
MIDDLE = (0.5, 0.5)
OF_PICTURES = {"crop", "shrink", "convert", "grid", "split", "first_images"}


@dataclass(frozen=True)
class Offer:
    """A fix that may be taken now, with the problem it solves (None for a tool that is always there)."""

    fix: Fix
    problem: Problem | None = None


@dataclass(frozen=True)
class Mended:
    """The variant after a fix. `is_of_piece` says that the piece itself was changed, for every account."""

    variant: Variant
    fix: Fix
    is_of_piece: bool = False


def offers(variant: Variant) -> dict[str, Offer]:
    """Return what may be done now about the variant's problems, and the tools that are always there, by key."""
    found = {fix.key: Offer(fix, problem) for problem in check_text(variant) for fix in problem.fixes}
    return found | {fix.key: Offer(fix) for fix in tools(variant)}


def tools(variant: Variant) -> list[Fix]:
    """Return what can be done with the variant's pictures without anything being wrong."""
    spec, limits = variant.account.spec, limits_of(variant.account)
    images = compose(variant).images if spec.body_format == "note" else ()
    found = []
    if len(images) == 1 and (limits.images_max is None or limits.images_max >= SPLIT_INTO):
        found.append(Fix(f"split:{images[0].ref}", _("Cut into a grid of 9"), str(SPLIT_INTO)))
    if 1 < len(images) <= GRID_MAX:
        found.append(Fix("grid", _("Make one picture of the %(count)s") % {"count": len(images)}, str(len(images))))
    return found


def mend(
    variant: Variant,
    key: str,
    *,
    revision: int,
    by: Membership,
    now: datetime,
    focus: tuple[float, float] = MIDDLE,
) -> Mended:
    """Take the fix named `key`, if nobody saved since `revision`; `focus` is what stays in a cropped picture.

    Raises VariantEditedMeanwhile when somebody saved, WrongState when the problem is gone.
    """
    with transaction.atomic():
        rows = Variant.objects.select_related(
            "item__workspace", "item__cover", "account__workspace", "changed_by__user"
        )
        stored = rows.get(pk=variant.pk)
        if stored.revision != revision:
            raise VariantEditedMeanwhile(stored)
        offer = offers(stored).get(key)
        if offer is None:
            raise WrongState(_("This is solved already, or the text changed. Look at the list again."))
        job = _Job(stored, offer, by, now, focus)
        act, _sep, what = key.partition(":")
        if act not in OF_PICTURES:
            versions.take(stored.item, reason=Reason.ASIDE, by=stored.changed_by or stored.item.changed_by, now=now)
        ACTS[act](job, what)
        saved = rows.get(pk=stored.pk)
        record(
            by=by, verb="variant.mended", subject=saved.item, workspace=saved.item.workspace,
            account=saved.account.name, fix=offer.fix.label,
        )  # fmt: skip
    return Mended(saved, offer.fix, is_of_piece=job.is_of_piece)


def mend_piece(item: ContentItem, key: str, *, revision: int, by: Membership, now: datetime) -> ContentItem:
    """Take a fix of the piece's own wording: put other words in their place, or add what is missing.

    Raises EditedMeanwhile when somebody saved since `revision`, WrongState when the problem is gone.
    """
    with transaction.atomic():
        stored = ContentItem.objects.select_related("workspace", "changed_by__user").get(pk=item.pk)
        if stored.revision != revision:
            raise EditedMeanwhile(stored)
        found = [(fix, problem) for problem in check_piece(stored) for fix in problem.fixes if fix.key == key]
        if not found:
            raise WrongState(_("This is solved already, or the text changed. Look at the list again."))
        fix, problem = found[0]
        versions.take(stored, reason=Reason.ASIDE, by=stored.changed_by, now=now)
        text = getattr(stored, problem.field)
        text = _put(text, problem, fix) if problem.places else f"{text.rstrip()}\n\n{fix.value}"
        return save_item(stored, {problem.field: text}, revision=revision, by=by, now=now)


def _put(text: str, problem: Problem, fix: Fix) -> str:
    """Write the words of the fix in every place of the problem."""
    for start, end in reversed(problem.places):
        text = f"{text[:start]}{fix.value}{text[end:]}"
    longest = getattr(ContentItem._meta.get_field(problem.field), "max_length", None)
    if longest is not None and len(text) > longest:
        raise WrongState(_("With these words it gets longer than %(limit)s. Shorten it first.") % {"limit": longest})
    return text


class _Job:
    """One fix being taken: what is there, and how it is saved."""

    def __init__(
        self, variant: Variant, offer: Offer, by: Membership, now: datetime, focus: tuple[float, float]
    ) -> None:
        self.variant, self.offer, self.by, self.now, self.focus = variant, offer, by, now, focus
        self.item: ContentItem = variant.item
        self.spec, self.limits = variant.account.spec, limits_of(variant.account)
        self.post: OutgoingPost = compose(variant)
        self.is_note = self.spec.body_format == "note"
        self.is_of_piece = False

    @property
    def source(self) -> str:
        """The words of the text as they can be edited: the variant's own, else what is said without any."""
        if self.variant.body.strip():
            return self.variant.body
        return note_text(self.variant) if self.is_note else self.item.body

    def save(self, **fields: Any) -> None:
        save_variant(self.variant, fields, revision=self.variant.revision, by=self.by, now=self.now)

    def save_piece(self, **fields: Any) -> None:
        self.is_of_piece = True
        save_item(self.item, fields, revision=self.item.revision, by=self.by, now=self.now)

    def save_body(self, text: str) -> None:
        """Save the text; a note whose own text showed pictures goes on showing all of them."""
        if self.is_note:
            shown = {src for src, _alt in markdown.images(text)}
            lost = [(src, alt) for src, alt in markdown.images(self.variant.body) if src not in shown]
            text = "\n\n".join([text.rstrip(), *(f"![{alt}]({src})" for src, alt in lost)])
        self.save(body=text)

    def save_images(self, images: list[Asset]) -> None:
        self.save(own_images=True, images=images)

    def shown(self) -> list[Asset]:
        """The pictures that go out, in order."""
        return [asset for image in self.post.images if (asset := self.asset(image.ref))]

    def asset(self, ref: str) -> Asset | None:
        workspace = self.item.workspace
        pk = asset_refs.asset_id(ref, workspace)
        return asset_refs.assets_by_id(workspace, [pk] if pk else []).get(pk or 0)

    def image(self, ref: str) -> OutgoingImage:
        images = [*self.post.images, *([self.post.cover] if self.post.cover else [])]
        return next(image for image in images if image.ref == ref)

    def keep(self, data: bytes, name: str, like: OutgoingImage) -> Asset:
        """Take a picture that was made into the library, described as the one it comes from."""
        stem = like.name.rpartition(".")[0] or like.name
        alt = self.describing(like)
        return add_asset(io.BytesIO(data), f"{stem} {name}", alt_text=alt, by=self.by, now=self.now).asset

    def describing(self, image: OutgoingImage) -> str:
        asset = self.asset(image.ref)
        return image.alt or (asset.alt_text if asset else "")

    def put_instead(self, ref: str, new: Asset) -> None:
        """Show `new` where the variant shows the picture `ref`."""
        path = asset_refs.asset_path(new, self.item.workspace)
        old = self.asset(ref)
        if self.is_note:
            self.save_images([new if asset == old else asset for asset in self.shown()])
            return
        fields: dict[str, Any] = {}
        if any(self.asset(src) == old for src, _alt in markdown.images(self.source)):
            fields["body"] = regex.sub(rf"{regex.escape(ref)}(?=[/)\s])", path, self.source)
        if self.post.cover is not None and self.post.cover.ref == ref:
            picks = [pick.asset for pick in self.variant.picks.select_related("asset")]
            fields |= {"own_images": True, "images": [new, *(asset for asset in picks if asset != old)]}
        self.save(**fields)


def _cut(job: _Job, what: str) -> None:
    limit = int(job.offer.fix.value)
    if what == "title":
        job.save(title=cut_text(job.post.title, limit, job.spec.count_title))
    elif what == "summary":
        job.save(summary=cut_text(job.post.summary, limit, len))
    else:
        is_bytes = job.offer.problem is not None and job.offer.problem.code == "text_bytes"
        count = byte_count if is_bytes else job.spec.count_text
        source = job.post.text if job.is_note else job.source
        job.save_body(cut_text(source, limit, lambda text: count(markdown.to_plain(text))))


def _replace(job: _Job, what: str) -> None:
    """Put the words of the fix where the problem found others: in the variant's own text, else in the piece."""
    problem = job.offer.problem
    if problem is None:
        return
    own = getattr(job.variant, problem.field)
    text = _put(own if own.strip() else getattr(job.item, problem.field), problem, job.offer.fix)
    if own.strip():
        job.save(**{problem.field: text})
    else:
        job.save_piece(**{problem.field: text})


def _append(job: _Job, what: str) -> None:
    job.save_body(f"{job.source.rstrip()}\n\n{job.offer.fix.value}")


def _drop_links(job: _Job, what: str) -> None:
    job.save_body(without_links(job.source, keep=int(job.offer.fix.value)))


def _drop_hashtags(job: _Job, what: str) -> None:
    job.save_body(without_tags(job.source, keep=int(job.offer.fix.value)))


def _open_tags(job: _Job, what: str) -> None:
    job.save_body(open_tags(job.source))


def _close_tags(job: _Job, what: str) -> None:
    job.save_body(close_tags(job.source))


def _first_tags(job: _Job, what: str) -> None:
    job.save_piece(tags=job.item.tags[: int(job.offer.fix.value)])


def without_links(text: str, *, keep: int = 0) -> str:
    """Take out all links but the first `keep`; the words of a Markdown link stay."""
    named = [
        (match.start(), match.end(), "" if links_of(match["words"]) else match["words"])
        for match in MARKDOWN_LINK.finditer(text)
    ]
    unread = regex.sub(
        rf"{MARKDOWN_LINK.pattern}|!\[[^\[\]]*\]\([^()]*\)", lambda match: "\0" * len(match.group()), text
    )
    plain = [(link.start, link.end, "") for link in links_of(unread)]
    for start, end, words in reversed(sorted([*named, *plain])[keep:]):
        text = _joined(text[:start], words, text[end:])
    return text.strip()


def without_tags(text: str, *, keep: int = 0) -> str:
    """Take out all #tags but the first `keep`."""
    for tag in reversed(tags_of(text)[keep:]):
        text = _joined(text[: tag.start], "", text[tag.end :])
    return text.strip()


def _joined(before: str, words: str, after: str) -> str:
    """Put the rest together without a double space."""
    if not words and regex.match(r"\s|\p{Po}|$", after):
        before = before.rstrip(" ")
    elif not words and (not before or before[-1].isspace()):
        after = after.lstrip(" ")
    return f"{before}{words}{after}"


def _crop(job: _Job, what: str) -> None:
    image = job.image(what)
    across, _sep, down = job.offer.fix.value.partition(":")
    made = retouching.crop(image.read(), float(across) / float(down), focus=job.focus)
    job.put_instead(what, job.keep(made, f"{across}×{down}", image))


def _shrink(job: _Job, what: str) -> None:
    image, limits = job.image(what), job.limits
    made = retouching.shrink(image.read(), bytes_max=limits.image_bytes_max, pixels_max=limits.image_pixels_max)
    job.put_instead(what, job.keep(made, _("small"), image))


def _convert(job: _Job, what: str) -> None:
    image = job.image(what)
    mime = "image/jpeg" if job.offer.fix.value == "JPEG" else "image/png"
    job.put_instead(what, job.keep(retouching.convert(image.read(), mime), job.offer.fix.value, image))


def _grid(job: _Job, what: str) -> None:
    images = job.post.images[:GRID_MAX]
    made = retouching.join([image.read() for image in images])
    alt = "; ".join(filter(None, map(job.describing, images)))[:1000]
    name = f"{images[0].name.rpartition('.')[0]} +{len(images) - 1}"
    job.save_images([add_asset(io.BytesIO(made), name, alt_text=alt, by=job.by, now=job.now).asset])


def _split(job: _Job, what: str) -> None:
    image = job.image(what)
    parts = retouching.split(image.read())
    job.save_images([job.keep(part, f"{place}⁄9", image) for place, part in enumerate(parts, start=1)])


def _first_images(job: _Job, what: str) -> None:
    job.save_images(job.shown()[: int(job.offer.fix.value)])


ACTS: dict[str, Callable[[_Job, str], None]] = {
    "cut": _cut,
    "replace": _replace,
    "append": _append,
    "drop_links": _drop_links,
    "drop_hashtags": _drop_hashtags,
    "open_tags": _open_tags,
    "close_tags": _close_tags,
    "first_tags": _first_tags,
    "crop": _crop,
    "shrink": _shrink,
    "convert": _convert,
    "grid": _grid,
    "split": _split,
    "first_images": _first_images,
}
