"""The brand guide over REST."""

from typing import Any

from rest_framework import serializers

from content.api.serializers.items import ItemSerializer, VariantSerializer
from content.api.serializers.problems import FixSerializer
from content.models import AllowedPhrase, BrandGuide, BrandRule, WordList
from content.models.brand import RuleKind
from mediaops.api.base import TeamSerializer


class RuleSerializer(TeamSerializer):
    """A rule of wording. `phrase` may hold up to two `*`, each for at most ten signs."""

    class Meta:
        model = BrandRule
        fields = ["id", "kind", "phrase", "instead", "only_with", "reason", "made_at", "made_by"]
        read_only_fields = fields


class RuleWriteSerializer(serializers.Serializer):
    """`banned` words are warned of, `preferred` ones are written as `instead`, `required` ones must be there."""

    kind = serializers.ChoiceField(choices=RuleKind.choices, default=RuleKind.BANNED)
    phrase = serializers.CharField(max_length=100)
    instead = serializers.CharField(max_length=100, allow_blank=True, required=False)
    only_with = serializers.CharField(
        max_length=100, allow_blank=True, required=False, help_text="Required wording waits for these words."
    )
    reason = serializers.CharField(max_length=300, allow_blank=True, required=False)


class ListSerializer(TeamSerializer):
    """An imported list of sensitive words; `size` is how many there are."""

    class Meta:
        model = WordList
        fields = ["id", "name", "source", "size", "is_on", "made_at", "made_by"]
        read_only_fields = fields


class WordSerializer(serializers.Serializer):
    word = serializers.CharField()
    category = serializers.CharField(allow_blank=True, default="")
    advice = serializers.CharField(allow_blank=True, default="")


class ImportedSerializer(ListSerializer):
    """A list as it was imported. `left_out` counts repeats, single signs and what is too long."""

    left_out = serializers.SerializerMethodField()

    class Meta(ListSerializer.Meta):
        fields = [*ListSerializer.Meta.fields, "left_out"]
        read_only_fields = fields

    def get_left_out(self, row: WordList) -> int:
        return int(self.context.get("left_out", 0))


class ListFileSerializer(serializers.Serializer):
    """A list as a file: text, CSV or XLSX; one word a line, or columns word, category, advice."""

    name = serializers.CharField(max_length=80)
    source = serializers.CharField(max_length=200, allow_blank=True, default="")
    file = serializers.FileField(allow_empty_file=True)


class ListWordsSerializer(serializers.Serializer):
    """A list as JSON."""

    name = serializers.CharField(max_length=80)
    source = serializers.CharField(max_length=200, allow_blank=True, default="")
    words = WordSerializer(many=True, allow_empty=False)


class ListChangeSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=80, required=False)
    source = serializers.CharField(max_length=200, allow_blank=True, required=False)
    is_on = serializers.BooleanField(required=False)


class AllowedSerializer(TeamSerializer):
    """A phrase that passes, everywhere or with `context` only within these words."""

    class Meta:
        model = AllowedPhrase
        fields = ["id", "phrase", "context", "reason", "made_at", "made_by"]
        read_only_fields = fields


class AllowSerializer(serializers.Serializer):
    phrase = serializers.CharField(max_length=100)
    context = serializers.CharField(max_length=200, allow_blank=True, default="")
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class ChecksSerializer(serializers.ModelSerializer):
    """Which of the shipped checks are on: the advertising law, personal data, mail addresses of persons."""

    class Meta:
        model = BrandGuide
        fields = ["checks_law", "checks_personal", "checks_email"]


class TextSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=20_000, allow_blank=True, trim_whitespace=False)


class MendSerializer(serializers.Serializer):
    """Take a fix by its `key`. `revision` is that of the row you read."""

    fix = serializers.CharField(max_length=400)
    revision = serializers.IntegerField(min_value=0)


class MendVariantSerializer(MendSerializer):
    """For a crop, `focus_x` and `focus_y` say what stays: shares of width and height from the upper left corner."""

    focus_x = serializers.FloatField(min_value=0, max_value=1, default=0.5)
    focus_y = serializers.FloatField(min_value=0, max_value=1, default=0.5)


class MendedSerializer(serializers.Serializer):
    """The variant after the fix; `of_piece`: the words stood in the piece and were put right there."""

    fix = FixSerializer()
    of_piece = serializers.BooleanField()
    variant = VariantSerializer()
    item: Any = ItemSerializer()
