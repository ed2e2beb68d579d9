"""Who sees and writes money over REST."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from mediaops.errors import NotAllowed
from mediaops.models import Right

CURRENCY_HELP = "ISO 4217."


def amount(**kwargs: Any) -> serializers.DecimalField:
    """A field for an exact amount: a decimal in a string, two places."""
    return serializers.DecimalField(max_digits=14, decimal_places=2, **kwargs)


class HidesAmounts(serializers.ModelSerializer):
    """Money is null unless role and token may see amounts; `amounts` names the fields."""

    amounts: tuple[str, ...] = ()

    def to_representation(self, row: Any) -> dict[str, Any]:
        told = super().to_representation(row)
        if not self.context["view"].may(Right.AMOUNTS):
            told.update(dict.fromkeys(self.amounts))
        return told


class GuardsAmounts(serializers.Serializer):
    """Money is refused from who may not see it, so that nobody overwrites what they cannot read."""

    amounts: tuple[str, ...] = ()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in self.amounts if attrs.get(name) is not None]
        if named and not self.context["view"].may(Right.AMOUNTS):
            raise NotAllowed(_("Amounts are seen and written only with the right to them."))
        for name in self.amounts:
            if name in attrs and not self.context["view"].may(Right.AMOUNTS):
                attrs.pop(name)
        return attrs
