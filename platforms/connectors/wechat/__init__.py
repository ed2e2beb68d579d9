"""WeChat Official Accounts: drafts, publishing, mass sends."""

from platforms.connectors.wechat.connector import OfficialAccount

__all__ = ["OfficialAccount"]
