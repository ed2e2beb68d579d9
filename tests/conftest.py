"""People and rooms that every test may ask for. Each is named as the story names them."""

import os
import tempfile

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="mediaops-tests-"))
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379/15")

import pytest
from django.test import Client

from mediaops.models import Role
from tests import builders


@pytest.fixture
def workspace(db):
    return builders.make_workspace(name="Lanxu Tea", slug="lanxu")


@pytest.fixture
def other_workspace(db):
    return builders.make_workspace(name="Elsewhere", slug="elsewhere")


def _member_fixture(role):
    @pytest.fixture(name=role)
    def make(workspace):
        return builders.make_member(workspace, role=role)

    return make


owner = _member_fixture("owner")
manager = _member_fixture("manager")
editor = _member_fixture("editor")
operator = _member_fixture("operator")
analyst = _member_fixture("analyst")
viewer = _member_fixture("viewer")


@pytest.fixture
def stranger(other_workspace):
    """An owner, but of another workspace."""
    return builders.make_member(other_workspace, role=Role.OWNER, name="Stranger")


@pytest.fixture
def client_of():
    """Return a function: a browser session of a member."""

    def sign_in(member):
        client = Client()
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
