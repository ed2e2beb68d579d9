"""Bring an installation up to date: tables, translations, static files, demo."""

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Migrates the database, compiles translations, collects static files. Quick when nothing changed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--demo", action="store_true", help="Also make the demo workspace, once.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.migrate()
            if made := compile_messages():
                self.stdout.write(f"compiling translations ({made})")
            self.collect_static()
            if options["demo"] and "seed_demo" in get_commands():
                call_command("seed_demo", once=True)
        except (DatabaseError, sqlite3.Error) as error:
            raise CommandError(f"the database cannot be used: {str(error).strip().splitlines()[0]}") from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None

    def migrate(self) -> None:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"applying {len(plan)} migrations")
            call_command("migrate", interactive=False, verbosity=0)

    def collect_static(self) -> None:
        stamp, now = Path(settings.STATIC_ROOT) / ".collected", _static_digest()
        if stamp.is_file() and stamp.read_text() == now:
            return
        self.stdout.write("collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(now)


def compile_messages() -> int:
    """Compile each catalogue that is newer than its compiled form; return how many were."""
    made = 0
    for folder in settings.LOCALE_PATHS:
        for catalogue in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            compiled = catalogue.with_suffix(".mo")
            if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
                polib.pofile(str(catalogue)).save_as_mofile(str(compiled))
                made += 1
    return made


def _static_digest() -> str:
    """Return a digest of the names, sizes and times of every static file."""
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            about = Path(storage.path(path)).stat()
            digest.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()
