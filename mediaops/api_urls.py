"""Every address of the REST API."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path("", include("mediaops.api.urls")),
    path("", include("platforms.api.urls")),
    path("", include("campaigns.api.urls")),
    path("", include("content.api.urls")),
    path("", include("analytics.api.urls")),
]
