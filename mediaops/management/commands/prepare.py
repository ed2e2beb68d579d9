"""Bring an installation up to date: tables, translations, static files, demo."""

import hashlib
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation.reloader import translation_file_changed

from mediaops import env
from mediaops.lib import catalogue, processes
from mediaops.models import User

STAMP = ".collected"


class Command(BaseCommand):
    help = "Migrates the database, compiles translations, collects static files. Quick when nothing changed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--demo", action="store_true", help="Also make the demo workspace, once.")

    def handle(self, *args: Any, **options: Any) -> None:
        files = self.start_collecting()
        try:
            self.translate(Path(settings.BASE_DIR) / "locale")
            self.migrate()
            if options["demo"] and "seed_demo" in get_commands():
                call_command("seed_demo", once=True)
                keep_demo_password()
            self.finish_collecting(files)
        except (DatabaseError, sqlite3.Error) as error:
            raise CommandError(f"the database cannot be used: {str(error).strip().splitlines()[0]}") from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None

    def translate(self, folder: Path) -> None:
        """Compile what is newer than its compiled form and speak it at once: the demo is made in this process."""
        if made := catalogue.compile_all(folder):
            self.stdout.write(f"compiling translations ({made})")
            translation_file_changed(sender=None, file_path=folder.with_suffix(".mo"))

    def migrate(self) -> None:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if plan:
            self.stdout.write(f"applying {len(plan)} migrations")
            call_command("migrate", interactive=False, verbosity=0)

    def start_collecting(self) -> "subprocess.Popen[bytes] | None":
        """Collect static files beside the rest, in a process of its own, when one of them changed."""
        stamp = Path(settings.STATIC_ROOT) / STAMP
        if stamp.is_file() and stamp.read_text() == _static_digest():
            return None
        self.stdout.write("collecting static files")
        command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
        return processes.start(command, cwd=str(settings.BASE_DIR))

    def finish_collecting(self, files: "subprocess.Popen[bytes] | None") -> None:
        if files is None:
            return
        if files.wait():
            raise CommandError("static files could not be collected; the reason is above")
        (Path(settings.STATIC_ROOT) / STAMP).write_text(_static_digest())


def keep_demo_password() -> None:
    """Make the password that is printed the one that works, also when DEMO_PASSWORD changed since."""
    password = env.demo_password(settings.VAR_DIR)
    people = User.objects.filter(email__endswith="@demo.example")
    owner = people.filter(email="owner@demo.example").first()
    if owner is None or owner.check_password(password):
        return
    for person in people:
        person.set_password(password)
        person.save(update_fields=["password"])


def _static_digest() -> str:
    """Return a digest of the names, sizes and times of every static file."""
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            about = Path(storage.path(path)).stat()
            digest.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()
