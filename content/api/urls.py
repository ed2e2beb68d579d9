from django.urls import path
from rest_framework.routers import SimpleRouter

from content.api.viewsets import brand, ideas, items, media, pauses, publications, slots, variants

router = SimpleRouter()
router.register("items", items.ItemViewSet, basename="api-item")
router.register("publications", publications.PublicationViewSet, basename="api-publication")
router.register("media", media.MediaViewSet, basename="api-media")
router.register("ideas", ideas.IdeaViewSet, basename="api-idea")
router.register("pillars", ideas.PillarViewSet, basename="api-pillar")
router.register("personas", ideas.PersonaViewSet, basename="api-persona")
router.register("slots", slots.SlotViewSet, basename="api-slot")
router.register("variants", variants.VariantViewSet, basename="api-variant")
router.register("brand/rules", brand.RuleViewSet, basename="api-brand-rule")
router.register("brand/word-lists", brand.WordListViewSet, basename="api-word-list")
router.register("brand/allowed", brand.AllowedViewSet, basename="api-allowed")
urlpatterns = [
    path("brand/checks/", brand.Checks.as_view(), name="api-brand-checks"),
    path("brand/try/", brand.Try.as_view(), name="api-brand-try"),
    path("publish/", publications.Publish.as_view(), name="api-publish"),
    path("pauses/", pauses.Pauses.as_view(), name="api-pauses"),
    path("pauses/lift/", pauses.Lift.as_view(), name="api-pauses-lift"),
    *router.urls,
]
