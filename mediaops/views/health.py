from django.http import HttpResponse, JsonResponse


def healthz(request) -> HttpResponse:
    """Alive: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request) -> JsonResponse:
    return JsonResponse({"ok": True})
