from django.urls import URLPattern, URLResolver, path

from content.views import assets

app_name = "content"
urlpatterns: list[URLPattern | URLResolver] = [
    path("assets/<int:pk>/file", assets.asset_file, name="asset-file"),
    path("assets/<int:pk>/thumb", assets.asset_thumb, name="asset-thumb"),
]
