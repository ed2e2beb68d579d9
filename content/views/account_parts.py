"""What an account's page shows of our plans: a part by address, since accounts lie a floor below."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from content.models import Publication
from content.models.publication import State
from mediaops.access import get_own, team_view
from mediaops.models import Right
from platforms.models import Account

SHOWN = 8


@team_view(needs=Right.SEE)
@require_GET
def account_waiting(request, pk) -> HttpResponse:
    account = get_own(Account.objects.all(), request, pk=pk)
    rows = Publication.objects.filter(variant__account=account, state__in=[State.PLANNED, State.BY_HAND])
    rows = rows.select_related("variant__item").order_by("due_at", "pk")
    context = {"account": account, "count": rows.count(), "publications": rows[:SHOWN]}
    return render(request, "content/publication/_account_waiting.html", context)
