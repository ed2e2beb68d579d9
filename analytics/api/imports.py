"""Files of figures over REST: upload, look, choose, confirm, sort the rest, undo."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response

from analytics.actions import importing, sorting, undoing
from analytics.models import ImportedFile, ImportedRow
from analytics.models.imported_file import TableKind
from mediaops.api.base import OwnRow, ReadViewSet, TeamSerializer, TeamViewSet
from mediaops.api.fields import Moment
from mediaops.models import Right
from platforms.models import Account, Post


class CountsSerializer(serializers.Serializer):
    """Rows by what becomes of them: foreseen in a preview, done after the import. `made` are among `new`."""

    total = serializers.IntegerField(required=False)
    new = serializers.IntegerField(required=False)
    changed = serializers.IntegerField(required=False)
    same = serializers.IntegerField(required=False)
    waiting = serializers.IntegerField(required=False)
    ignored = serializers.IntegerField(required=False)
    bad = serializers.IntegerField(required=False)
    made = serializers.IntegerField(required=False)


class TableSerializer(serializers.Serializer):
    """One table found in a file. `columns` gives the field by header; `layout` is empty where the team mapped it."""

    layout = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=TableKind.choices)
    line = serializers.IntegerField(help_text="Where its headers stand.")
    columns = serializers.DictField(child=serializers.CharField())


class ImportRowSerializer(TeamSerializer):
    """A file on its way. `as_of` is the minute its counters speak of; `unmapped` are headers nobody mapped yet."""

    problem = serializers.CharField(source="problem_text", read_only=True)
    counts = CountsSerializer(read_only=True)
    waiting = serializers.IntegerField(read_only=True, help_text="Rows that wait for a person now.")

    class Meta:
        model = ImportedFile
        fields = [
            "id", "name", "size_bytes", "sha256", "state", "problem", "account", "as_of", "makes_posts", "counts",
            "waiting", "rows_total", "rows_done", "made_at", "made_by", "done_at",
        ]  # fmt: skip
        read_only_fields = fields


class ImportSerializer(ImportRowSerializer):
    """A file in full: `sample` shows its first rows and what becomes of each."""

    tables = serializers.SerializerMethodField()
    unmapped = serializers.SerializerMethodField(help_text="Headers whose meaning a person must say.")
    accounts = serializers.SerializerMethodField(help_text="Accounts whose figures these may be.")
    sample = serializers.ListField(source="sample_text", child=serializers.DictField(), read_only=True)

    class Meta(ImportRowSerializer.Meta):
        fields = [*ImportRowSerializer.Meta.fields, "tables", "unmapped", "accounts", "sample"]
        read_only_fields = fields

    @extend_schema_field(TableSerializer(many=True))
    def get_tables(self, row: ImportedFile) -> list[dict[str, Any]]:
        return [
            {
                "layout": memo["layout"],
                "kind": memo["kind"],
                "line": memo["line"],
                "columns": {memo["headers"][int(at)]: name for at, name in memo["columns"].items()},
            }
            for memo in row.parts
        ]

    def get_unmapped(self, row: ImportedFile) -> list[str]:
        return [header for header in row.unknown.get("headers", []) if header]

    def get_accounts(self, row: ImportedFile) -> list[int]:
        return [account.pk for account in importing.accounts_for(row)] if row.parts else []


class UploadedSerializer(ImportSerializer):
    """A file that was brought. `known`: the same bytes were here before, and nothing was done."""

    known = serializers.SerializerMethodField()

    class Meta(ImportSerializer.Meta):
        fields = [*ImportSerializer.Meta.fields, "known"]
        read_only_fields = fields

    def get_known(self, row: ImportedFile) -> bool:
        return bool(self.context.get("known"))


class ImportUploadSerializer(serializers.Serializer):
    """A back office's export as it was downloaded."""

    file = serializers.FileField(allow_empty_file=True)


class ImportChoiceSerializer(serializers.Serializer):
    """What may be said before the import. With another account and no `makes_posts`, it is what is usual there."""

    account = OwnRow(queryset=Account.objects.select_related("workspace"), required=False)
    as_of = Moment(required=False)
    makes_posts = serializers.BooleanField(required=False)


class ColumnsSerializer(serializers.Serializer):
    """What the columns of an unknown table hold; remembered for the next file with the same headers."""

    kind = serializers.ChoiceField(choices=TableKind.choices)
    columns = serializers.DictField(child=serializers.CharField(), help_text="Field name by header.")


class ImportedRowSerializer(TeamSerializer):
    """A row that needed a person, or cannot be read; `problem` says why."""

    problem = serializers.CharField(source="problem_text", read_only=True)

    class Meta:
        model = ImportedRow
        fields = ["id", "line", "state", "problem", "values", "post"]
        read_only_fields = fields


class RowPostSerializer(serializers.Serializer):
    post = OwnRow(queryset=Post.objects.all())


