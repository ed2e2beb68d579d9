"""Every address of the REST API."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from mediaops.api import schema as schema  # (registers how the token is described)
from mediaops.api.viewsets import NoSuchAddress

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("", include("mediaops.api.urls")),
    path("", include("platforms.api.urls")),
    path("", include("campaigns.api.urls")),
    path("", include("content.api.urls")),
    path("", include("analytics.api.urls")),
    re_path("", NoSuchAddress.as_view(), name="api-nothing"),
]
