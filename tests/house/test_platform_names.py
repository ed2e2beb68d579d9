"""A platform's key stands in its connector, its tests and migrations, and nowhere else.

Our own site is exempt where it is a thing of its own: the public pages under `platforms/site/`.
"""

import ast
import re

from platforms.connectors import CONNECTORS
from tests.house.sources import ROOT, product_files

ALLOWED = (
    "platforms/connectors/",
    "platforms/site/",
    "mediaops/settings.py",  # where a platform's interface lives is a setting
    "analytics/management/",  # the demo workspace names the accounts it makes
)
KEYS = sorted(CONNECTORS)
NEUTRAL = {"site"}
"""Keys that are ordinary words too; only compared with a platform they are a key."""


def strings(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def compared_with_a_platform(path):
    """Yield (line, word) where `….platform == "word"`, `in {"word"}` or `platform="word"` stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Compare) and "platform" in ast.dump(node.left):
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield node.lineno, part.value
        if isinstance(node, ast.keyword) and node.arg and node.arg.startswith("platform"):
            for part in ast.walk(node.value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.lineno, part.value


def elsewhere():
    for path in product_files():
        name = str(path.relative_to(ROOT))
        if not name.startswith(ALLOWED):
            yield name, path


def test_no_python_outside_the_connectors_names_a_platform():
    wrong = []
    for name, path in elsewhere():
        wrong += [f"{name}:{line} {text!r}" for line, text in strings(path) if text in set(KEYS) - NEUTRAL]
        wrong += [f"{name}:{line} platform {text!r}" for line, text in compared_with_a_platform(path) if text in KEYS]
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_no_template_names_a_platform():
    word = re.compile(rf"""(platform\s*==\s*["']\w+["'])|["']({"|".join(set(KEYS) - NEUTRAL)})["']""")
    wrong = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for match in word.finditer(path.read_text())
    ]
    assert not wrong, "\n".join(wrong)
