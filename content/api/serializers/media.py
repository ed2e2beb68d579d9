"""The media library."""

from rest_framework import serializers

from content import asset_refs
from content.models import Asset
from mediaops.api.base import TeamSerializer


class MediaSerializer(TeamSerializer):
    """One picture or video of the library. In Markdown write, for a picture, `![what it shows](path)`."""

    alt = serializers.CharField(source="alt_text", read_only=True, help_text="What it shows; goes out with it.")
    path = serializers.SerializerMethodField(help_text="How text refers to it.")

    class Meta:
        model = Asset
        fields = [
            "id", "name", "alt", "path", "kind", "mime", "size_bytes", "width", "height", "seconds", "sha256",
            "made_at", "made_by",
        ]  # fmt: skip
        read_only_fields = fields

    def get_path(self, row: Asset) -> str:
        return asset_refs.asset_path(row, self.context["view"].workspace)


class AddedSerializer(MediaSerializer):
    """A file that was asked for. `duplicate`: the library had these bytes already."""

    duplicate = serializers.SerializerMethodField()

    class Meta(MediaSerializer.Meta):
        fields = [*MediaSerializer.Meta.fields, "duplicate"]
        read_only_fields = fields

    def get_duplicate(self, row: Asset) -> bool:
        return bool(self.context.get("duplicate"))


class UploadSerializer(serializers.Serializer):
    """A picture (JPEG, PNG, GIF or WebP up to 20 MB and 25 million pixels) or a video (MP4, MOV, WebM, MKV)."""

    file = serializers.FileField(allow_empty_file=True)
    alt = serializers.CharField(max_length=1000, allow_blank=True, default="")


class FetchSerializer(serializers.Serializer):
    """A picture at a public address."""

    url = serializers.URLField(max_length=2000)
    alt = serializers.CharField(max_length=1000, allow_blank=True, default="")


class DescribeSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=200, required=False)
    alt = serializers.CharField(max_length=1000, allow_blank=True, required=False)
