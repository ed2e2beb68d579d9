"""Fitting a piece to each account."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.actions import reviewing
from content.actions.assets import keep_use
from content.models import Asset, ContentItem, Publication, Variant
from content.models.publication import State
from content.models.variant import VariantCompanion, VariantImage
from mediaops.actions.activity import record
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity, Membership
from platforms.connectors.spec import PlatformSpec
from platforms.gateway import spec_for
from platforms.models import Account
from platforms.models.account import Health, Relation

FIELDS = ("title", "summary", "body", "own_images", "video", "options")
"""What `save_variant` may change by name, beside `images` (assets in order)."""
ONE_SITTING = timedelta(minutes=10)


class VariantEditedMeanwhile(WrongState):
    """Somebody saved between our reading and our writing. `theirs` is the variant as it stands now."""

    code = "edited_meanwhile"

    def __init__(self, theirs: Variant) -> None:
        who = theirs.changed_by.name if theirs.changed_by else _("Somebody")
        text = _("%(name)s changed this version meanwhile. Your text is kept; compare the two, then save.")
        super().__init__(text % {"name": who})
        self.theirs = theirs


@transaction.atomic
def add_variant(item: ContentItem, account: Account, *, by: Membership, now: datetime) -> Variant:
    """Fit the piece to one more account; what is blank is taken from the item.

    Returns the variant that is there already, if there is one.
    """
    known = Variant.objects.filter(item=item, account=account).first()
    if known is not None:
        return known
    _demand_open(item)
    if account.workspace_id != item.workspace_id or account.relation != Relation.OWN:
        raise UserError(_("%(account)s is not one of our accounts.") % {"account": account.name})
    if account.state == Health.GONE:
        text = _("%(account)s was disconnected. Connect it again first.")
        raise WrongState(text % {"account": account.name})
    try:
        with transaction.atomic():
            variant = Variant.objects.create(item=item, account=account, made_at=now, changed_at=now, changed_by=by)
    except IntegrityError:  # two people added it at once
        return Variant.objects.get(item=item, account=account)
    record(by=by, verb="variant.added", subject=item, workspace=item.workspace, account=account.name)
    reviewing.withdraw_if_changed(item, by=by, now=now)
    return variant


def save_variant(
    variant: Variant, fields: Mapping[str, Any], *, revision: int, by: Membership, now: datetime
) -> Variant:
    """Save what changed, if nobody saved since `revision`; return the variant as saved.

    Raises VariantEditedMeanwhile when somebody did; then nothing is changed. Options that the
    platform does not know are left out. Saving what is there already changes nothing.
    """
    with transaction.atomic():
        stored = _fresh(variant)
        changes = _changes(stored, fields)
        images = _new_images(stored, fields.get("images"))
        if not changes and images is None:
            return stored
        _demand_open(stored.item)
        if stored.revision != revision:
            raise VariantEditedMeanwhile(stored)
        _write(stored, changes, by=by, now=now)
        if images is not None:
            _set_images(stored, images)
        keep_use(stored.item)
        _note_sitting(stored, by=by, now=now)
        reviewing.withdraw_if_changed(stored.item, by=by, now=now)
    return stored


@transaction.atomic
def drop_variant(variant: Variant, *, by: Membership, now: datetime) -> None:
    """Take the account off the piece; what was published or is planned there keeps it."""
    item = variant.item
    rows = Publication.objects.filter(variant=variant)
    waiting = rows.filter(state__in=[State.PLANNED, State.BY_HAND]).count()
    if waiting:
        text = ngettext(
            "%(count)s publication on %(account)s is planned. Cancel it first.",
            "%(count)s publications on %(account)s are planned. Cancel them first.",
            waiting,
        )
        raise WrongState(text % {"count": waiting, "account": variant.account.name})
    if rows.exclude(state=State.CANCELLED).exists():
        text = _("This piece has a history on %(account)s, so its version stays.")
        raise WrongState(text % {"account": variant.account.name})
    if rows.exists():
        rows.delete()
    name = variant.account.name
    variant.delete()
    keep_use(item)
    record(by=by, verb="variant.dropped", subject=item, workspace=item.workspace, account=name)
    reviewing.withdraw_if_changed(item, by=by, now=now)


@transaction.atomic
def set_companions(variant: Variant, companions: Sequence[Variant], *, by: Membership, now: datetime) -> Variant:
    """Let these pieces, in this order, go out in one message with the variant; an empty list lets it go alone.

    They are fitted to the same account and bring no companions of their own. Each is approved by itself.
    """
    _demand_open(variant.item)
    most = spec_for(variant.account).companions_max
    chosen = list({row.pk: row for row in companions}.values())
    wrong = _wrong_companion(variant, chosen, most)
    if wrong:
        raise UserError(wrong, fields={"companions": [wrong]})
    before = list(variant.companions.values_list("companion_id", flat=True))
    if before == [row.pk for row in chosen]:
        return variant
    variant.companions.all().delete()
    VariantCompanion.objects.bulk_create(
        VariantCompanion(variant=variant, companion=row, place=place) for place, row in enumerate(chosen)
    )
    titles = [row.title or str(row.item) for row in chosen]
    record(by=by, verb="variant.companions", subject=variant.item, workspace=variant.item.workspace, titles=titles)
    reviewing.withdraw_if_changed(variant.item, by=by, now=now)
    return variant


def _wrong_companion(variant: Variant, chosen: Sequence[Variant], most: int) -> str:
    if len(chosen) > most:
        words = {"platform": variant.account.label, "limit": most}
        return _("%(platform)s takes at most %(limit)s more pieces in one message.") % words
    if any(row.account_id != variant.account_id or row.pk == variant.pk for row in chosen):
        return _("Only other pieces of the same account can go out with it.")
    if chosen and VariantCompanion.objects.filter(companion=variant).exists():
        return _("This piece goes out with another one; it cannot bring pieces of its own.")
    if VariantCompanion.objects.filter(variant__in=chosen).exists():
        return _("A piece that brings others cannot go out with this one.")
    return ""


def companions_left(variant: Variant) -> list[Variant]:
    """Return the pieces that could go out with the variant, latest first."""
    rows = Variant.objects.filter(account=variant.account_id, item__archived_at=None, companions=None)
    rows = rows.exclude(pk=variant.pk).exclude(companion_of__variant=variant)
    return list(rows.select_related("item").order_by("-changed_at")[:50])


def known_options(spec: PlatformSpec, options: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the options that the platform has fields for, without empty ones."""
    names = {field.name for field in spec.option_fields}
    return {name: value for name, value in options.items() if name in names and value not in ("", None)}


