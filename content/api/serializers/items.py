"""Pieces, their variants, versions and comments."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework import serializers

from campaigns.models import Campaign
from content.api.fields import PageUrl, Tags, a_video, pictures
from content.digest import digest
from content.forms.items import BODY_MAX
from content.forms.variants import option_field, option_value
from content.models import Comment, ContentItem, ItemVersion, Persona, Pillar, Variant
from mediaops.api.base import OwnRow, TeamSerializer
from mediaops.api.fields import KeptRow, active_member
from platforms.connectors.spec import PlatformSpec
from platforms.gateway import spec_for
from platforms.models import Account

RUNNING = Q(state__in=["planned", "running"])
ITEM_FIELDS = [
    "id", "title", "summary", "cover", "video", "tags", "idea", "pillar", "personas", "campaign", "owner", "state",
    "revision", "made_at", "made_by", "changed_at", "changed_by", "archived_at", "page_url",
]  # fmt: skip


class ItemRowSerializer(TeamSerializer):
    """A piece in a list: everything but its body."""

    tags = serializers.ListField(child=serializers.CharField(), read_only=True)
    personas: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    page_url = PageUrl("content:item")

    class Meta:
        model = ContentItem
        fields = ITEM_FIELDS
        read_only_fields = fields


class ItemSerializer(ItemRowSerializer):
    """One piece. `body` is Markdown; `digest` is the fingerprint of what would go out: approve with it as `seen`."""

    digest = serializers.SerializerMethodField()

    class Meta(ItemRowSerializer.Meta):
        fields = [*ITEM_FIELDS, "body", "digest"]
        read_only_fields = fields

    def get_digest(self, item: ContentItem) -> str:
        return digest(item)


class Words(serializers.Serializer):
    """What a piece says; the rules of the editor."""

    title = serializers.CharField(max_length=200, allow_blank=True, required=False)
    summary = serializers.CharField(max_length=1000, allow_blank=True, required=False)
    body = serializers.CharField(
        max_length=BODY_MAX, allow_blank=True, required=False, trim_whitespace=False, help_text="Markdown."
    )
    tags = Tags(required=False)
    cover = pictures(required=False, allow_null=True)
    video = a_video(required=False, allow_null=True)
    pillar = KeptRow(queryset=Pillar.objects.all(), among=Q(closed_at=None), required=False, allow_null=True)
    personas = KeptRow(queryset=Persona.objects.all(), among=Q(closed_at=None), many=True, required=False)
    campaign = KeptRow(queryset=Campaign.objects.all(), among=RUNNING, required=False, allow_null=True)
    owner = active_member(required=False)


class ItemWriteSerializer(Words):
    """A new piece; without an owner it is the token's member's."""


class ItemChangeSerializer(Words):
    """What changes. `revision` is that of the piece you read; 409 `edited_meanwhile` when it is older now."""

    revision = serializers.IntegerField(min_value=0)


class NoteSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


class RemindedSerializer(serializers.Serializer):
    told = serializers.ListField(child=serializers.IntegerField(), help_text="The members who were told.")


class ApproveSerializer(NoteSerializer):
    """`seen` is the `digest` of what you read; 409 when it is another text now. Without it, what is there counts."""

    seen = serializers.CharField(max_length=64, allow_blank=True, default="")


class VariantSerializer(TeamSerializer):
    """A piece fitted to one account. What is blank is taken from the piece; `images` count with `own_images`."""

    images = serializers.SerializerMethodField()
    companions = serializers.SerializerMethodField(help_text="Variants that go out in one message with it, in order.")
    options = serializers.DictField(child=serializers.JSONField(), read_only=True)

    class Meta:
        model = Variant
        fields = [
            "id", "item", "account", "title", "summary", "body", "own_images", "images", "video", "options",
            "companions", "revision", "made_at", "changed_at", "changed_by",
        ]  # fmt: skip
        read_only_fields = fields

    def get_companions(self, row: Variant) -> list[int]:
        return [each.companion_id for each in row.companions.all()]

    def get_images(self, row: Variant) -> list[int]:
        return [pick.asset_id for pick in row.picks.all()]


class Fitting(serializers.Serializer):
    """Own words, pictures and options for one account. `images` alone switch `own_images` on."""

    title = serializers.CharField(max_length=200, allow_blank=True, required=False)
    summary = serializers.CharField(max_length=1000, allow_blank=True, required=False)
    body = serializers.CharField(max_length=BODY_MAX, allow_blank=True, required=False, trim_whitespace=False)
    video = a_video(required=False, allow_null=True)
    own_images = serializers.BooleanField(required=False)
    images = pictures(many=True, required=False)
    options = serializers.DictField(
        child=serializers.JSONField(), required=False, help_text="By name of the platform's `option_fields`."
    )

    def spec(self, data: Mapping[str, Any]) -> PlatformSpec:
        """Return the platform whose options are meant."""
        return spec_for(data.get("account") or self.instance.account)  # type: ignore[union-attr]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "options" in attrs:
            attrs["options"] = clean_options(self.spec(attrs), attrs["options"])
        if attrs.get("images"):
            attrs.setdefault("own_images", True)
        return attrs


class VariantWriteSerializer(Fitting):
    account = OwnRow(queryset=Account.objects.select_related("workspace"))


class VariantChangeSerializer(Fitting):
    """What changes. `revision` is that of the variant you read."""

    revision = serializers.IntegerField(min_value=0)


class CompanionsSerializer(serializers.Serializer):
    """The variants that go out in one message with this one, in order."""

    companions = OwnRow(queryset=Variant.objects.select_related("item"), many=True)


class ShowToSerializer(serializers.Serializer):
    """Whom to show the piece to, by their name on the platform."""

    to = serializers.CharField(max_length=100)


def clean_options(spec: PlatformSpec, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as the editor would keep them, or raise by name what is wrong."""
    known = {field.name: field for field in spec.option_fields}
    wrong: dict[str, list[str]] = {}
    kept: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, dict | list):
            wrong[name] = [_("Text, a number, true or false.")]
            continue
        if name not in known:
            words = {"platform": spec.label, "name": name[:60]}
            wrong[name] = [_("%(platform)s has no option “%(name)s”.") % words]
            continue
        try:
            kept[name] = option_value(known[name], option_field(known[name], None).clean(value))
        except ValidationError as error:
            wrong[name] = list(error.messages)
    if wrong:
        raise serializers.ValidationError({"options": wrong})
    return kept


