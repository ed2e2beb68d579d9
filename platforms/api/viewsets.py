"""Accounts, posts and talks over REST. Changes are POST verbs that call the same actions as the pages."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from mediaops.api.base import ReadViewSet, TeamView
from mediaops.models import Right
from platforms.actions import (
    answering,
    auto_replying,
    connecting,
    contacts,
    health,
    inbox,
    menus,
    moderating,
    posting,
    signing_in,
    site,
)
from platforms.api import serializers
from platforms.connectors import CONNECTORS
from platforms.models import (
    Account,
    AccountEvent,
    AutoReply,
    Contact,
    ContactTag,
    Conversation,
    Menu,
    Message,
    Post,
    Reply,
    SiteComment,
)
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
    rights = {
        "check": Right.PUBLISH, "menu": Right.ANSWER, "menu_publish": Right.ANSWER, "menu_read": Right.ANSWER,
        "menu_remove": Right.ANSWER, "*": Right.ADMIN,
    }  # fmt: skip

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
        row = health.check_account(self.get_object(), timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(operation_id="accounts_check_all", request=None, responses=serializers.CheckingSerializer)
    @action(detail=False, methods=["post"], url_path="check")
    def check_all(self, request: Any) -> Response:
        """Let the workers check every account of the team now; `checked_at` of each says when it was done."""
        return Response({"count": health.check_all(self.workspace, timezone.now())})

    @extend_schema(request=None, responses=serializers.AccountSerializer)
    @action(detail=True, methods=["post"])
    def disconnect(self, request: Any, pk: str) -> Response:
        """Forget the credentials. Posts, talks and figures stay."""
        row = connecting.disconnect(self.get_object(), by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(methods=["GET"], responses=serializers.MenuSerializer)
    @extend_schema(methods=["PUT"], request=serializers.MenuSerializer, responses=serializers.MenuSerializer)
    @action(detail=True, methods=["get", "put"])
    def menu(self, request: Any, pk: str) -> Response:
        """The account's menu. `PUT` keeps a draft, right or wrong; nothing goes out before it is published."""
        account = self.get_object()
        menus.demand_able(account)
        if request.method == "PUT":
            form = serializers.MenuSerializer(data=request.data, context=self.get_serializer_context())
            form.is_valid(raise_exception=True)
            menus.draft(account, form.validated_data["entries"], by=self.member, now=timezone.now())
        return self._menu(menus.menu_of(account))

    def _menu(self, row: Menu) -> Response:
        return Response(serializers.MenuSerializer(row, context=self.get_serializer_context()).data)

    @extend_schema(request=None, responses=serializers.MenuSerializer)
    @action(detail=True, methods=["post"], url_path="menu/publish")
    def menu_publish(self, request: Any, pk: str) -> Response:
        """Make the draft the account's menu."""
        return self._menu(menus.publish(self.get_object(), by=self.member, now=timezone.now()))

    @extend_schema(request=None, responses=serializers.MenuSerializer)
    @action(detail=True, methods=["post"], url_path="menu/read")
    def menu_read(self, request: Any, pk: str) -> Response:
        """Ask the platform what it shows now; `live` is the answer."""
        return self._menu(menus.read_live(self.get_object(), by=self.member, now=timezone.now()))

    @extend_schema(request=None, responses=serializers.MenuSerializer)
    @action(detail=True, methods=["post"], url_path="menu/remove")
    def menu_remove(self, request: Any, pk: str) -> Response:
        """Take the menu off the account; the draft stays."""
        return self._menu(menus.remove(self.get_object(), by=self.member, now=timezone.now()))


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

    queryset = Post.objects.select_related("account__workspace")
    serializer_class = serializers.PostSerializer
    filterset_class = PostFilter
    ordering = ["-published_at"]
    ordering_fields = ["published_at", "seen_at"]
    rights = {"comments": Right.ANSWER, "*": Right.PUBLISH}

    @extend_schema(request=None, responses=serializers.PostSerializer)
    @action(detail=True, methods=["post"], url_path="delete")
    def take_down(self, request: Any, pk: str) -> Response:
        """Delete the post where it is live, where the platform can; 409 `not_done` says what it said.

        Its row, talks and figures stay.
        """
        row = posting.delete(self.get_object(), by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=serializers.CommentsSerializer, responses=serializers.PostSerializer)
    @action(detail=True, methods=["post"])
    def comments(self, request: Any, pk: str) -> Response:
        """Open or close comments under the post on its platform."""
        form = serializers.CommentsSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        is_open = form.validated_data["open"]
        row = moderating.set_comments_open(self.get_object(), is_open, by=self.member, now=timezone.now())
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
        row = answering.reply(
            self.get_object(), given["text"], by=self.member, now=timezone.now(), to=given.get("to")
        )
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

    queryset = Message.objects.filter(removed_at=None).select_related("conversation__account__workspace")
    serializer_class = serializers.MessageSerializer
    filterset_class = MessageFilter
    ordering = ["-at"]
    ordering_fields = ["at"]
    rights = {"*": Right.ANSWER}

    @extend_schema(request=serializers.ModerateSerializer, responses=serializers.MessageSerializer)
    @action(detail=True, methods=["post"])
    def moderate(self, request: Any, pk: str) -> Response:
        """Delete, hide, feature … a comment on its platform. Doing it twice is fine."""
        form = serializers.ModerateSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        act = form.validated_data["act"]
        row = moderating.moderate(self.get_object(), act, by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)


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
        return self._moved(answering.send_again)

    @extend_schema(request=None, responses=serializers.ReplySerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Any, pk: str) -> Response:
        """Say that an unsure answer is there."""
        return self._moved(answering.confirm_sent)

    @extend_schema(request=None, responses=serializers.ReplySerializer)
    @action(detail=True, methods=["post"])
    def drop(self, request: Any, pk: str) -> Response:
        """Give up a failed or unsure answer."""
        return self._moved(answering.drop)


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


