"""Pages of content that open by a signed link."""

from django.urls import path

from content.views import kits

urlpatterns = [
    path("kit/<str:token>/", kits.kit, name="kit"),
    path("kit/<str:token>/posted/", kits.posted, name="kit-posted"),
    path("kit/<str:token>/cannot/", kits.cannot, name="kit-cannot"),
    path("kit/<str:token>/files/<int:pk>/", kits.file, name="kit-file"),
]
