"""Douyin (抖音开放平台)."""

from platforms.connectors.douyin.connector import Douyin

__all__ = ["Douyin"]
