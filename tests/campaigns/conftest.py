import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english():
    """Sentences of actions that are called without a page."""
    with translation.override("en"):
        yield
