"""Fields and words that several parts of content's API share."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from content.forms.fields import TAG_LENGTH_MAX, TAGS_MAX, TagsField
from content.models import Asset
from mediaops.api.base import OwnRow


@extend_schema_field(
    {"type": "array", "items": {"type": "string", "maxLength": TAG_LENGTH_MAX}, "maxItems": TAGS_MAX}
)
class Tags(serializers.ListField):
    """Words without #; the same rules as in the editor, and repeats are taken out."""

    child = serializers.CharField()

    def to_internal_value(self, data: Any) -> list[str]:
        words = super().to_internal_value(data)
        try:
            return TagsField(required=False).clean("\n".join(words))
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from None


def pictures(**kwargs: Any) -> OwnRow:
    """A field for pictures of the library, or with `many=False` for one."""
    return OwnRow(queryset=Asset.objects.images().filter(removed_at=None), **kwargs)


def a_video(**kwargs: Any) -> OwnRow:
    """A field for one video of the library."""
    return OwnRow(queryset=Asset.objects.videos().filter(removed_at=None), **kwargs)


@extend_schema_field(
    {"type": "string", "format": "uri", "readOnly": True, "description": "The row's page, for people."}
)
class PageUrl(serializers.Field):
    """The address of a row's page in the product; the context names the view."""

    def __init__(self, page: str) -> None:
        self.page = page
        super().__init__(source="*", read_only=True)

    def to_representation(self, value: Any) -> str:
        return settings.SITE_URL + reverse(self.page, args=[self.context["view"].workspace.slug, value.pk])
