"""Team pages of the ground: today, members, settings of the workspace, notices, trail."""

from django.urls import path

from mediaops.views import home

app_name = "team"
urlpatterns = [
    path("", home.today, name="today"),
]