class ContactFilter(filters.FilterSet):
    following = filters.BooleanFilter(field_name="left_at", lookup_expr="isnull", label="Follows now")
    tag = filters.NumberFilter(field_name="tags", label="Label")
    q = filters.CharFilter(method="by_words", label="Part of the name or the remark")

    class Meta:
        model = Contact
        fields = ["account", "remote_id"]

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(name__icontains=value) | Q(remark__icontains=value))


class ContactViewSet(ReadViewSet):
    """People who follow the accounts, as their platforms tell."""

    queryset = Contact.objects.select_related("account__workspace").prefetch_related("tags")
    serializer_class = serializers.ContactSerializer
    filterset_class = ContactFilter
    ordering = ["-pk"]
    rights = {"*": Right.ANSWER}

    @extend_schema(request=serializers.RemarkSerializer, responses=serializers.ContactSerializer)
    @action(detail=True, methods=["post"])
    def remark(self, request: Any, pk: str) -> Response:
        """Change how the team calls the person, there and here."""
        form = serializers.RemarkSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = contacts.remark(self.get_object(), form.validated_data["remark"], by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=serializers.LabelSerializer, responses=serializers.LabelledSerializer)
    @action(detail=False, methods=["post"])
    def tag(self, request: Any) -> Response:
        """Put a label on contacts."""
        return self._label(request, contacts.tag)

    @extend_schema(request=serializers.LabelSerializer, responses=serializers.LabelledSerializer)
    @action(detail=False, methods=["post"])
    def untag(self, request: Any) -> Response:
        """Take a label off contacts."""
        return self._label(request, contacts.untag)

    def _label(self, request: Any, act: Any) -> Response:
        form = serializers.LabelSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        given = form.validated_data
        return Response({"changed": act(given["contacts"], given["tag"], by=self.member, now=timezone.now())})


class ContactTagViewSet(ReadViewSet):
    """Labels of contacts. `POST` makes one on the account's platform."""

    queryset = ContactTag.objects.select_related("account__workspace")
    serializer_class = serializers.ContactTagSerializer
    filterset_fields = ["account"]
    ordering = ["pk"]
    rights = {"*": Right.ANSWER}

    @extend_schema(request=serializers.ContactTagSerializer, responses={201: serializers.ContactTagSerializer})
    def create(self, request: Any) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        row = contacts.make_tag(given["account"], given["name"], by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=serializers.TagNameSerializer, responses=serializers.ContactTagSerializer)
    @action(detail=True, methods=["post"])
    def rename(self, request: Any, pk: str) -> Response:
        """Rename the label, there and here."""
        form = serializers.TagNameSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = contacts.rename_tag(self.get_object(), form.validated_data["name"], by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Any, pk: str) -> Response:
        """Remove the label; the people stay."""
        contacts.drop_tag(self.get_object(), by=self.member, now=timezone.now())
        return Response(status=204)


class AutoReplyViewSet(ReadViewSet):
    """Automatic answers, in the order in which they are tried."""

    queryset = AutoReply.objects.select_related("account__workspace")
    serializer_class = serializers.AutoReplySerializer
    filterset_fields = ["account", "trigger", "is_on"]
    ordering = ["order"]
    rights = {"*": Right.ANSWER}

    @extend_schema(request=serializers.AutoReplySerializer, responses={201: serializers.AutoReplySerializer})
    def create(self, request: Any) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        row = auto_replying.add(given.pop("account"), by=self.member, now=timezone.now(), **given)
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=serializers.AutoReplySerializer, responses=serializers.AutoReplySerializer)
    def partial_update(self, request: Any, pk: str) -> Response:
        form = self.get_serializer(self.get_object(), data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        given = {name: value for name, value in form.validated_data.items() if name != "account"}
        row = auto_replying.change(self.get_object(), by=self.member, now=timezone.now(), **given)
        return Response(self.get_serializer(row).data)

    @extend_schema(request=serializers.StepsSerializer, responses=serializers.AutoReplySerializer)
    @action(detail=True, methods=["post"])
    def shift(self, request: Any, pk: str) -> Response:
        """Try it earlier or later than its neighbours."""
        form = serializers.StepsSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        steps = form.validated_data["steps"]
        row = auto_replying.shift(self.get_object(), steps, by=self.member, now=timezone.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Any, pk: str) -> Response:
        auto_replying.drop(self.get_object(), by=self.member, now=timezone.now())
        return Response(status=204)


class AccountEventFilter(filters.FilterSet):
    since = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte", label="Happened at or after")
    until = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt", label="Happened before")

    class Meta:
        model = AccountEvent
        fields = ["account", "kind", "who_id"]


class AccountEventViewSet(ReadViewSet):
    """What happened to the accounts beside messages, newest first."""

    queryset = AccountEvent.objects.all()
    serializer_class = serializers.AccountEventSerializer
    filterset_class = AccountEventFilter
    ordering = ["-at"]
