from rest_framework.routers import SimpleRouter

from campaigns.api import viewsets

router = SimpleRouter()
router.register("campaigns", viewsets.CampaignViewSet, basename="api-campaign")
router.register("tasks", viewsets.TaskViewSet, basename="api-task")
router.register("partners", viewsets.PartnerViewSet, basename="api-partner")
router.register("collaborations", viewsets.CollaborationViewSet, basename="api-collaboration")
router.register("deliverables", viewsets.DeliverableViewSet, basename="api-deliverable")
router.register("links", viewsets.LinkViewSet, basename="api-link")
urlpatterns = router.urls
