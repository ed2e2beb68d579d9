"""Writing: making pieces, saving without overwriting anybody, going back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from content.actions import assets, reviewing, versions
from content.models import ContentItem, ItemVersion, Publication
from content.models.publication import State
from content.models.version import Reason
from mediaops.actions.activity import record
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity, Membership, Workspace

PLAIN_FIELDS = ("title", "summary", "body", "cover", "video", "tags", "pillar", "campaign", "owner")
"""What `save_item` may change by name, beside `personas`."""

SITTING_VERBS = ("item.made", "item.edited", "item.restored")


class EditedMeanwhile(WrongState):
    """Somebody saved between our reading and our writing. `theirs` is the item as it stands now."""

    code = "edited_meanwhile"

    def __init__(self, theirs: ContentItem) -> None:
        who = theirs.changed_by.name if theirs.changed_by else _("Somebody")
        sentence = _("%(name)s changed this piece meanwhile. Your text is kept; compare the two, then save.")
        super().__init__(sentence % {"name": who})
        self.theirs = theirs


@transaction.atomic
def create_item(workspace: Workspace, *, by: Membership | None, now: datetime, **fields: Any) -> ContentItem:
    """Start a piece. `fields` are those of `save_item` and `idea`; without an owner it is `by`'s."""
    personas = fields.pop("personas", None)
    fields.setdefault("owner", by)
    item = ContentItem.objects.create(
        workspace=workspace, made_by=by, changed_by=by, made_at=now, changed_at=now, **fields
    )
    if personas:
        item.personas.set(personas)
    assets.keep_use(item)
    record(by=by, verb="item.made", subject=item, workspace=workspace)
    return item


def save_item(
    item: ContentItem, fields: dict[str, Any], *, revision: int, by: Membership | None, now: datetime
) -> ContentItem:
    """Save what changed, if nobody saved since `revision`; return the item as saved.

    Raises EditedMeanwhile when somebody did and wrote something else; then nothing is changed.
    The text that stood there before is kept as a version (see `versions.keep_before`), and an
    approval of another text is withdrawn. Saving what is there already changes nothing.
    """
    with transaction.atomic():
        stored = _fresh(item)
        changes = _changes(stored, fields)
        personas = _new_personas(stored, fields.get("personas"))
        if not changes and personas is None:
            return stored
        if stored.archived_at is not None:
            raise WrongState(_("This piece is archived. Bring it back before changing it."))
        if stored.revision != revision:
            raise EditedMeanwhile(stored)
        versions.keep_before(stored, by=by)
        _write(stored, changes, by=by, now=now)
        if personas is not None:
            stored.personas.set(personas)
        if {"body", "cover", "video"} & set(changes):
            assets.keep_use(stored)
        _note_sitting(stored, by=by, now=now)
        reviewing.withdraw_if_changed(stored, by=by, now=now)
    return stored


def save_over(
    item: ContentItem, fields: dict[str, Any], *, revision: int, by: Membership, now: datetime
) -> ContentItem:
    """After comparing: save over what the other wrote, which is kept as a version set aside.

    `revision` is that of the text the writer was shown; a third writer raises EditedMeanwhile again.
    """
    with transaction.atomic():
        stored = _fresh(item)
        if stored.revision == revision and _changes(stored, fields):
            versions.take(stored, reason=Reason.ASIDE, by=stored.changed_by, now=stored.changed_at)
        return save_item(stored, fields, revision=revision, by=by, now=now)


@transaction.atomic
def set_aside(item: ContentItem, fields: dict[str, Any], *, by: Membership, now: datetime) -> ItemVersion:
    """After comparing: keep the writer's own unsaved text as a version; the item stays as the other wrote it."""
    stored = _fresh(item)
    texts = {name: fields[name] for name in versions.TEXT_FIELDS if name in fields}
    return versions.take(stored, reason=Reason.ASIDE, by=by, now=now, **texts)


@transaction.atomic
def restore(version: ItemVersion, *, by: Membership, now: datetime) -> ContentItem:
    """Bring back the text of a version; what stands there now is kept as one, too."""
    item = _fresh(version.item)
    versions.take(item, reason=Reason.RESTORED, by=item.changed_by, now=now)
    cover = version.cover if version.cover and version.cover.removed_at is None else None
    fields = {name: getattr(version, name) for name in versions.TEXT_FIELDS}
    video = version.video if version.video and version.video.removed_at is None else None
    saved = save_item(item, {**fields, "cover": cover, "video": video}, revision=item.revision, by=by, now=now)
    record(by=by, verb="item.restored", subject=saved, version=version.number)
    return saved


@transaction.atomic
def archive(items: Iterable[ContentItem], *, by: Membership, now: datetime) -> int:
    """Take pieces out of the way and cancel what was still planned for them; return how many.

    A piece that is just being sent cannot be archived.
    """
    from content.actions import scheduling

    rows = [item for item in items if item.archived_at is None]
    plans = list(Publication.objects.filter(variant__item__in=rows).select_related("variant__item__workspace"))
    busy = [plan for plan in plans if plan.state in (State.SENDING, State.PROCESSING)]
    if busy:
        words = {"item": busy[0].variant.item}
        raise WrongState(_("“%(item)s” is being sent just now. Archive it afterwards.") % words)
    for plan in plans:
        if plan.state in (State.PLANNED, State.BY_HAND, State.FAILED):
            scheduling.cancel(plan, by=by, now=now)
    for item in rows:
        ContentItem.objects.filter(pk=item.pk).update(archived_at=now)
        item.archived_at = now
        record(by=by, verb="item.archived", subject=item)
    return len(rows)


