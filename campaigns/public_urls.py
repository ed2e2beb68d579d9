from django.urls import path

from campaigns.views import links

urlpatterns = [path("l/<str:code>", links.follow, name="follow-link")]
