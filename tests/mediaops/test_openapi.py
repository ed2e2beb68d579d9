"""The OpenAPI document says what the API does."""

import warnings
from datetime import UTC, date, datetime

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings

from analytics.actions.reporting import make_report
from analytics.models import Report
from mediaops.lib.periods import week_of
from mediaops.wsgi import application
from tests.builders_all import one_of_everything
from tests.builders_assets import open_platforms

schemathesis = pytest.importorskip("schemathesis")
from schemathesis import GenerationMode  # noqa: E402
from schemathesis.core.failures import FailureGroup  # noqa: E402
from schemathesis.specs.openapi import checks  # noqa: E402

CHECKS = [checks.response_schema_conformance, checks.content_type_conformance, checks.status_code_conformance]

ROW = 900_001
GOES_OUT = {
    "/api/v1/accounts/", "/api/v1/accounts/{id}/check/", "/api/v1/accounts/{id}/reconnect/", "/api/v1/media/",
    "/api/v1/publications/{id}/look/", "/api/v1/publications/{id}/confirm/",
}  # fmt: skip
"""What calls other servers when it is posted to; tests have none."""


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


def operations(document):
    verbs = {"get", "post", "put", "patch", "delete"}
    return [
        (path, verb, operation)
        for path, entries in document["paths"].items()
        for verb, operation in entries.items()
        if verb in verbs
    ]


def test_document_is_valid_and_made_without_a_warning(capsys):
    from django.core.management import call_command

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        call_command("spectacular", fail_on_warn=True, validate=True, file="/dev/null")
    assert "Warning" not in capsys.readouterr().err


def test_document_holds_what_the_issue_names(document):
    validate_schema(document)
    paths = {path.removeprefix("/api/v1") for path in document["paths"]}
    assert paths >= {
        "/me/", "/members/", "/members/invitations/", "/members/{id}/role/", "/members/{id}/remove/", "/notices/",
        "/notices/read/", "/workspace/", "/site-comments/", "/site-comments/{id}/show/",
        "/activity/", "/platforms/", "/accounts/", "/posts/", "/posts/{post}/snapshots/",
        "/conversations/", "/conversations/{id}/reply/", "/items/", "/items/{id}/submit/", "/items/{id}/approve/",
        "/items/{id}/request-changes/", "/items/{id}/variants/", "/items/{id}/versions/", "/items/{id}/comments/",
        "/publish/", "/publications/", "/publications/validate/", "/publications/{id}/reschedule/",
        "/publications/{id}/cancel/", "/publications/{id}/retry/", "/publications/{id}/confirm/", "/media/",
        "/ideas/", "/pillars/", "/personas/", "/slots/", "/slots/next/", "/campaigns/", "/campaigns/{id}/budget/",
        "/campaigns/{id}/expenses/", "/tasks/", "/partners/", "/collaborations/", "/deliverables/", "/links/",
        "/metrics/accounts/", "/metrics/posts/", "/metrics/overview/", "/reports/", "/reports/{id}.pdf",
        "/reports/{id}.xlsx",
    }  # fmt: skip


def test_every_operation_says_what_it_is_for_and_how_it_fails(document):
    for path, verb, operation in operations(document):
        names = {each["name"] for each in operation["parameters"]}
        assert "application/problem+json" in operation["responses"]["default"]["content"], path
        assert ("Idempotency-Key" in names) == (verb == "post"), path
        assert "Accept-Language" in names, path


def test_operations_have_names_of_their_own(document):
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))


def test_ids_are_said_to_be_opaque(document):
    assert "opaque" in document["info"]["description"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31", "soon"])
def test_moments_that_no_calendar_has_are_refused(api_of, viewer, moment):
    for path in ("items", "publications", "posts", "metrics/posts", "activity"):
        said = api_of(viewer).get(f"/api/v1/{path}/", {"since": moment})
        assert (said.status_code, list(said.json()["fields"])) == (400, ["since"]), path


@pytest.mark.parametrize("body", ["[]", "null", "5", '"x"', '{"accounts": [{}], "scheduled_at": []}'])
def test_bodies_that_are_no_objects_are_refused(api_of, owner, body):
    for path in ("publish", "publications/validate", "publications", "media", "campaigns", "reports", "slots"):
        said = api_of(owner).post(f"/api/v1/{path}/", body, content_type="application/json")
        assert (said.status_code, said.json()["code"]) == (400, "invalid"), path


@pytest.fixture
def kept_connection():
    """The product, called as a server would, leaves the test's connection open."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def test_answers_are_as_documented_and_never_a_bug(kept_connection, workspace, owner, api_of, monkeypatch):
    """For every operation, what the document allows to send gets an answer that the document describes."""
    monkeypatch.setattr("mediaops.api.throttle.TokenThrottle.allow_request", lambda *_: True)
    open_platforms(monkeypatch)
    one_of_everything(workspace, pk=ROW)
    _fill_report(workspace)
    headers = {"Authorization": f"Bearer {api_of(owner).token}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    wrong = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.method.upper() != "GET" and operation.path in GOES_OUT:
            continue
        try:
            _try_out(operation, headers)
        except FailureGroup as group:
            wrong += [f"{operation.label}: {error.title} {str(error)[:900]}" for error in group.exceptions]
        except AssertionError as error:
            wrong.append(f"{operation.label}: {error}")
    assert not wrong, "\n\n".join(wrong)


def _fill_report(workspace):
    """The report among the rows gets what a report holds."""
    real = make_report(workspace, week_of(date(2026, 1, 5)), by=None, now=datetime(2026, 1, 12, tzinfo=UTC))
    Report.objects.filter(pk=ROW).update(numbers=real.numbers, figures=real.figures)


def _try_out(operation, headers):
    @settings(
        max_examples=4, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def run(case):
        case.path_parameters = dict.fromkeys(case.path_parameters or {}, ROW)
        case.headers = {"Accept-Language": "en"}
        answer = case.call(headers=headers)
        assert answer.status_code < 500, f"{case.body!r} {case.query!r}: {answer.status_code}"
        case.validate_response(answer, checks=CHECKS)

    run()
