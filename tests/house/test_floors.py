"""Imports point down: mediaops (ground) < platforms < campaigns < content < analytics.

The roof (named below) wires everything together and may import everything. Inside functions and
under TYPE_CHECKING count too, and so do names in strings: `import_string`, `reverse("content:…")`.
"""

import ast
import re

import pytest

from tests.house.sources import APPS, ROOT, module_name, product_files

ROOF = {
    "mediaops.settings", "mediaops.urls", "mediaops.api_urls", "mediaops.celery",
    "mediaops.clock", "mediaops.asgi", "mediaops.wsgi",
}  # fmt: skip
FLOOR = {app: number for number, app in enumerate(APPS)}
NAMED = re.compile(rf"({'|'.join(APPS)})(?:\.[A-Za-z_]\w*)+|({'|'.join(APPS)}):[a-z][\w-]*")

FOREIGN_WORDS = {"content:encoded"}
"""Names of other people's that look like ours: RSS calls an article's body so."""


def imports(path):
    """Yield (line, dotted name) of every import in the file, wherever it stands."""
    here = module_name(path)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = here.split(".")[: -node.level] if path.name != "__init__.py" else here.split(".")
                base = ".".join([*parents, base] if base else parents)
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def names_in_strings(path):
    """Yield (line, app) of every string that is the dotted name or the URL name of an app's thing."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node.value in FOREIGN_WORDS:
            continue
        if match := NAMED.fullmatch(node.value):
            yield node.lineno, match.group(1) or match.group(2)


def place(path, line):
    return f"{path.relative_to(ROOT)}:{line}"


@pytest.mark.parametrize("app", APPS)
def test_imports_point_down(app):
    wrong = [
        f"{place(path, line)} imports {name}"
        for path in product_files(app)
        if module_name(path) not in ROOF
        for line, name in imports(path)
        if FLOOR.get(name.partition(".")[0], -1) > FLOOR[app]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("app", APPS)
def test_names_in_strings_point_down(app):
    wrong = [
        f"{place(path, line)} names something of {named}"
        for path in product_files(app)
        if module_name(path) not in ROOF
        for line, named in names_in_strings(path)
        if FLOOR[named] > FLOOR[app]
    ]
    assert not wrong, "\n".join(wrong)


def test_nobody_imports_the_roof():
    """But for the app that makes it: `mediaops/__init__.py` exposes the Celery app."""
    wrong = [
        f"{place(path, line)} imports {name}"
        for path in product_files()
        if module_name(path) not in ROOF | {"mediaops"}
        for line, name in imports(path)
        if name in ROOF - {"mediaops.clock", "mediaops.settings"}
    ]
    assert not wrong, "\n".join(wrong)


def test_models_import_no_actions():
    wrong = [
        f"{place(path, line)} imports {name}"
        for path in product_files()
        if "models" in path.parts
        for line, name in imports(path)
        if re.match(rf"({'|'.join(APPS)})\.(actions|views|api|forms|tasks)\b", name)
    ]
    assert not wrong, "\n".join(wrong)


def test_connectors_import_no_models():
    wrong = [
        f"{place(path, line)} imports {name}"
        for path in product_files("platforms")
        if "connectors" in path.parts
        for line, name in imports(path)
        if re.match(rf"({'|'.join(APPS)})\.(models|actions|views|api|forms|tasks|gateway)\b|django\.db\b", name)
    ]
    assert not wrong, "\n".join(wrong)


def test_actions_import_no_views():
    wrong = [
        f"{place(path, line)} imports {name}"
        for path in product_files()
        if "actions" in path.parts
        for line, name in imports(path)
        if re.match(rf"({'|'.join(APPS)})\.(views|api|forms|tasks)\b", name)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "source",
    ["import content", "from content.models import Variant", "def f():\n    from content import models",
     "if TYPE_CHECKING:\n    import content.models as m", "from .. import content"],
)  # fmt: skip
def test_the_eye_of_this_test_sees_every_form(tmp_path, source, monkeypatch):
    monkeypatch.setattr("tests.house.sources.ROOT", tmp_path)
    file = tmp_path / "platforms" / "actions" / "x.py"
    file.parent.mkdir(parents=True)
    file.write_text(source)
    assert any(name.removeprefix("platforms.").startswith("content") for _, name in imports(file))
