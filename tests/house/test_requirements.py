"""`requirements.txt` alone runs the product: whatever it imports is named and pinned there."""

import ast
import re
import sys
from functools import cache
from importlib.metadata import packages_distributions

import pytest

from tests.house.sources import APPS, ROOT, product_files

NAMES = {"psycopg": "psycopg"}


def pinned(name):
    lines = (ROOT / name).read_text().splitlines()
    return [line.split("#")[0].strip() for line in lines if line.strip() and not line.startswith(("-", "#"))]


@cache
def distributions():
    return packages_distributions()


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_exactly(name):
    loose = [line for line in pinned(name) if not re.fullmatch(r"[\w.\-\[\],]+==[\w.]+", line)]
    assert not loose


def test_product_imports_only_what_its_requirements_name():
    named = {plain(re.split(r"[\[=]", line)[0]) for line in pinned("requirements.txt")}
    missing = {}
    for path in product_files():
        for module in set(imported(path)) - set(sys.stdlib_module_names) - set(APPS) - {"tests"}:
            makers = {plain(maker) for maker in distributions().get(module, [module])}
            if not makers & named:
                missing.setdefault(module, str(path.relative_to(ROOT)))
    assert not missing


def test_every_package_has_a_line_that_says_why():
    said = (ROOT / "docs" / "dependencies.md").read_text().lower()
    names = [
        re.split(r"[\[=]", line)[0] for file in ("requirements.txt", "requirements-dev.txt") for line in pinned(file)
    ]
    assert [name for name in names if name.lower() not in said] == []
