"""What we intend to say, and when. Modules import downwards in this order."""

from content.models.asset import Asset
from content.models.attempt import Attempt
from content.models.brand import AllowedPhrase, BrandGuide, BrandRule, WordList
from content.models.idea import Idea
from content.models.item import ContentItem
from content.models.publication import Publication
from content.models.review import Comment, Review
from content.models.slot import Slot
from content.models.strategy import Persona, Pillar
from content.models.variant import Variant
from content.models.version import ItemVersion

__all__ = [
    "AllowedPhrase",
    "Asset",
    "Attempt",
    "BrandGuide",
    "BrandRule",
    "Comment",
    "ContentItem",
    "Idea",
    "ItemVersion",
    "Persona",
    "Pillar",
    "Publication",
    "Review",
    "Slot",
    "Variant",
    "WordList",
]
