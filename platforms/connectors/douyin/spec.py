"""What is true of every Douyin account, and what the scopes that its owner granted let it do."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from platforms.connectors.account import AccountRight
from platforms.connectors.douyin.client import is_on
from platforms.connectors.spec import FormField, Limits, PlatformSpec

VIDEO_BYTES_MAX = 4_000_000_000
VIDEO_SECONDS_MAX = 900.0
VIDEO_TYPES = ("video/mp4", "video/webm")
IMAGES_MAX = 30
IMAGE_BYTES_MAX = 20_000_000
TALKED_ABOUT = timedelta(days=30)
"""Comments are read under posts of this age; so are the platform's daily figures."""

PUBLISH = {"video.create.bind", "video.create"}
LIST = {"video.list.bind", "video.list"}
DATA = {"video.data.bind", "video.data"}
COMMENTS = {"item.comment"}
TALKS = {"im", "im.direct_message.bind", "im.direct_message", "im.message"}
ITEM_FIGURES, USER_FIGURES = {"data.external.item"}, {"data.external.user"}

WANTED: tuple[tuple[str, str], ...] = (
    ("want_publish", "video.create.bind"),
    ("want_posts", "video.list.bind,video.data.bind"),
    ("want_comments", "item.comment"),
    ("want_messages", "im.direct_message.bind"),
    ("want_figures", "data.external.item,data.external.user"),
    ("want_renewal", "renew_refresh_token"),
)
"""Which scopes each choice of the connect screen asks for."""

CAN: dict[str, Any] = {
    "publish": gettext_lazy("Publish videos and pictures"),
    "posts": gettext_lazy("Read posts"),
    "messages": gettext_lazy("Read what people say"),
    "reply": gettext_lazy("Answer"),
    "moderate": gettext_lazy("Put comments on top"),
    "figures": gettext_lazy("Read figures"),
}

SPEC = PlatformSpec(
    key="douyin",
    label=gettext_lazy("Douyin"),
    mark="抖",
    mark_slot=8,
    body_format="note",
    limits=Limits(
        title_max=55,
        text_max=1000,
        images_max=IMAGES_MAX,
        image_bytes_max=IMAGE_BYTES_MAX,
        min_gap_min=60,
        videos_max=1,
        video_bytes_max=VIDEO_BYTES_MAX,
        video_seconds_max=VIDEO_SECONDS_MAX,
        video_types=VIDEO_TYPES,
    ),
    by_hand_limits=Limits(
        title_max=55,
        text_max=1000,
        images_max=35,
        min_gap_min=60,
        videos_max=1,
        video_bytes_max=VIDEO_BYTES_MAX,
        video_seconds_max=VIDEO_SECONDS_MAX,
        video_types=(*VIDEO_TYPES, "video/quicktime"),
    ),
    count_unit=gettext_lazy("characters"),
    metrics=("views", "likes", "comments", "shares"),
    setup_fields=(
        FormField("client_key", "Client Key", help=gettext_lazy("On the app’s page of the open platform.")),
        FormField("client_secret", "Client Secret", "secret"),
        FormField("want_publish", gettext_lazy("Ask to publish"), "flag", required=False, default="1"),
        FormField("want_posts", gettext_lazy("Ask to read posts"), "flag", required=False, default="1"),
        FormField("want_comments", gettext_lazy("Ask to read comments"), "flag", required=False, default="1"),
        FormField("want_messages", gettext_lazy("Ask for private messages"), "flag", required=False),
        FormField("want_figures", gettext_lazy("Ask for figures"), "flag", required=False, default="1"),
        FormField(
            "want_renewal",
            gettext_lazy("Ask to renew the sign-in"),
            "flag",
            gettext_lazy("Without it somebody must sign in again every 30 days."),
            required=False,
            default="1",
        ),
        FormField(
            "more_scopes",
            gettext_lazy("More scopes"),
            help=gettext_lazy("Names with commas, as the app’s page lists them."),
            required=False,
            advanced=True,
        ),
    ),
    setup_help=gettext_lazy(
        "Needs a web app of a company or public body that the open platform has approved. Ask only for what "
        "the app was granted: Douyin refuses the sign-in otherwise."
    ),
    needs_back_address=gettext_lazy("On the app’s page of the open platform, as 授权回调地址; it must be https."),
    option_fields=(
        FormField(
            "private_status",
            gettext_lazy("Who may see it"),
            "choice",
            choices=(
                ("0", gettext_lazy("Everybody")),
                ("2", gettext_lazy("Friends")),
                ("1", gettext_lazy("Only we")),
            ),
            default="0",
        ),
        FormField(
            "download_type",
            gettext_lazy("Saving the video"),
            "choice",
            choices=(("1", gettext_lazy("Allowed")), ("2", gettext_lazy("Not allowed"))),
            required=False,
        ),
        FormField(
            "own_cover",
            gettext_lazy("Show the piece’s cover as the video’s cover"),
            "flag",
            required=False,
        ),
        FormField(
            "cover_tsp",
            gettext_lazy("Cover from second"),
            help=gettext_lazy("The moment of the video that is shown as its cover, for example 2.5."),
            required=False,
        ),
        FormField(
            "at_users",
            gettext_lazy("People named with @"),
            help=gettext_lazy("Their open_ids with commas, in the order in which the text names them."),
            required=False,
        ),
        FormField("poi_id", gettext_lazy("Place (poi_id)"), required=False),
        FormField("poi_name", gettext_lazy("Name of the place"), required=False),
    ),
    back_office_url="https://creator.douyin.com/",
    app_url="snssdk1128://",
    check_list=(
        gettext_lazy("Set the cover; the first frame is taken otherwise."),
        gettext_lazy("Tick the declaration where pictures or voice were made with AI."),
    ),
    comment_acts=("top", "untop"),
    warn_before_days=30,
    max_in_flight=1,
)


def wanted_scopes(given: Mapping[str, str]) -> list[str]:
    """Return the scopes to ask for, each once: `user_info`, those of the choices, and further names."""
    defaults = {field.name: field.default for field in SPEC.setup_fields}
    names = ["user_info"]
    for choice, scopes in WANTED:
        if is_on(given.get(choice, defaults.get(choice))):
            names += scopes.split(",")
    names += [name.strip() for name in re.split(r"[,，\s]+", given.get("more_scopes", "")) if name.strip()]
    return list(dict.fromkeys(names))


def rights_of(scopes: frozenset[str]) -> tuple[AccountRight, ...]:
    """Return what an account may do whose owner granted `scopes`."""
    told: tuple[tuple[AccountRight, bool], ...] = (
        ("publish", bool(PUBLISH & scopes)),
        ("posts", bool(LIST & scopes)),
        ("messages", bool((COMMENTS | TALKS) & scopes)),
        ("reply", bool((COMMENTS | TALKS) & scopes)),
        ("moderate", bool(COMMENTS & scopes)),
        ("figures", bool((DATA | ITEM_FIGURES | USER_FIGURES) & scopes)),
    )
    return tuple(right for right, is_granted in told if is_granted)
