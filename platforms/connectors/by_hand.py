"""Platforms on which a person posts and pastes the link: no API, or none open to an ordinary team.

Each is known by its limits, so that the editor counts and warns as everywhere; the calendar, the
checks and the figures treat it like any other account. Sources of the limits: docs/platforms.md.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from platforms.connectors.base import AccountRef, FormField, Limits, PlatformSpec, Profile, Secret
from platforms.connectors.counting import wide_count
from platforms.connectors.http import Http

SETUP = (
    FormField("name", _("Name of the account"), help=_("As its readers see it.")),
    FormField("url", _("Address of its page"), kind="url", required=False, placeholder="https://"),
)
HELP = _(
    "A person posts here. At the planned time the operator gets text and pictures ready to copy, posts them, "
    "and pastes the link back."
)


class ByHand:
    """One account that people serve by hand; there is nothing to call, so connecting cannot fail."""

    spec: PlatformSpec

    def __init__(self, account: AccountRef, secret: Secret, http: Http) -> None:
        self.account, self.secret = account, secret

    def profile(self) -> Profile:
        """Return what the person typed; its id is the address, or the name where there is none."""
        known: Mapping[str, str] = self.secret
        name = known.get("name", "").strip()
        url = known.get("url", "").strip()
        return Profile(remote_id=self.account.remote_id or url or name, name=name, handle=name, url=url, rights=())


class OfficialAccount(ByHand):
    spec = PlatformSpec(
        key="wechat",
        label=_("WeChat Official Account"),
        mark="公",
        mark_slot=5,
        body_format="article",
        limits=Limits(
            title_max=64,
            title_required=True,
            summary_max=120,
            text_max=20_000,
            image_bytes_max=10_000_000,
            image_types=("image/jpeg", "image/png", "image/gif"),
            posts_per_day_max=1,
        ),
        count_unit=_("characters"),
        setup_fields=SETUP,
        setup_help=HELP,
        back_office_url="https://mp.weixin.qq.com/",
        assisted=True,
    )


class Weibo(ByHand):
    spec = PlatformSpec(
        key="weibo",
        label=_("Weibo"),
        mark="微",
        mark_slot=2,
        body_format="note",
        limits=Limits(text_max=2000, images_max=18, image_bytes_max=20_000_000, min_gap_min=30),
        count_text=wide_count,
        count_unit=_("characters"),
        tag_form="closed",
        setup_fields=SETUP,
        setup_help=HELP,
        back_office_url="https://weibo.com/",
        assisted=True,
    )


class Douyin(ByHand):
    spec = PlatformSpec(
        key="douyin",
        label=_("Douyin"),
        mark="抖",
        mark_slot=8,
        body_format="note",
        limits=Limits(title_max=55, text_max=1000, images_max=35, min_gap_min=60),
        count_unit=_("characters"),
        tag_form="open",
        setup_fields=SETUP,
        setup_help=HELP,
        back_office_url="https://creator.douyin.com/",
        assisted=True,
    )


class Xiaohongshu(ByHand):
    spec = PlatformSpec(
        key="xiaohongshu",
        label=_("Xiaohongshu"),
        mark="红",
        mark_slot=10,
        body_format="note",
        limits=Limits(title_max=20, title_required=True, text_max=1000, images_min=1, images_max=18),
        count_text=wide_count,
        count_unit=_("characters"),
        tag_form="open",
        setup_fields=SETUP,
        setup_help=HELP,
        back_office_url="https://creator.xiaohongshu.com/",
        assisted=True,
    )


class Channels(ByHand):
    spec = PlatformSpec(
        key="wechat_channels",
        label=_("WeChat Channels"),
        mark="视",
        mark_slot=3,
        body_format="note",
        limits=Limits(title_max=16, text_max=1000, images_max=9),
        count_unit=_("characters"),
        tag_form="open",
        setup_fields=SETUP,
        setup_help=HELP,
        back_office_url="https://channels.weixin.qq.com/",
        assisted=True,
    )


BY_HAND: tuple[type[ByHand], ...] = (OfficialAccount, Weibo, Douyin, Xiaohongshu, Channels)
