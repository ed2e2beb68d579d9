"""Why, with whom, for how much."""

from campaigns.models.campaign import Campaign

__all__ = ["Campaign"]
