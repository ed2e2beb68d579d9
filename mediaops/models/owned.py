"""Rows that belong to a workspace."""

from typing import Any, Self

from django.db import models


class WorkspaceQuerySet(models.QuerySet):
    """Every row of the product belongs to one workspace; `workspace_path` says by which way."""

    workspace_path = "workspace"

    def in_workspace(self, workspace: Any) -> Self:
        """Keep only the rows of `workspace` (a Workspace or its id)."""
        return self.filter(**{self.workspace_path: workspace})
