from django.urls import path
from rest_framework.routers import SimpleRouter

from platforms.api import viewsets

router = SimpleRouter()
router.register("accounts", viewsets.AccountViewSet, basename="api-account")
router.register("posts", viewsets.PostViewSet, basename="api-post")
router.register("conversations", viewsets.ConversationViewSet, basename="api-conversation")
router.register("messages", viewsets.MessageViewSet, basename="api-message")
router.register("replies", viewsets.ReplyViewSet, basename="api-reply")
router.register("site-comments", viewsets.SiteCommentViewSet, basename="api-site-comment")
urlpatterns = [path("platforms/", viewsets.Platforms.as_view(), name="api-platforms"), *router.urls]
