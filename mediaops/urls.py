"""Every address of the product."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from mediaops.views import errors, health, home

team = [
    path("", include("mediaops.team_urls")),
    path("", include("platforms.urls")),
    path("", include("campaigns.urls")),
    path("", include("content.urls")),
    path("", include("analytics.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("", include("mediaops.people_urls")),
    path("w/<slug:workspace>/", include(team)),
    path("api/v1/", include("mediaops.api_urls")),
    path("", include("platforms.site.urls")),
    path("", include("platforms.back_urls")),
    path("", include("campaigns.public_urls")),
    path("", include("content.public_urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("favicon.ico", RedirectView.as_view(url=staticfiles_storage.base_url + "favicon.svg"), name="favicon"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
