"""The brand guide over REST: rules, word lists, phrases that pass, shipped checks."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response

from content import wording
from content.actions import branding
from content.api.serializers import brand as shapes
from content.api.serializers.problems import ProblemSerializer
from content.guide import guide_of
from content.models import AllowedPhrase, BrandRule, WordList
from content.models.brand import RuleKind
from content.word_files import FILE_MAX, WORDS_MAX, read_words, words_of
from mediaops.api.base import ReadViewSet, TeamView
from mediaops.models import Right


class Given:
    """Cleaning of what comes in."""

    def _form(self, kind: Any, **how: Any) -> dict[str, Any]:
        form = kind(data=self.request.data, **how)  # type: ignore[attr-defined]
        form.is_valid(raise_exception=True)
        return form.validated_data


class RuleFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=RuleKind.choices, label="Kind")
    q = filters.CharFilter(field_name="phrase", lookup_expr="icontains", label="In the words")


class RuleViewSet(Given, ReadViewSet):
    """Rules of wording."""

    queryset = BrandRule.objects.select_related("workspace")
    serializer_class = shapes.RuleSerializer
    filterset_class = RuleFilter
    ordering = ["pk"]
    ordering_fields = ["phrase", "made_at"]

    @extend_schema(request=shapes.RuleWriteSerializer, responses={201: shapes.RuleSerializer})
    def create(self, request: Any) -> Response:
        """Add a rule. The same words of one kind are refused."""
        given = self._form(shapes.RuleWriteSerializer)
        row = branding.add_rule(self.workspace, given, by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data, 201)

    @extend_schema(request=shapes.RuleWriteSerializer(partial=True), responses=shapes.RuleSerializer)
    def partial_update(self, request: Any, pk: str) -> Response:
        """Change a rule."""
        row, given = self.get_object(), self._form(shapes.RuleWriteSerializer, partial=True)
        return Response(self.get_serializer(branding.change_rule(row, given, by=self.member)).data)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Any, pk: str) -> Response:
        """Remove a rule."""
        branding.drop_rule(self.get_object(), by=self.member)
        return Response(status=204)


class WordListViewSet(Given, ReadViewSet):
    """Imported lists of sensitive words."""

    queryset = WordList.objects.defer("words").select_related("workspace")
    serializer_class = shapes.ListSerializer
    filterset_fields = ["is_on"]
    parser_classes = [MultiPartParser, JSONParser]
    ordering = ["pk"]
    ordering_fields = ["name", "made_at"]

    @extend_schema(
        request={"multipart/form-data": shapes.ListFileSerializer, "application/json": shapes.ListWordsSerializer},
        responses={201: shapes.ImportedSerializer},
    )
    def create(self, request: Any) -> Response:
        """Import a list: a file as `multipart/form-data`, or words as JSON. 422 `file_refused` says why not."""
        if isinstance(request.data, dict) and "words" in request.data and "file" not in request.data:
            given = self._form(shapes.ListWordsSerializer)
            words = words_of([[one["word"], one["category"], one["advice"]] for one in given.pop("words")])
        else:
            given = self._form(shapes.ListFileSerializer)
            words = read_words(given.pop("file").read(FILE_MAX + 1))
        row = branding.import_list(self.workspace, words, **given, by=self.member, now=timezone.now())
        context = {**self.get_serializer_context(), "left_out": words.left_out}
        return Response(shapes.ImportedSerializer(row, context=context).data, 201)

    @extend_schema(request=shapes.ListChangeSerializer, responses=shapes.ListSerializer)
    def partial_update(self, request: Any, pk: str) -> Response:
        """Rename a list, or switch it on or off."""
        row, given = self.get_object(), self._form(shapes.ListChangeSerializer)
        return Response(self.get_serializer(branding.change_list(row, given, by=self.member)).data)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Any, pk: str) -> Response:
        """Delete a list with its words."""
        branding.drop_list(self.get_object(), by=self.member)
        return Response(status=204)

    @extend_schema(responses=shapes.WordSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def words(self, request: Any, pk: str) -> Response:
        """Every word of the list, with its category and advice."""
        names = ("word", "category", "advice")
        lines = self.get_object().words.splitlines()[:WORDS_MAX]
        found = [dict(zip(names, (*line.split("\t"), "", ""), strict=False)) for line in lines]
        return Response(shapes.WordSerializer(found, many=True).data)


class AllowedFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="phrase", lookup_expr="icontains", label="In the phrase")


class AllowedViewSet(Given, ReadViewSet):
    """The team's white list."""

    queryset = AllowedPhrase.objects.select_related("workspace")
    serializer_class = shapes.AllowedSerializer
    filterset_class = AllowedFilter
    ordering = ["pk"]
    ordering_fields = ["phrase", "made_at"]
    rights = {"*": Right.APPROVE}

    @extend_schema(request=shapes.AllowSerializer, responses={201: shapes.AllowedSerializer})
    def create(self, request: Any) -> Response:
        """Let a phrase pass; one that passes already is answered as it is."""
        given = self._form(shapes.AllowSerializer)
        row = branding.allow_phrase(self.workspace, **given, by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data, 201)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Any, pk: str) -> Response:
        """Take a phrase off the white list."""
        branding.forbid_phrase(self.get_object(), by=self.member)
        return Response(status=204)


class Checks(Given, TeamView):
    """Which of the shipped checks are on."""

    @extend_schema(operation_id="brand_checks_retrieve", responses=shapes.ChecksSerializer)
    def get(self, request: Any) -> Response:
        """Read the switches."""
        return Response(shapes.ChecksSerializer(branding.guide_row(self.workspace)).data)

    @extend_schema(
        operation_id="brand_checks_change", request=shapes.ChecksSerializer, responses=shapes.ChecksSerializer
    )
    def patch(self, request: Any) -> Response:
        """Switch checks on or off."""
        given = self._form(shapes.ChecksSerializer, partial=True)
        return Response(shapes.ChecksSerializer(branding.change_guide(self.workspace, given, by=self.member)).data)


class Try(Given, TeamView):
    """What the guide says of a text that belongs to no piece."""

    rights = {"post": Right.SEE}

    @extend_schema(operation_id="brand_try", request=shapes.TextSerializer, responses=ProblemSerializer(many=True))
    def post(self, request: Any) -> Response:
        """Check a text. Nothing is kept."""
        given = self._form(shapes.TextSerializer)
        found = wording.judge({"body": given["text"]}, guide_of(self.workspace.pk))
        return Response(ProblemSerializer(found, many=True).data)
