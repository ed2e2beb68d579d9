"""What can be done on a platform, in words: read from what its connector promises."""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from platforms import gateway
from platforms.connectors import CONNECTORS
from platforms.connectors.base import Publishes, ReadsComments, ReadsMessages, ReadsMetrics, Replies
from platforms.connectors.spec import Limits, PlatformSpec
from platforms.models import Account


@dataclass(frozen=True)
class Ability:
    """One thing a platform offers or does not; `icon` is a name of the sprite."""

    key: str
    icon: str
    label: Any
    has: bool


_ALL = (
    ("publish", "send", _("Publish"), (Publishes,)),
    ("messages", "message-2", _("Comments"), (ReadsMessages, ReadsComments)),
    ("reply", "message-reply", _("Answer"), (Replies,)),
    ("figures", "chart-bar", _("Figures"), (ReadsMetrics,)),
)


def abilities(platform: str) -> list[Ability]:
    """Return what the platform's connector promises, always in the same order."""
    cls = CONNECTORS[platform]
    spec: PlatformSpec = cls.spec
    return [
        Ability(key, icon, label, has=issubclass(cls, promises) and not (spec.assisted and key == "publish"))
        for key, icon, label, promises in _ALL
    ]


def abilities_of(account: Account) -> list[Ability]:
    """Return what this very account may do, in the order of `abilities`."""
    promises = {key: each for key, _icon, _label, each in _ALL}
    return [
        replace(each, has=each.has and any(gateway.can(account, one) for one in promises[each.key]))
        for each in abilities(account.platform)
    ]


def limit_lines(limits: Limits, unit: object = "") -> list[tuple[Any, Any]]:
    """Return the limits that are known, as (what, how much) for a page."""
    words = unit or _("characters")
    lines: list[tuple[Any, Any]] = []
    if limits.title_max:
        lines.append((_("Title"), _("%(n)s characters") % {"n": limits.title_max}))
    if limits.text_max:
        lines.append((_("Text"), f"{limits.text_max} {words}"))
    if limits.images_max is not None:
        lines.append((_("Images"), limits.images_max or _("none")))
    if limits.image_bytes_max:
        lines.append((_("Per image"), f"{limits.image_bytes_max / 1_000_000:.3g} MB"))
    if limits.tags_max is not None:
        lines.append((_("Tags"), limits.tags_max))
    if limits.min_gap_min:
        lines.append((_("Between two posts"), _("%(n)s min") % {"n": limits.min_gap_min}))
    return lines
