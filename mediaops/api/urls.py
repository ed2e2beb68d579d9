from django.urls import path
from rest_framework.routers import SimpleRouter

from mediaops.api import viewsets

router = SimpleRouter()
router.register("activity", viewsets.ActivityViewSet, basename="api-activity")
router.register("members", viewsets.MemberViewSet, basename="api-member")
urlpatterns = [path("me/", viewsets.Me.as_view(), name="api-me"), *router.urls]
