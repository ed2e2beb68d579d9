import threading
import time

import pytest

from platforms import places
from tests.builders import make_account


@pytest.fixture(autouse=True)
def _two_processes(settings):
    settings.CELERY_WORKER_CONCURRENCY = 2


def at(workspace, server):
    return make_account(workspace, platform="mastodon", server=server)


def mark_slow(account):
    with places.taken(account) as is_free:
        assert is_free
        places.current().after(places.SLOW_S)


def test_a_server_gets_all_places_but_one(workspace, settings):
    settings.CELERY_WORKER_CONCURRENCY = 3
    account, other = at(workspace, "https://one.example"), at(workspace, "https://two.example")
    with places.taken(account) as first, places.taken(account, "publishes") as second:
        assert (first, second) == (True, True)
        with places.taken(account, "publishes") as third, places.taken(other) as elsewhere:
            assert (third, elsewhere) == (False, True)


def test_slow_servers_together_get_all_places_but_one(workspace):
    slow, slow_too, well = (at(workspace, f"https://{name}.example") for name in ("one", "two", "three"))
    mark_slow(slow)
    mark_slow(slow_too)
    with places.taken(slow, "publishes") as first, places.taken(slow_too, "publishes") as second:
        assert (first, second) == (True, False)
        with places.taken(well, "publishes") as third:
            assert third
    with places.taken(slow_too) as again:
        assert again


def test_a_fast_answer_makes_no_server_slow(workspace):
    account, other = at(workspace, "https://one.example"), at(workspace, "https://two.example")
    for each in (account, other):
        with places.taken(each):
            places.current().after(places.SLOW_S - 1)
    with places.taken(account) as first, places.taken(other) as second:
        assert (first, second) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_a_reader_lets_others_in_between_two_requests(workspace):
    account = at(workspace, "https://one.example")
    said = []

    def publish():
        with places.taken(account, "publishes") as is_free:
            said.append(is_free)

    with places.taken(account):
        reader = places.current()
        reader.before(1)
        other = threading.Thread(target=publish)
        other.start()
        time.sleep(0.2)
        reader.before(1)
        other.join()
        assert said == [True]
        assert not places.Place(account, "publishes").take(), "the reader has not got its place back"


def test_a_reader_gives_way_where_it_would_have_to_wait(workspace, monkeypatch):
    monkeypatch.setattr(places, "NOT_AGAIN_S", 1)
    account = at(workspace, "https://one.example")
    publishing = places.Place(account, "publishes")
    with places.taken(account):
        reader = places.current()
        assert not publishing.take()
        with pytest.raises(places.GiveWay):
            reader.before(1)
        assert publishing.take()
    time.sleep(1.1)
    publishing.leave()
    with places.taken(account) as is_free:
        assert is_free


def test_readers_that_gave_way_come_to_an_end(workspace):
    account = at(workspace, "https://one.example")
    with places.taken(account), pytest.raises(places.GiveWay):
        assert not places.Place(account, "publishes").take()
        places.current().before(1)
    with places.taken(account) as is_free:
        assert is_free
        assert not places.Place(account, "answers").take()
        places.current().before(1)


def test_nobody_gives_way_in_the_middle_of_a_write(workspace):
    account = at(workspace, "https://one.example")
    for errand in ("publishes", "answers"):
        with places.taken(account, errand):
            with places.taken(account, "publishes") as is_free:
                assert not is_free
            places.current().before(1)


def test_a_reader_may_hold_the_last_place_for_a_moment_only(workspace):
    account, other = at(workspace, "https://one.example"), at(workspace, "https://two.example")
    with places.taken(account):
        assert places.current().before(60) is None
        with places.taken(other):
            assert places.current().before(60) == places.SLOW_S
    with places.taken(other, "publishes"):
        assert places.current().before(60) is None


def test_a_place_is_free_again_after_an_error(workspace):
    account = at(workspace, "https://one.example")
    with pytest.raises(ValueError, match="broken"), places.taken(account):
        raise ValueError("broken")
    with places.taken(account) as is_free:
        assert is_free
    assert places.current() is None


def test_what_ended_by_itself_is_not_taken_from_the_next(workspace, settings, monkeypatch):
    settings.PLATFORM_TIMEOUT_S = 0
    monkeypatch.setattr(places, "SPARE_S", 1.001)
    account = at(workspace, "https://one.example")
    with places.taken(account) as first:
        assert first
        time.sleep(1.2)
        late = places.Place(account, "publishes")
        assert late.take(), "a place that ended was not free"
    with places.taken(account, "publishes") as is_free:
        assert not is_free, "the first one freed what was another's by then"
    late.leave()
