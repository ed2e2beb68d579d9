"""What content's problem documents say beside their sentence."""

from typing import Any

from content.actions.assets import StillUsed
from content.actions.drafting import EditedMeanwhile
from content.actions.fitting import VariantEditedMeanwhile
from content.actions.scheduling import CannotPlan
from content.api.serializers.items import ItemSerializer, VariantSerializer
from content.api.serializers.problems import ProblemSerializer


class SaysMore:
    """For views: clashes carry what the other wrote, refused plans every reason, a used picture its pieces."""

    def handle_exception(self, error: Exception) -> Any:
        extra = extra_of(error, {"view": self, "request": getattr(self, "request", None)})
        if extra:
            error.extra = extra  # type: ignore[attr-defined]
        return super().handle_exception(error)  # type: ignore[misc]


def extra_of(error: Exception, context: dict[str, Any]) -> dict[str, Any]:
    """Return the members that the problem document of `error` has beside the usual ones."""
    if isinstance(error, EditedMeanwhile):
        return {"theirs": ItemSerializer(error.theirs, context=context).data}
    if isinstance(error, VariantEditedMeanwhile):
        return {"theirs": VariantSerializer(error.theirs, context=context).data}
    if isinstance(error, CannotPlan):
        return {"problems": ProblemSerializer(error.problems, many=True).data}
    if isinstance(error, StillUsed):
        return {"items": [item.pk for item in error.items]}
    return {}
