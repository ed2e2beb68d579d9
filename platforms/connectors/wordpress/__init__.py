"""WordPress 5.6 and later, by its own REST interface and an application password; no plugin needed."""

from platforms.connectors.wordpress.connector import WordPress

__all__ = ["WordPress"]