def _demand_open(item: ContentItem) -> None:
    if item.archived_at is not None:
        raise WrongState(_("This piece is archived. Bring it back before changing it."))


def _fresh(variant: Variant) -> Variant:
    rows = Variant.objects.select_related("item__workspace", "account__workspace", "changed_by__user", "video")
    return rows.get(pk=variant.pk)


def _changes(stored: Variant, fields: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - {*FIELDS, "images"}
    if unknown:
        raise ValueError(f"Not fields of a variant: {sorted(unknown)}")
    wanted = {name: value for name, value in fields.items() if name in FIELDS}
    if "options" in wanted:
        wanted["options"] = known_options(stored.account.spec, wanted["options"])
    return {name: value for name, value in wanted.items() if getattr(stored, name) != value}


def _new_images(stored: Variant, wanted: Sequence[Asset] | None) -> list[Asset] | None:
    """Return the pictures to set, or None when they stay as they are."""
    if wanted is None:
        return None
    rows = list({asset.pk: asset for asset in wanted if asset.workspace_id == stored.item.workspace_id}.values())
    now = list(VariantImage.objects.filter(variant=stored).values_list("asset_id", flat=True))
    return None if [asset.pk for asset in rows] == now else rows


def _set_images(stored: Variant, images: Sequence[Asset]) -> None:
    VariantImage.objects.filter(variant=stored).delete()
    VariantImage.objects.bulk_create(
        VariantImage(variant=stored, asset=asset, place=place) for place, asset in enumerate(images)
    )


def _write(stored: Variant, changes: dict[str, Any], *, by: Membership, now: datetime) -> None:
    """One UPDATE checks the revision and writes, so that of two writers one is told."""
    wanted = {**changes, "revision": stored.revision + 1, "changed_at": now, "changed_by": by}
    if not Variant.objects.filter(pk=stored.pk, revision=stored.revision).update(**wanted):
        raise VariantEditedMeanwhile(_fresh(stored))
    for name, value in wanted.items():
        setattr(stored, name, value)


def _note_sitting(stored: Variant, *, by: Membership, now: datetime) -> None:
    """One line of the trail for a sitting, not for every autosave."""
    name = stored.account.name
    lately = Activity.objects.about(stored.item).filter(at__gt=now - ONE_SITTING, verb="variant.changed", member=by)
    if not any(line.detail.get("account") == name for line in lately):
        record(by=by, verb="variant.changed", subject=stored.item, workspace=stored.item.workspace, account=name)
