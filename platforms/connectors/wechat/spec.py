"""The facts of Official Accounts: fields, limits, what only their interface would refuse."""

import html
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy

from mediaops.lib.said import said as _
from platforms.connectors.by_hand import wide_count
from platforms.connectors.outgoing import OutgoingPost
from platforms.connectors.spec import CoverSize, Finding, FormField, Limits, PlatformSpec, Quota
from platforms.connectors.wechat import rendering
from platforms.connectors.wechat.themes import DEFAULT, THEMES

ZONE = "Asia/Shanghai"
TITLE_OF_INTERFACE = 32
"""The interface's page says 32, the back office takes 64; we warn from here on."""
AUTHOR_MAX = 16
LINK_BYTES_MAX = 1000
PICTURES_MAX = 20
DAILY = Quota("way", "mass", "day", 1, ZONE)
MONTHLY = Quota("way", "mass", "month", 4, ZONE)
WAYS = (
    ("draft", gettext_lazy("Draft only")),
    ("publish", gettext_lazy("Publish")),
    ("mass", gettext_lazy("Mass send")),
)


def is_on(options: Any, name: str) -> bool:
    """Say whether a flag among the options is on."""
    return str(options.get(name, "")).lower() in {"true", "1", "on", "yes"}


def is_pictures(post: OutgoingPost) -> bool:
    """Say whether the post is a strip of pictures with plain words instead of an article."""
    return post.options.get("kind") == "pictures"


def shown(post: OutgoingPost) -> str:
    """Return the article as followers see it, with our own addresses of its pictures."""
    if is_pictures(post):
        return ""
    words = rendered(post, {image.ref: image.ref for image in post.images})
    author = html.escape(str(post.options.get("author") or ""))
    by = f'<p style="{BY}">{author}</p>' if author else ""
    return f'<section style="{PAGE}"><h1 style="{HEAD}">{html.escape(post.title) or "–"}</h1>{by}{words}</section>'


PAGE = "max-width:390px;margin:0 auto;padding:12px 8px 40px;background:#fff;font-family:system-ui,sans-serif"
HEAD = "margin:0 0 14px;color:#111;font-size:22px;line-height:1.4;overflow-wrap:anywhere"
BY = "margin:0 0 22px;color:#767676;font-size:15px"
"""The page around an article, on a phone; only for previews."""


def rendered(post: OutgoingPost, places: dict[str, str]) -> str:
    """Return the article's HTML; `places` maps pictures to their addresses at the platform."""
    return rendering.article(
        post.html,
        places,
        theme=str(post.options.get("theme") or DEFAULT),
        notes_title="Links" if post.language == "en" else "参考链接",
        captions=is_on(post.options, "captions"),
    )


def check(post: OutgoingPost) -> Iterator[Finding]:
    """Yield what the interface would refuse about the post, as far as it can be known before."""
    words = wide_count(post.title)
    if words > TITLE_OF_INTERFACE:
        text = _("The title counts %(value)s; WeChat's interface names %(limit)s and may refuse a longer one.")
        yield Finding(
            "title_maybe_long", text % {"value": words, "limit": TITLE_OF_INTERFACE}, "title", "warn",
            value=words, limit=TITLE_OF_INTERFACE,
        )  # fmt: skip
    yield from _of_options(post)
    yield from _of_pictures(post) if is_pictures(post) else _of_article(post)


def _of_options(post: OutgoingPost) -> Iterator[Finding]:
    author, link = str(post.options.get("author") or ""), str(post.options.get("link") or "")
    if len(author) > AUTHOR_MAX:
        text = _("The author has %(value)s characters; WeChat allows %(limit)s.")
        yield Finding(
            "author_long", text % {"value": len(author), "limit": AUTHOR_MAX}, "options",
            value=len(author), limit=AUTHOR_MAX, target="author",
        )  # fmt: skip
    if len(link.encode()) > LINK_BYTES_MAX:
        yield Finding("link_long", _("The original link is longer than WeChat takes."), "options", target="link")


def _of_pictures(post: OutgoingPost) -> Iterator[Finding]:
    count = len(post.images)
    if not count:
        yield Finding("images_few", _("A picture message needs at least one picture. Add one."), "images")
    elif count > PICTURES_MAX:
        text = _("%(value)s pictures; a picture message takes %(limit)s. Choose which ones go out.")
        yield Finding(
            "images_many", text % {"value": count, "limit": PICTURES_MAX}, "images", value=count, limit=PICTURES_MAX
        )


