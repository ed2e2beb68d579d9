"""Where the platforms with one address live; a setting, so that a test server can stand in."""

from django.conf import settings


def address_of(name: str) -> str:
    """Return the base address of an interface (`settings.PLATFORM_ADDRESSES`), without a slash at the end."""
    return str(settings.PLATFORM_ADDRESSES[name]).rstrip("/")
