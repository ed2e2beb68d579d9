"""Sina Weibo, through its open platform."""

from platforms.connectors.weibo.connector import Weibo

__all__ = ["Weibo"]
