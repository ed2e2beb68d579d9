"""Numbers about posts, accounts and weeks. Modules import downwards in this order."""

from analytics.models.counters import COUNTERS, INTERACTIONS
from analytics.models.figures import AccountFigures, PostFigures
from analytics.models.imported_file import ColumnMapping, ImportedFile, ImportedRow, Overwritten
from analytics.models.report import Delivery, Report, Subscription
from analytics.models.rollup import AccountDay, PostDay
from analytics.models.snapshot import AccountSnapshot, PostSnapshot

__all__ = [
    "COUNTERS",
    "INTERACTIONS",
    "AccountDay",
    "AccountFigures",
    "AccountSnapshot",
    "ColumnMapping",
    "Delivery",
    "ImportedFile",
    "ImportedRow",
    "Overwritten",
    "PostDay",
    "PostFigures",
    "PostSnapshot",
    "Report",
    "Subscription",
]
