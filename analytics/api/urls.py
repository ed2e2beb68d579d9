from django.urls import path
from rest_framework.routers import SimpleRouter

from analytics.api import imports, viewsets

router = SimpleRouter()
router.register("metrics/accounts/days", viewsets.AccountDayViewSet, basename="api-account-day")
router.register("metrics/accounts", viewsets.AccountFiguresViewSet, basename="api-account-figures")
router.register("metrics/posts/days", viewsets.PostDayViewSet, basename="api-post-day")
router.register("metrics/posts", viewsets.PostFiguresViewSet, basename="api-post-figures")
router.register("metrics/deliverables", viewsets.PieceViewSet, basename="api-piece")
router.register(r"metrics/imports/(?P<imported>\d{1,18})/rows", imports.ImportedRowViewSet, basename="api-import-row")
router.register("metrics/imports", imports.ImportViewSet, basename="api-import")
router.register("reports", viewsets.ReportViewSet, basename="api-report")
urlpatterns = [
    path("metrics/overview/", viewsets.Overview.as_view(), name="api-overview"),
    path("posts/<int:post>/snapshots/", viewsets.SnapshotViewSet.as_view({"get": "list"}), name="api-post-snapshots"),
    path("reports/<int:pk>.pdf", viewsets.ReportPdf.as_view(), name="api-report-pdf"),
    path("reports/<int:pk>.xlsx", viewsets.ReportXlsx.as_view(), name="api-report-xlsx"),
    *router.urls,
]