@transaction.atomic
def bring_back(item: ContentItem, *, by: Membership) -> ContentItem:
    """Take a piece out of the archive; what was cancelled stays cancelled."""
    if not ContentItem.objects.filter(pk=item.pk, archived_at__isnull=False).update(archived_at=None):
        raise WrongState(_("This piece is not archived."))
    item.archived_at = None
    record(by=by, verb="item.brought_back", subject=item)
    return item


@transaction.atomic
def undo_archiving(
    workspace: Workspace, at: datetime, *, by: Membership, now: datetime
) -> tuple[list[ContentItem], list[str]]:
    """Bring back all that was archived at the very moment `at`, and plan again what that cancelled.

    Returns the pieces, and a sentence for each plan that stays cancelled. Raises WrongState where
    nothing archived then is in the archive any more.
    """
    from content.actions import scheduling

    items = list(ContentItem.objects.in_workspace(workspace).filter(archived_at=at))
    if not items:
        raise WrongState(_("This was brought back already."))
    plans = Publication.objects.filter(variant__item__in=items, state=State.CANCELLED, settled_at=at)
    for item in items:
        bring_back(item, by=by)
    stay = []
    for plan in plans.select_related("variant__item__workspace", "variant__account__workspace").order_by("due_at"):
        try:
            scheduling.plan_again(plan, by=by, now=now)
        except UserError as problem:
            stay.append(_("%(row)s stays cancelled. %(problem)s") % {"row": plan, "problem": problem})
    return items, stay


@transaction.atomic
def hand_over(items: Iterable[ContentItem], owner: Membership, *, by: Membership, now: datetime) -> int:
    """Give pieces to another member; return how many changed hands. Somebody who left cannot own any."""
    if owner.left_at is not None:
        raise UserError(_("%(name)s has left the team. Choose somebody else.") % {"name": owner.name})
    rows = [item for item in items if item.owner_id != owner.pk]
    for item in rows:
        was = item.owner.name if item.owner else ""
        ContentItem.objects.filter(pk=item.pk).update(owner=owner)
        item.owner = owner
        record(by=by, verb="item.handed_over", subject=item, was=was, now=owner.name)
    return len(rows)


@transaction.atomic
def join_campaign(items: Iterable[ContentItem], campaign: Campaign | None, *, by: Membership, now: datetime) -> int:
    """Put pieces into a campaign, or with None into none; return how many moved."""
    rows = [item for item in items if item.campaign_id != (campaign.pk if campaign else None)]
    for item in rows:
        ContentItem.objects.filter(pk=item.pk).update(campaign=campaign)
        item.campaign = campaign
        record(by=by, verb="item.joined_campaign", subject=item, campaign=str(campaign or ""))
    return len(rows)


def _note_sitting(item: ContentItem, *, by: Membership | None, now: datetime) -> None:
    """One line of the trail for a sitting, not for every autosave."""
    lately = Activity.objects.about(item).filter(at__gt=now - versions.ONE_SITTING, verb__in=SITTING_VERBS, member=by)
    if not lately.exists():
        record(by=by, verb="item.edited", subject=item, workspace=item.workspace)


def _fresh(item: ContentItem) -> ContentItem:
    rows = ContentItem.objects.select_related("workspace", "changed_by__user", "owner__user", "cover", "video")
    return rows.get(pk=item.pk)


def _changes(stored: ContentItem, fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - {*PLAIN_FIELDS, "personas"}
    if unknown:
        raise ValueError(f"Not fields of a piece: {sorted(unknown)}")
    return {name: value for name, value in fields.items() if name in PLAIN_FIELDS and getattr(stored, name) != value}


def _new_personas(stored: ContentItem, wanted: Iterable[Any] | None) -> list[Any] | None:
    """Return the personas to set, or None when they stay as they are."""
    if wanted is None:
        return None
    rows = list(wanted)
    same = {row.pk for row in rows} == set(stored.personas.values_list("pk", flat=True))
    return None if same else rows


def _write(stored: ContentItem, changes: dict[str, Any], *, by: Membership | None, now: datetime) -> None:
    """One UPDATE checks the revision and writes, so that of two writers one is told."""
    wanted = {**changes, "revision": stored.revision + 1, "changed_at": now, "changed_by": by}
    if not ContentItem.objects.filter(pk=stored.pk, revision=stored.revision).update(**wanted):
        raise EditedMeanwhile(_fresh(stored))
    if "owner" in changes:
        record(
            by=by, verb="item.handed_over", subject=stored, workspace=stored.workspace,
            was=stored.owner.name if stored.owner else "", now=changes["owner"].name if changes["owner"] else "",
        )  # fmt: skip
    for name, value in wanted.items():
        setattr(stored, name, value)
