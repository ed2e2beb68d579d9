"""Print a new API token."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from mediaops.actions import tokens
from mediaops.errors import UserError
from mediaops.models import Membership, Right


class Command(BaseCommand):
    help = "Prints a new API token of a member. It is shown this once."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("email", help="whose rights the token has")
        parser.add_argument("--workspace", help="its address (slug), when the person is in several")
        parser.add_argument(
            "--scope", action="append", default=[], metavar="SCOPE",
            help=f"may be repeated, or comma-separated; {', '.join(Right)}; all of the role's when none is given",
        )  # fmt: skip
        parser.add_argument("--expires", metavar="DATE", help="2027-01-31, or with time 2027-01-31T12:00+08:00")
        parser.add_argument("--name", default="command line")

    def handle(self, *args: Any, **options: Any) -> None:
        member = find_member(options["email"], options["workspace"])
        scopes = [part.strip() for scope in options["scope"] for part in scope.split(",") if part.strip()]
        try:
            _, token = tokens.make_token(
                member, name=options["name"], by=None, now=timezone.now(),
                scopes=scopes, expires_at=parse_expiry(options["expires"]),
            )  # fmt: skip
        except UserError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(token)


def find_member(email: str, slug: str | None) -> Membership:
    """Return the one membership that is meant, or raise CommandError saying which there are."""
    mine = list(Membership.objects.active().filter(user__email__iexact=email).select_related("workspace", "user"))
    if not mine:
        raise CommandError(f"{email} is in no workspace.")
    found = [member for member in mine if slug in (None, member.workspace.slug)]
    if len(found) == 1:
        return found[0]
    choices = ", ".join(sorted(member.workspace.slug for member in mine))
    raise CommandError(f"Name one with --workspace: {choices}.")


def parse_expiry(given: str | None) -> Any:
    """Return the moment, in UTC when no zone is given; a date is its end."""
    if not given:
        return None
    try:
        if day := parse_date(given):
            return timezone.make_aware(timezone.datetime.combine(day, timezone.datetime.max.time()))
        moment = parse_datetime(given)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"--expires {given!r} is not a date such as 2027-01-31.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
