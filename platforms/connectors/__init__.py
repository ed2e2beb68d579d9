"""Every platform the product knows: one line each.

A connector class is built as `Class(account: AccountRef, secret: Mapping[str, str], http: Http)`
and carries its facts as the class attribute `spec`.
"""

from typing import Any

from platforms.connectors.bluesky import Bluesky
from platforms.connectors.by_hand import BY_HAND
from platforms.connectors.mastodon import Mastodon
from platforms.connectors.site import SiteConnector
from platforms.connectors.weibo import Weibo
from platforms.connectors.wordpress import WordPress

CONNECTORS: dict[str, Any] = {
    SiteConnector.spec.key: SiteConnector,
    WordPress.spec.key: WordPress,
    Weibo.spec.key: Weibo,
    Bluesky.spec.key: Bluesky,
    Mastodon.spec.key: Mastodon,
    **{platform.spec.key: platform for platform in BY_HAND},
}
