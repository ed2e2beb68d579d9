"""Ideas and strategy over REST."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.response import Response

from content.actions import planning
from content.api.serializers import ideas as shapes
from content.api.serializers.items import ItemSerializer
from content.models import Idea, Persona, Pillar
from content.models.idea import IdeaState
from mediaops.api.base import ReadViewSet
from mediaops.models import Membership, Right


class IdeaFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=IdeaState.choices, label="State; may be repeated")
    pillar = filters.ModelChoiceFilter(queryset=Pillar.objects.all(), label="Pillar")
    owner = filters.ModelChoiceFilter(queryset=Membership.objects.all(), label="Owner")
    q = filters.CharFilter(method="by_words", label="In title or note")

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(title__icontains=value) | Q(note__icontains=value))


class IdeaViewSet(ReadViewSet):
    """Ideas, newest first."""

    queryset = Idea.objects.select_related("workspace", "owner__user", "pillar").prefetch_related("items")
    serializer_class = shapes.IdeaSerializer
    filterset_class = IdeaFilter
    ordering = ["-made_at"]
    ordering_fields = ["made_at", "changed_at", "title"]
    rights = {"*": Right.WRITE}

    def _answer(self, row: Idea, status: int = 200) -> Response:
        fresh = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(fresh).data, status)

    @extend_schema(request=shapes.IdeaWriteSerializer, responses={201: shapes.IdeaSerializer})
    def create(self, request: Any) -> Response:
        """Keep a thought."""
        form = shapes.IdeaWriteSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        row = planning.add_idea(self.workspace, by=self.member, now=timezone.now(), **form.validated_data)
        return self._answer(row, 201)

    @extend_schema(request=shapes.IdeaWriteSerializer(partial=True), responses=shapes.IdeaSerializer)
    def partial_update(self, request: Any, pk: str) -> Response:
        """Change what it says."""
        row, context = self.get_object(), self.get_serializer_context()
        form = shapes.IdeaWriteSerializer(row, data=request.data, partial=True, context=context)
        form.is_valid(raise_exception=True)
        return self._answer(planning.change_idea(row, form.validated_data, by=self.member, now=timezone.now()))

    @extend_schema(request=shapes.IdeaMoveSerializer, responses=shapes.IdeaSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Any, pk: str) -> Response:
        """Move it to another column of the board."""
        row, form = self.get_object(), shapes.IdeaMoveSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        to = form.validated_data["state"]
        return self._answer(planning.move_idea(row, to, by=self.member, now=timezone.now()))

    @extend_schema(request=None, responses={201: ItemSerializer})
    @action(detail=True, methods=["post"])
    def write(self, request: Any, pk: str) -> Response:
        """Start a piece from it: title, note, pillar and owner come along."""
        item = planning.write(self.get_object(), by=self.member, now=timezone.now())
        return Response(ItemSerializer(item, context=self.get_serializer_context()).data, 201)


class StrategyFilter(filters.FilterSet):
    closed = filters.BooleanFilter(
        field_name="closed_at", lookup_expr="isnull", exclude=True, label="Closed ones; without it both"
    )


class StrategyViewSet(ReadViewSet):
    """What pillars and personas share. `write_class` cleans what comes in."""

    kind: Any
    write_class: Any
    filterset_class = StrategyFilter
    ordering = ["name"]
    ordering_fields = ["name"]
    rights = {"*": Right.WRITE}

    def create(self, request: Any) -> Response:
        """Add one. Two of one name are refused."""
        form = self.write_class(data=request.data)
        form.is_valid(raise_exception=True)
        row = planning.add_strategy(self.kind, self.workspace, form.validated_data, by=self.member)
        return Response(self.get_serializer(row).data, 201)

    def partial_update(self, request: Any, pk: str) -> Response:
        """Change it."""
        row, form = self.get_object(), self.write_class(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        row = planning.change_strategy(row, form.validated_data, by=self.member)
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def close(self, request: Any, pk: str) -> Response:
        """Take it out of the choices; pieces that have it keep it."""
        row = planning.close_strategy(self.get_object(), by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Any, pk: str) -> Response:
        """Offer it again."""
        return Response(self.get_serializer(planning.reopen_strategy(self.get_object(), by=self.member)).data)


@extend_schema_view(
    create=extend_schema(request=shapes.PillarWriteSerializer, responses={201: shapes.PillarSerializer}),
    partial_update=extend_schema(request=shapes.PillarWriteSerializer, responses=shapes.PillarSerializer),
)
class PillarViewSet(StrategyViewSet):
    """Pillars: what the team speaks about."""

    kind = Pillar
    queryset = Pillar.objects.select_related("workspace")
    serializer_class = shapes.PillarSerializer
    write_class = shapes.PillarWriteSerializer


@extend_schema_view(
    create=extend_schema(request=shapes.PersonaWriteSerializer, responses={201: shapes.PersonaSerializer}),
    partial_update=extend_schema(request=shapes.PersonaWriteSerializer, responses=shapes.PersonaSerializer),
)
class PersonaViewSet(StrategyViewSet):
    """Personas: whom the team writes for."""

    kind = Persona
    queryset = Persona.objects.select_related("workspace")
    serializer_class = shapes.PersonaSerializer
    write_class = shapes.PersonaWriteSerializer
