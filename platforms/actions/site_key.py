"""The key to a workspace's own site: made here, sealed as its account's credential, stored as a digest."""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from mediaops.models import Membership, Workspace
from platforms.connectors.account import Profile, Secret
from platforms.connectors.site import SiteConnector
from platforms.models import SiteKey

PREFIX = "site_"


def is_own_site(platform: str) -> bool:
    """Say whether the platform is the workspace's own site, which nobody needs credentials for."""
    return platform == SiteConnector.spec.key


def make_key(workspace: Workspace, *, by: Membership | None, now: datetime) -> tuple[Profile, Secret]:
    """Open the workspace's site and return its account and key. An earlier key ends here."""
    key = PREFIX + secrets.token_urlsafe(32)
    told = {"key_hash": digest_of(key), "made_at": now, "made_by": by}
    SiteKey.objects.update_or_create(workspace=workspace, defaults=told)
    return profile_of(workspace), {"key": key}


def profile_of(workspace: Workspace) -> Profile:
    """Return the site as an account: it is called as the workspace. Without a `server` it lives at SITE_URL."""
    address = settings.SITE_URL.rstrip("/") + reverse("website:home", args=[workspace.slug])
    return Profile(f"{workspace.pk}", workspace.name, handle=workspace.slug, url=address)


def digest_of(key: str) -> str:
    """Return what is stored of a key. It is long and random, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(key.encode()).hexdigest()