class VersionRowSerializer(TeamSerializer):
    """The text of a piece as it stood at one moment, without its body."""

    class Meta:
        model = ItemVersion
        fields = ["number", "revision", "reason", "title", "summary", "made_at", "made_by"]
        read_only_fields = fields


class VersionSerializer(VersionRowSerializer):
    """The whole text of a piece as it stood at one moment."""

    tags = serializers.ListField(child=serializers.CharField(), read_only=True)
    variants = serializers.ListField(child=serializers.DictField(), read_only=True)

    class Meta(VersionRowSerializer.Meta):
        fields = [*VersionRowSerializer.Meta.fields, "body", "tags", "cover", "video", "variants"]
        read_only_fields = fields


class CommentSerializer(TeamSerializer):
    """What a member said about a piece; `parent` is the comment it answers."""

    class Meta:
        model = Comment
        fields = ["id", "item", "parent", "text", "quote", "by", "at", "resolved_at", "resolved_by"]
        read_only_fields = fields


class SaySerializer(serializers.Serializer):
    """A comment, or with `parent` an answer to one. `quote` are the words it speaks of."""

    text = serializers.CharField(max_length=4000)
    quote = serializers.CharField(max_length=300, allow_blank=True, default="")
    parent: Any = OwnRow(queryset=Comment.objects.all(), required=False, allow_null=True)
