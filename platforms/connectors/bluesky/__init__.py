"""Bluesky and other servers of the AT Protocol, by app password."""

from platforms.connectors.bluesky.connector import Bluesky

__all__ = ["Bluesky"]
