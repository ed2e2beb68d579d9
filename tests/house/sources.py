"""The product's source files, for the tests that read them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ["mediaops", "platforms", "campaigns", "content", "analytics"]
"""From the ground up."""


def product_files(app=None, *, migrations=False):
    """Python files of one app, or of all."""
    found = []
    for name in [app] if app else APPS:
        found += sorted((ROOT / name).rglob("*.py"))
    return [path for path in found if migrations or "migrations" not in path.parts]


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