class ImportFilter(filters.FilterSet):
    class Meta:
        model = ImportedFile
        fields = ["state", "account"]


class ImportViewSet(ReadViewSet):
    """Files of figures, newest first. A worker reads and imports them: ask for `state` until it has moved on."""

    queryset = ImportedFile.objects.with_waiting().select_related("workspace", "account__workspace")
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    lookup_value_regex = r"\d{1,18}"
    parser_classes = [MultiPartParser, JSONParser]
    ordering = ["-made_at"]
    ordering_fields = ["made_at", "name"]
    rights = {"list": Right.FIGURES, "retrieve": Right.FIGURES, "*": Right.FIGURES}

    def get_serializer_class(self) -> Any:
        return ImportRowSerializer if self.action == "list" else ImportSerializer

    def _given(self, kind: Any) -> dict[str, Any]:
        form = kind(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        return form.validated_data

    def _now(self) -> Response:
        """Answer with the row as it is now."""
        row = self.get_queryset().get(pk=self.get_object().pk)
        return Response(self.get_serializer(row).data)

    @extend_schema(
        request={"multipart/form-data": ImportUploadSerializer},
        responses={201: UploadedSerializer, 200: UploadedSerializer},
    )
    def create(self, request: Any) -> Response:
        """Bring a file as `multipart/form-data`. 200 with `known` when the same bytes were here before."""
        file = self._given(ImportUploadSerializer)["file"]
        taken = importing.add_file(file, file.name, file.size, by=self.member, now=timezone.now())
        row = self.get_queryset().get(pk=taken.imported.pk)
        context = {**self.get_serializer_context(), "known": taken.is_known}
        return Response(UploadedSerializer(row, context=context).data, 200 if taken.is_known else 201)

    @extend_schema(request=ImportChoiceSerializer, responses=ImportSerializer)
    def partial_update(self, request: Any, pk: str) -> Response:
        """Choose account, time and what becomes of unknown rows; the file is looked at anew."""
        row, given = self.get_object(), self._given(ImportChoiceSerializer)
        account = given.get("account", row.account)
        is_other = account is not None and account.pk != row.account_id
        importing.choose(
            row,
            account=account,
            as_of=given.get("as_of", row.as_of),
            makes_posts=given.get("makes_posts", None if is_other else row.makes_posts),
            now=timezone.now(),
        )
        return self._now()

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Any, pk: str) -> Response:
        """Forget a file that changed nothing, or no more."""
        importing.remove(self.get_object(), by=self.member)
        return Response(status=204)

    @extend_schema(request=ColumnsSerializer, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def columns(self, request: Any, pk: str) -> Response:
        """Say what the columns of an unknown table hold."""
        row, given = self.get_object(), self._given(ColumnsSerializer)
        importing.map_columns(row, **given, by=self.member, now=timezone.now())
        return self._now()

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Any, pk: str) -> Response:
        """Import it as the preview showed."""
        importing.confirm(self.get_object(), by=self.member, now=timezone.now())
        return self._now()

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Any, pk: str) -> Response:
        """Take it back: every figure becomes what it was."""
        undoing.start_undo(self.get_object(), by=self.member)
        return self._now()


class ImportedRowViewSet(mixins.ListModelMixin, TeamViewSet):
    """Rows of a file that needed a person or cannot be read, by line."""

    queryset = ImportedRow.objects.select_related("imported__workspace", "imported__account__workspace")
    serializer_class = ImportedRowSerializer
    filterset_fields = ["state"]
    lookup_value_regex = r"\d{1,18}"
    ordering = ["line"]
    rights = {"list": Right.FIGURES, "*": Right.FIGURES}

    def enter(self) -> None:
        files = ImportedFile.objects.in_workspace(self.workspace)
        self.imported = get_object_or_404(files, pk=self.kwargs["imported"])
        super().enter()

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if getattr(self, "swagger_fake_view", False) else rows.filter(imported=self.imported)

    @extend_schema(request=RowPostSerializer, responses=ImportedRowSerializer)
    @action(detail=True, methods=["post"])
    def match(self, request: Any, imported: str, pk: str) -> Response:
        """Put a waiting row to a post; later files remember."""
        row = self.get_object()
        form = RowPostSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        sorting.match_row(row, form.validated_data["post"], by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses=ImportedRowSerializer)
    @action(detail=True, methods=["post"])
    def make(self, request: Any, imported: str, pk: str) -> Response:
        """Make a post made elsewhere of a waiting row."""
        row = self.get_object()
        sorting.make_posts([row], by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses=ImportedRowSerializer)
    @action(detail=True, methods=["post"])
    def ignore(self, request: Any, imported: str, pk: str) -> Response:
        """Leave a waiting row out, now and in later files."""
        row = self.get_object()
        sorting.ignore_rows([row], by=self.member)
        return Response(self.get_serializer(row).data)
