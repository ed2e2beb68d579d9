"""The texts of code and templates, and whether each has its translation."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation.template import templatize

KEYWORDS = [
    "gettext_noop", "gettext_lazy", "ngettext_lazy:1,2", "pgettext:1c,2", "npgettext:1c,2,3",
    "pgettext_lazy:1c,2", "npgettext_lazy:1c,2,3",
]  # fmt: skip
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{(\w*)\}")
Key = tuple[str | None, str]


@dataclass(frozen=True)
class Found:
    """What a check found: texts without a translation, and translations that lost a placeholder."""

    missing: list[str]
    broken: list[str]
    unused: list[Key]


def extract(root: Path, code: Iterable[Path], templates: Iterable[Path]) -> polib.POFile:
    """Return every marked text of the files, with where it stands. Needs gettext's xgettext.

    Raises FileNotFoundError when there is none.
    """
    program = shutil.which("xgettext")
    if program is None:
        raise FileNotFoundError("xgettext")
    with tempfile.TemporaryDirectory() as folder:
        names = list(_copies(root, Path(folder), code, templates))
        listing = Path(folder) / "files"
        listing.write_text("\n".join(names), encoding="utf-8")
        result = Path(folder) / "all.pot"
        command = [
            program, "--language=Python", "--from-code=UTF-8", "--no-wrap", "--sort-by-file",
            "--add-comments=Translators", f"--files-from={listing}", f"--output={result}",
            *(f"--keyword={keyword}" for keyword in KEYWORDS),
        ]  # fmt: skip
        subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603
        return polib.pofile(result.read_text(encoding="utf-8"))


def _copies(root: Path, folder: Path, code: Iterable[Path], templates: Iterable[Path]) -> Iterator[str]:
    """Copy files into `folder`, templates as Python; yield their names there."""
    for kind, files in (("py", code), ("html", templates)):
        for file in files:
            name = str(file.relative_to(root))
            text = file.read_text(encoding="utf-8")
            copy = folder / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text if kind == "py" else templatize(text, origin=name), encoding="utf-8")
            yield name


def compare(texts: polib.POFile, catalogue: polib.POFile) -> Found:
    """Hold the catalogue against the texts."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
    missing, broken = [], []
    for text in texts:
        entry = known.get((text.msgctxt, text.msgid))
        if entry is None or not entry.translated() or bool(text.msgid_plural) != bool(entry.msgid_plural):
            missing.append(f"{text.occurrences[0][0]}:{text.occurrences[0][1]}  {text.msgid!r}")
        elif lost := _lost(entry):
            broken.append(f"{entry.msgid!r}: {', '.join(sorted(lost))}")
    wanted = {(text.msgctxt, text.msgid) for text in texts}
    return Found(missing, broken, [key for key in known if key not in wanted])


def _lost(entry: polib.POEntry) -> set[str]:
    """Return the placeholders that one side has and the other has not; a plural may leave out its number."""
    spoken = [entry.msgstr] if not entry.msgid_plural else list(entry.msgstr_plural.values())
    source = _holes(entry.msgid) | _holes(entry.msgid_plural)
    return {hole for text in spoken for hole in _holes(text) - source | _holes(entry.msgid) - _holes(text)}


def _holes(text: str) -> set[str]:
    return {match.group(0) for match in PLACEHOLDER.finditer(text or "")}


def renew(texts: polib.POFile, catalogue: polib.POFile) -> None:
    """Add new texts without a translation, drop those nobody uses."""
    wanted = {(text.msgctxt, text.msgid): text for text in texts}
    for entry in [entry for entry in catalogue if (entry.msgctxt, entry.msgid) not in wanted]:
        catalogue.remove(entry)
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    for key, text in wanted.items():
        if key not in known:
            catalogue.append(polib.POEntry(msgctxt=key[0], msgid=key[1], msgid_plural=text.msgid_plural))
        elif text.msgid_plural and not known[key].msgid_plural:
            known[key].msgid_plural, known[key].msgstr_plural = text.msgid_plural, {0: known[key].msgstr}
            known[key].msgstr = ""


def compile_all(folder: Path) -> int:
    """Compile each catalogue of `locale/` that is newer than its compiled form; return how many were."""
    made = 0
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        fresh = compiled.with_suffix(f".{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(fresh))
        fresh.replace(compiled)
        made += 1
    return made
