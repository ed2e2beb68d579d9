from django.urls import path
from rest_framework.routers import SimpleRouter

from mediaops.api import chats, viewsets

router = SimpleRouter()
router.register("activity", viewsets.ActivityViewSet, basename="api-activity")
router.register("members/invitations", viewsets.InvitationViewSet, basename="api-invitation")
router.register("chat-robots", chats.ChatRobotViewSet, basename="api-chat-robot")
router.register("members", viewsets.MemberViewSet, basename="api-member")
router.register("notices", viewsets.NoticeViewSet, basename="api-notice")
urlpatterns = [
    path("me/", viewsets.Me.as_view(), name="api-me"),
    path("workspace/", viewsets.WorkspaceSettings.as_view(), name="api-workspace"),
    *router.urls,
]
