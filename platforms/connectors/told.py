"""Reading what platforms tell: whatever stands where a list or an object was expected is none."""

from collections.abc import Mapping
from typing import Any


def rows(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; [] for anything that is no list."""
    return [dict(row) for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def fields(value: Any) -> Mapping[str, Any]:
    """Return an object; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}
