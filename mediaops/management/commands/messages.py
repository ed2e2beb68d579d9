"""Gather the texts to translate, and check that each is translated."""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mediaops.lib import catalogue

APPS = ["mediaops", "platforms", "campaigns", "content", "analytics"]


class Command(BaseCommand):
    help = "Gathers the texts to translate into locale/ and compiles; with --check only says what is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; fail when a text has no translation."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        try:
            texts = catalogue.extract(root, code_files(root), template_files(root))
        except FileNotFoundError:
            raise CommandError("gettext is needed to gather texts (Debian, Ubuntu: apt install gettext).") from None
        failed = False
        for file in sorted(root.glob("locale/*/LC_MESSAGES/django.po")):
            known = polib.pofile(str(file), wrapwidth=100)
            if not options["check"]:
                catalogue.renew(texts, known)
                known.save(str(file))
            failed |= self.tell(file.parts[-3], catalogue.compare(texts, known))
        if not options["check"]:
            catalogue.compile_all(root / "locale")
        elif failed:
            raise CommandError("some texts are not translated")

    def tell(self, language: str, found: catalogue.Found) -> bool:
        for line in found.missing:
            self.stdout.write(f"{language}: not translated: {line}")
        for line in found.broken:
            self.stdout.write(f"{language}: placeholders differ: {line}")
        self.stdout.write(
            f"{language}: {len(found.missing)} missing, {len(found.broken)} broken, {len(found.unused)} unused"
        )
        return bool(found.missing or found.broken)


def code_files(root: Path) -> list[Path]:
    return [path for app in APPS for path in sorted((root / app).rglob("*.py")) if "migrations" not in path.parts]


def template_files(root: Path) -> list[Path]:
    return sorted(path for path in (root / "templates").rglob("*") if path.suffix in {".html", ".txt"})