def _of_article(post: OutgoingPost) -> Iterator[Finding]:
    if post.cover is None and not post.images:
        yield Finding(
            "cover_missing", _("An article needs a cover. Choose one, or put a picture in the text."), "images"
        )
    made = rendering.measured(
        post.html,
        [image.ref for image in post.images],
        theme=str(post.options.get("theme") or DEFAULT),
        captions=is_on(post.options, "captions"),
    )
    size = len(made.encode())
    if size >= rendering.CONTENT_BYTES_MAX:
        text = _("With its layout the article takes %(value)s bytes; WeChat allows less than %(limit)s. Shorten it.")
        yield Finding(
            "article_bytes", text % {"value": size, "limit": rendering.CONTENT_BYTES_MAX}, "body",
            value=size, limit=rendering.CONTENT_BYTES_MAX,
        )  # fmt: skip
    elif len(made) >= rendering.CONTENT_MAX and len(post.text) < rendering.CONTENT_MAX:
        text = _(
            "With its layout the article has %(value)s characters. WeChat names less than %(limit)s and may count "
            "the layout; if it refuses, shorten it or choose the plain theme."
        )
        yield Finding(
            "article_maybe_long", text % {"value": len(made), "limit": rendering.CONTENT_MAX}, "body", "warn",
            value=len(made), limit=rendering.CONTENT_MAX,
        )  # fmt: skip


SPEC = PlatformSpec(
    key="wechat",
    label=gettext_lazy("WeChat Official Account"),
    mark="公",
    mark_slot=5,
    body_format="article",
    limits=Limits(
        title_max=64,
        title_required=True,
        summary_max=120,
        text_max=20_000,
        image_bytes_max=10_000_000,
        image_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
    ),
    count_unit=gettext_lazy("characters"),
    cover_sizes=(
        CoverSize(gettext_lazy("In the list of messages"), 900, 383),
        CoverSize(gettext_lazy("When it is passed on"), 500, 500),
    ),
    setup_fields=(
        FormField("name", gettext_lazy("Name of the account"), help=gettext_lazy("As its readers see it.")),
        FormField(
            "kind",
            gettext_lazy("Kind of account"),
            "choice",
            choices=(
                ("subscription", gettext_lazy("Subscription account (公众号)")),
                ("service", gettext_lazy("Service account (服务号)")),
            ),
            default="subscription",
        ),
        FormField(
            "certified",
            gettext_lazy("Certified by WeChat"),
            "flag",
            gettext_lazy("An account without certification may bring drafts only; a person publishes them."),
            required=False,
        ),
        FormField("app_id", "AppID", placeholder="wx0123456789abcdef"),
        FormField("app_secret", "AppSecret", "secret"),
        FormField(
            "token",
            gettext_lazy("Token of the server settings"),
            "secret",
            gettext_lazy("Only if WeChat shall call us: events, messages."),
            required=False,
        ),
        FormField(
            "aes_key",
            "EncodingAESKey",
            "secret",
            gettext_lazy("43 letters and digits, for the safe mode."),
            required=False,
        ),
    ),
    setup_help=gettext_lazy(
        "In WeChat's back office, open Settings and development, Basic configuration. Add this server's address to "
        "the IP white list, make an AppSecret and copy both here. What the account may do is asked on saving."
    ),
    option_fields=(
        FormField(
            "way",
            gettext_lazy("How it goes out"),
            "choice",
            gettext_lazy(
                "A draft is finished by a person in the back office. Publishing makes the article readable without "
                "a push. A mass send is pushed to followers and counts towards the quota."
            ),
            choices=WAYS,
            default="publish",
            required=False,
        ),
        FormField(
            "audience",
            gettext_lazy("Mass send to"),
            help=gettext_lazy("Name or number of a tag of followers. Empty is everybody."),
            required=False,
        ),
        FormField(
            "kind",
            gettext_lazy("Form"),
            "choice",
            choices=(
                ("article", gettext_lazy("Article")),
                ("pictures", gettext_lazy("Picture message (图片消息)")),
            ),
            default="article",
            required=False,
        ),
        FormField(
            "theme",
            gettext_lazy("Look of the article"),
            "choice",
            choices=tuple((name, theme.label) for name, theme in THEMES.items()),
            default=DEFAULT,
            required=False,
        ),
        FormField("author", gettext_lazy("Author"), required=False),
        FormField(
            "link",
            gettext_lazy("Original link"),
            "url",
            gettext_lazy("Behind “Read the original” under the article."),
            required=False,
        ),
        FormField(
            "focus",
            gettext_lazy("Cover keeps"),
            "choice",
            choices=(
                ("middle", gettext_lazy("The middle")),
                ("start", gettext_lazy("Top or left")),
                ("end", gettext_lazy("Bottom or right")),
            ),
            default="middle",
            required=False,
        ),
        FormField("captions", gettext_lazy("Show pictures' descriptions as captions"), "flag", required=False),
        FormField("comments", gettext_lazy("Open comments"), "flag", required=False),
        FormField("fans_only", gettext_lazy("Only followers may comment"), "flag", required=False),
        FormField(
            "reprint",
            gettext_lazy("Send even if WeChat finds a reprint"),
            "flag",
            gettext_lazy("For mass sends: a text found to be somebody else's original goes out as a reprint."),
            required=False,
        ),
    ),
    check=check,
    show=shown,
    repeats_where={"way": "mass"},
    repeats_for_s=24 * 3600,
    companions_max=7,
    back_office_url="https://mp.weixin.qq.com/",
    check_list=(
        gettext_lazy("Set author, original mark and comments as agreed."),
        gettext_lazy("Send the preview to a phone before you publish."),
    ),
    metrics=("views", "likes", "comments", "shares", "saves"),
    comment_acts=("elect", "unelect", "delete"),
)
