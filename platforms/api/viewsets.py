"""Accounts, posts and talks over REST. Changes are POST verbs that call the same actions as the pages."""

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from mediaops.api.base import ReadViewSet, TeamView
from mediaops.models import Right
from platforms.actions import connecting, inbox, posting, signing_in, site
from platforms.api import serializers
from platforms.connectors import CONNECTORS
from platforms.models import Account, Conversation, Message, Post, Reply, SiteComment
from platforms.models.account import Relation


class Platforms(TeamView):
    """Every platform, with the fields that connect it and its limits."""

    @extend_schema(responses=serializers.PlatformSerializer(many=True))
    def get(self, request: Any) -> Response:
        facts = [serializers.platform_data(cls.spec) for cls in CONNECTORS.values()]
        return Response(serializers.PlatformSerializer(facts, many=True).data)


class AccountViewSet(ReadViewSet):
    """Accounts of the workspace. `POST` connects one, proven by a real call to its platform."""

    queryset = Account.objects.order_by("pk")
    serializer_class = serializers.AccountSerializer
    lookup_value_regex = r"\d{1,18}"
    filterset_fields = ["platform", "relation", "state"]
    ordering = ["pk"]
    rights = {"check": Right.PUBLISH, "*": Right.ADMIN}

    @extend_schema(request=serializers.ConnectSerializer, responses={201: serializers.AccountSerializer})
    def create(self, request: Any) -> Response:
        form = serializers.ConnectSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = self._connected(form.validated_data)
        return Response(self.get_serializer(row).data, status=201)

    def _connected(self, given: dict[str, Any]) -> Account:
        now = timezone.now()
        if given["relation"] != Relation.OWN:
            words = {name: given.get(name, "") for name in ("name", "handle", "url")}
            words["name"] = words["name"] or words["handle"] or words["url"]
            return connecting.add_account(
                self.workspace, given["platform"], relation=given["relation"], by=self.member, now=now, **words
            )
        if given["by_hand"]:
            words = {"name": given.get("name", ""), "url": given.get("url", "")}
            return connecting.connect_by_hand(self.workspace, given["platform"], by=self.member, now=now, **words)
        row = connecting.connect_account(
            self.workspace, given["platform"], given.get("credentials", {}), by=self.member, now=now
        )
        if given.get("name"):
            connecting.rename(row, given["name"], by=self.member, now=now)
        return row

    @extend_schema(request=serializers.SignInSerializer, responses={200: serializers.SignInBegunSerializer})
    @action(detail=False, methods=["post"], url_path="sign-in")
    def sign_in(self, request: Any) -> Response:
        """Begin to connect an account on its platform's own page.

        The member of the token opens `url` in their browser, signs in there and, back on a page of ours,
        saves the account. Lasts 20 minutes and counts once.
        """
        form = serializers.SignInSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        given = form.validated_data
        away = signing_in.begin(given["platform"], given.get("credentials", {}), account=given.get("account"))
        signing_in.wait_for(away, self.member)
        return Response({"url": away.url, "state": away.state})

    @extend_schema(request=serializers.ReconnectSerializer, responses=serializers.AccountSerializer)
    @action(detail=True, methods=["post"])
    def reconnect(self, request: Any, pk: str) -> Response:
        """Replace the credentials; they must open the same account."""
        row = self.get_object()
        form = serializers.ReconnectSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data["credentials"]
        row = connecting.reconnect(row, given, by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=serializers.RenameSerializer, responses=serializers.AccountSerializer)
    @action(detail=True, methods=["post"])
    def rename(self, request: Any, pk: str) -> Response:
        """Change the name the team sees."""
        form = serializers.RenameSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = connecting.rename(self.get_object(), form.validated_data["name"], by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses=serializers.AccountSerializer)
    @action(detail=True, methods=["post"])
    def check(self, request: Any, pk: str) -> Response:
        """Ask the platform whether the sign-in still works; the answer's `state` and `problem` say so."""
        row = connecting.check_account(self.get_object(), timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(operation_id="accounts_check_all", request=None, responses=serializers.CheckingSerializer)
    @action(detail=False, methods=["post"], url_path="check")
    def check_all(self, request: Any) -> Response:
        """Let the workers check every account of the team now; `checked_at` of each says when it was done."""
        return Response({"count": connecting.check_all(self.workspace, timezone.now())})

    @extend_schema(request=None, responses=serializers.AccountSerializer)
    @action(detail=True, methods=["post"])
    def disconnect(self, request: Any, pk: str) -> Response:
        """Forget the credentials. Posts, talks and figures stay."""
        row = connecting.disconnect(self.get_object(), by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)


class PostFilter(filters.FilterSet):
    since = filters.IsoDateTimeFilter(field_name="published_at", lookup_expr="gte", label="Published at or after")
    until = filters.IsoDateTimeFilter(field_name="published_at", lookup_expr="lt", label="Published before")
    removed = filters.BooleanFilter(
        field_name="removed_at", lookup_expr="isnull", exclude=True, label="Removed there"
    )

    class Meta:
        model = Post
        fields = ["account", "first_seen", "kind"]


class PostViewSet(ReadViewSet):
    """Posts as they exist on the platforms, whoever made them, newest first."""

    queryset = Post.objects.all()
    serializer_class = serializers.PostSerializer
    filterset_class = PostFilter
    ordering = ["-published_at"]
    ordering_fields = ["published_at", "seen_at"]
    rights = {"*": Right.PUBLISH}

    @extend_schema(request=None, responses=serializers.PostSerializer)
    @action(detail=True, methods=["post"], url_path="delete")
    def take_down(self, request: Any, pk: str) -> Response:
        """Delete the post where it is live, where the platform can; 409 `not_done` says what it said.

        Its row, talks and figures stay.
        """
        row = posting.delete(self.get_object(), by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)


class ConversationFilter(filters.FilterSet):
    waiting = filters.BooleanFilter(method="by_waiting", label="Waits for an answer")
    since = filters.IsoDateTimeFilter(field_name="last_at", lookup_expr="gte", label="Last words at or after")

    class Meta:
        model = Conversation
        fields = ["account", "post", "kind", "state", "assigned_to"]

    def by_waiting(self, rows: Any, name: str, value: bool) -> Any:
        waiting = rows.waiting()
        return waiting if value else rows.exclude(pk__in=waiting.values("pk"))


class ConversationViewSet(ReadViewSet):
    """Talks on all accounts, latest words first."""

    queryset = Conversation.objects.select_related("account__workspace")
    serializer_class = serializers.ConversationSerializer
    filterset_class = ConversationFilter
    ordering = ["-last_at"]
    ordering_fields = ["last_at", "made_at"]
    rights = {"*": Right.ANSWER}

    @extend_schema(request=serializers.AnswerSerializer, responses={201: serializers.ReplySerializer})
    @action(detail=True, methods=["post"])
    def reply(self, request: Any, pk: str) -> Response:
        """Answer; a worker sends it at once. Its state is at `/replies/{id}/`."""
        form = serializers.AnswerSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        given = form.validated_data
        row = inbox.reply(self.get_object(), given["text"], by=self.member, now=timezone.now(), to=given.get("to"))
        return Response(serializers.ReplySerializer(row, context=self.get_serializer_context()).data, status=201)

    @extend_schema(request=serializers.AssignSerializer, responses=serializers.ConversationSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Any, pk: str) -> Response:
        """Give the talk to a member who may answer, or to nobody."""
        form = serializers.AssignSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        row = inbox.assign(self.get_object(), form.validated_data["member"], by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses=serializers.ConversationSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Any, pk: str) -> Response:
        """Say that nothing is left to do. A new message opens the talk again."""
        row = inbox.close(self.get_object(), by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses=serializers.ConversationSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Any, pk: str) -> Response:
        """Take a closed talk up again."""
        row = inbox.reopen(self.get_object(), by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)


class MessageFilter(filters.FilterSet):
    since = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte", label="Said at or after")
    account = filters.NumberFilter(field_name="conversation__account", label="Account")

    class Meta:
        model = Message
        fields = ["conversation", "is_own"]


class MessageViewSet(ReadViewSet):
    """What was said, newest first."""

    queryset = Message.objects.filter(removed_at=None)
    serializer_class = serializers.MessageSerializer
    filterset_class = MessageFilter
    ordering = ["-at"]
    ordering_fields = ["at"]


class ReplyViewSet(ReadViewSet):
    """Answers of ours and what became of them."""

    queryset = Reply.objects.select_related("conversation__account__workspace", "to")
    serializer_class = serializers.ReplySerializer
    filterset_fields = ["conversation", "state"]
    ordering = ["-made_at"]
    ordering_fields = ["made_at"]
    rights = {"*": Right.ANSWER}

    def _moved(self, verb: Any) -> Response:
        row = verb(self.get_object(), by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses=serializers.ReplySerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: Any, pk: str) -> Response:
        """Send a failed answer again, or an unsure one of which you know that it is not there."""
        return self._moved(inbox.send_again)

    @extend_schema(request=None, responses=serializers.ReplySerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Any, pk: str) -> Response:
        """Say that an unsure answer is there."""
        return self._moved(inbox.confirm_sent)

    @extend_schema(request=None, responses=serializers.ReplySerializer)
    @action(detail=True, methods=["post"])
    def drop(self, request: Any, pk: str) -> Response:
        """Give up a failed or unsure answer."""
        return self._moved(inbox.drop)


class SiteCommentFilter(filters.FilterSet):
    since = filters.IsoDateTimeFilter(field_name="changed_at", lookup_expr="gte", label="Written or moved since")

    class Meta:
        model = SiteComment
        fields = ["article", "state", "is_team"]


class SiteCommentViewSet(ReadViewSet):
    """Comments on the team's own site, newest first. Visitors see those that are `shown`."""

    queryset = SiteComment.objects.select_related("article__workspace")
    serializer_class = serializers.SiteCommentSerializer
    filterset_class = SiteCommentFilter
    ordering = ["-made_at"]
    ordering_fields = ["made_at", "changed_at"]
    rights = {"*": Right.ANSWER}

    @extend_schema(request=None, responses=serializers.SiteCommentSerializer)
    @action(detail=True, methods=["post"])
    def show(self, request: Any, pk: str) -> Response:
        """Let visitors see it."""
        row = site.show_comment(self.get_object(), by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses=serializers.SiteCommentSerializer)
    @action(detail=True, methods=["post"])
    def hide(self, request: Any, pk: str) -> Response:
        """Keep it, and the answers under it, from visitors."""
        row = site.hide_comment(self.get_object(), by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)
