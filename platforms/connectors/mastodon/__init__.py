"""Mastodon, and every server that speaks its API."""

from platforms.connectors.mastodon.connector import Mastodon

__all__ = ["Mastodon"]
