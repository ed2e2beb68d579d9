"""Addresses of the public sites and of their connector's API."""

from django.urls import URLPattern, URLResolver, path, re_path

from platforms.site import api, feeds, views

app_name = "website"
urlpatterns: list[URLPattern | URLResolver] = [
    path("robots.txt", feeds.robots, name="robots"),
    path("site/<slug:workspace>/api/profile", api.profile, name="api-profile"),
    path("site/<slug:workspace>/api/articles", api.articles, name="api-articles"),
    path("site/<slug:workspace>/api/articles/<str:key>", api.article, name="api-article"),
    path("site/<slug:workspace>/api/media", api.media, name="api-media"),
    path("site/<slug:workspace>/api/comments", api.comments, name="api-comments"),
    path("site/<slug:workspace>/api/readings", api.readings, name="api-readings"),
    path("site/<slug:workspace>/api/reading", api.reading, name="api-reading"),
    path("site/<slug:workspace>/api/<path:rest>", api.nothing, name="api-nothing"),
    path("site/<slug:workspace>/", views.home, name="home"),
    path("site/<slug:workspace>/search/", views.search, name="search"),
    path("site/<slug:workspace>/tags/<path:tag>/", views.tag, name="tag"),
    path("site/<slug:workspace>/feed.rss", feeds.rss, name="rss"),
    path("site/<slug:workspace>/feed.atom", feeds.atom, name="atom"),
    path("site/<slug:workspace>/sitemap.xml", feeds.sitemap, name="sitemap"),
    re_path(
        r"^site/(?P<workspace>[-a-zA-Z0-9_]+)/media/(?P<name>[0-9a-f]{64}\.(?:jpg|png|gif|webp))$",
        views.image,
        name="image",
    ),
    path("site/<slug:workspace>/<slug:slug>/", views.article, name="article"),
    path("site/<slug:workspace>/<slug:slug>/comments/", views.comment, name="comment"),
    path("site/<slug:workspace>/<slug:slug>/seen/", views.seen, name="seen"),
]
