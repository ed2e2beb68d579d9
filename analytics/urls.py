from django.urls import path

from analytics.views import dashboards, imports, parts, reports

app_name = "analytics"
urlpatterns = [
    path("insights/", dashboards.dashboard, name="dashboard"),
    path("insights/days.csv", dashboards.days_csv, name="dashboard-csv"),
    path("insights/days.xlsx", dashboards.days_xlsx, name="dashboard-xlsx"),
    path("insights/posts/", dashboards.posts, name="posts-by-result"),
    path("insights/posts.csv", dashboards.posts_csv, name="posts-csv"),
    path("insights/posts.xlsx", dashboards.posts_xlsx, name="posts-xlsx"),
    path("insights/parts/post/<int:pk>/", parts.post_figures, name="post-figures"),
    path("insights/parts/campaign/<int:pk>/", parts.campaign_figures, name="campaign-figures"),
    path("insights/parts/campaign/<int:pk>/pieces/", parts.campaign_deliverables, name="campaign-deliverables"),
    path("insights/parts/collaboration/<int:pk>/", parts.collaboration_figures, name="collaboration-figures"),
    path("insights/parts/week/", parts.today_week, name="today-week"),
    path("insights/imports/", imports.imports, name="imports"),
    path("insights/imports/upload/", imports.import_upload, name="import-upload"),
    path("insights/imports/<int:pk>/", imports.import_page, name="import"),
    path("insights/imports/<int:pk>/choose/", imports.import_choose, name="import-choose"),
    path("insights/imports/<int:pk>/columns/", imports.import_columns, name="import-columns"),
    path("insights/imports/<int:pk>/confirm/", imports.import_confirm, name="import-confirm"),
    path("insights/imports/<int:pk>/undo/", imports.import_undo, name="import-undo"),
    path("insights/imports/<int:pk>/remove/", imports.import_remove, name="import-remove"),
    path("insights/imports/<int:pk>/rows/", imports.import_rows, name="import-rows"),
    path("insights/imports/<int:pk>/rows/<int:row>/", imports.import_row, name="import-row"),
    path("reports/", reports.reports, name="reports"),
    path("reports/make/", reports.report_make, name="report-make"),
    path("reports/subscribe/", reports.subscribe, name="report-subscribe"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/send/", reports.report_send, name="report-send"),
    path("reports/<int:pk>.pdf", reports.report_file, {"kind": "pdf"}, name="report-pdf"),
    path("reports/<int:pk>.xlsx", reports.report_file, {"kind": "xlsx"}, name="report-xlsx"),
]
