"""What is written about settings is what is read, and the other way round."""

import ast
import re

import pytest

from tests.servers import ROOT

READERS = {
    "text", "flag", "number", "words", "address", "secret", "sealing_keys", "database", "redis_address", "level"
}  # fmt: skip
"""Functions of `mediaops/env.py` whose first argument names a variable."""

PAGES = ["README.md", *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md"))]


def read_names(path):
    """Variables that a file reads through `env.…("NAME")`, or inside env.py `…("NAME")`."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in READERS and isinstance(node.args[0].value, str):
            yield node.args[0].value


def documented():
    """First column of the table, and what stands below it for the programs that start us."""
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))
    below = set(re.findall(r"`([A-Z][A-Z_]+)`", text.rpartition("|\n")[2]))
    return table, below


def test_every_variable_of_the_settings_is_documented_and_nothing_else():
    read = {*read_names("mediaops/settings.py"), *read_names("mediaops/env.py")}
    assert read == documented()[0]


def test_what_make_run_and_the_web_process_read_is_documented():
    found = set(read_names("mediaops/run.py"))
    for path in ("mediaops/run.py", "deploy/gunicorn.py"):
        found |= set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', (ROOT / path).read_text(encoding="utf-8")))
    run = (ROOT / "mediaops/run.py").read_text(encoding="utf-8")
    found |= set(re.findall(r'"([A-Z_]+)" not in os\.environ', run))
    table, below = documented()
    inner = {"MAKELEVEL", "PYTHONUNBUFFERED"}  # make's own word to its children, and ours
    assert found - inner <= table | below
    assert below <= found


def test_the_example_for_production_names_only_what_is_read():
    lines = (ROOT / "deploy" / "mediaops.env.example").read_text(encoding="utf-8").splitlines()
    names = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    table, below = documented()
    assert names <= table | below


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page):
    here = ROOT / page
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", here.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (here.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES)
def test_files_that_pages_name_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    tops = "mediaops|platforms|campaigns|content|analytics|templates|static|tests|bench|deploy|docs|locale"
    for path in re.findall(rf"`((?:{tops})/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path
