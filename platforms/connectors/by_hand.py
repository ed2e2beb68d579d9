"""Platforms on which a person posts and pastes the link: no API, or none open to an ordinary team.

Each is known by its limits, so that the editor counts and warns as everywhere; the calendar, the
checks and the figures treat it like any other account. Sources of the limits: docs/platforms.md.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from platforms.connectors.account import AccountRef, Profile, Secret
from platforms.connectors.counting import wide_count
from platforms.connectors.http import Http
from platforms.connectors.spec import CoverSize, FormField, Limits, PlatformSpec

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


class Xiaohongshu(ByHand):
    spec = PlatformSpec(
        key="xiaohongshu",
        label=_("Xiaohongshu"),
        mark="红",
        mark_slot=10,
        body_format="note",
        limits=Limits(
            title_max=20, title_required=True, text_max=1000, images_min=1, images_max=18, videos_max=1, tags_max=10
        ),
        count_text=wide_count,
        count_unit=_("characters"),
        setup_fields=SETUP,
        setup_help=HELP,
        back_office_url="https://creator.xiaohongshu.com/",
        app_url="xhsdiscover://",
        cover_sizes=(CoverSize(_("Cover"), 1080, 1440),),
        check_list=(
            _("Put the pictures in this order; the first one is the cover."),
            _("Mark paid cooperation in the settings of the note."),
        ),
        assisted=True,
    )


class Channels(ByHand):
    spec = PlatformSpec(
        key="wechat_channels",
        label=_("WeChat Channels"),
        mark="视",
        mark_slot=3,
        body_format="note",
        limits=Limits(title_max=16, text_max=1000, images_max=9, videos_max=1),
        count_unit=_("characters"),
        setup_fields=SETUP,
        setup_help=HELP,
        back_office_url="https://channels.weixin.qq.com/",
        app_url="weixin://",
        check_list=(_("Add the place and the link to the article where they help."),),
        assisted=True,
    )


class Zhihu(ByHand):
    spec = PlatformSpec(
        key="zhihu",
        label=_("Zhihu"),
        mark="知",
        mark_slot=7,
        body_format="article",
        limits=Limits(title_max=100, title_required=True, image_bytes_max=10_000_000),
        count_unit=_("characters"),
        setup_fields=SETUP,
        setup_help=HELP,
        back_office_url="https://zhuanlan.zhihu.com/write",
        app_url="zhihu://",
        check_list=(
            _("Choose a topic; without one the article is hardly shown."),
            _("Tick the declaration where the text was made with AI or holds advertising."),
        ),
        assisted=True,
    )


class Bilibili(ByHand):
    spec = PlatformSpec(
        key="bilibili",
        label=_("Bilibili"),
        mark="哔",
        mark_slot=8,
        body_format="note",
        limits=Limits(title_max=80, title_required=True, text_max=2000, tags_max=10, videos_max=1, images_max=1),
        count_unit=_("characters"),
        setup_fields=SETUP,
        setup_help=HELP,
        back_office_url="https://member.bilibili.com/platform/upload/video/frame",
        app_url="bilibili://",
        cover_sizes=(CoverSize(_("Cover"), 1146, 717),),
        check_list=(
            _("Choose the section and “own work” or “repost”."),
            _("Set the cover; the first frame is taken otherwise."),
        ),
        assisted=True,
    )


class Kuaishou(ByHand):
    spec = PlatformSpec(
        key="kuaishou",
        label=_("Kuaishou"),
        mark="快",
        mark_slot=4,
        body_format="note",
        limits=Limits(text_max=500, images_max=31, videos_max=1),
        count_unit=_("characters"),
        setup_fields=SETUP,
        setup_help=HELP,
        back_office_url="https://cp.kuaishou.com/article/publish/video",
        app_url="kwai://",
        check_list=(_("Set the cover; the first frame is taken otherwise."),),
        assisted=True,
    )


class Toutiao(ByHand):
    spec = PlatformSpec(
        key="toutiao",
        label=_("Toutiao"),
        mark="头",
        mark_slot=1,
        body_format="article",
        limits=Limits(title_max=30, title_required=True, image_bytes_max=20_000_000),
        count_unit=_("characters"),
        setup_fields=SETUP,
        setup_help=HELP,
        back_office_url="https://mp.toutiao.com/profile_v4/graphic/publish",
        app_url="snssdk141://",
        check_list=(
            _("Choose the cover: one picture, three, or none."),
            _("Say whether advertising may stand in the article."),
        ),
        assisted=True,
    )


class Baijiahao(ByHand):
    spec = PlatformSpec(
        key="baijiahao",
        label=_("Baijiahao"),
        mark="百",
        mark_slot=6,
        body_format="article",
        limits=Limits(title_max=30, title_required=True, image_bytes_max=10_000_000),
        count_unit=_("characters"),
        setup_fields=SETUP,
        setup_help=HELP,
        back_office_url="https://baijiahao.baidu.com/builder/rc/edit",
        app_url="baiduboxapp://",
        check_list=(_("Choose the cover: one picture or three."),),
        assisted=True,
    )


BY_HAND: tuple[type[ByHand], ...] = (
    Xiaohongshu,
    Channels,
    Zhihu,
    Bilibili,
    Kuaishou,
    Toutiao,
    Baijiahao,
)
