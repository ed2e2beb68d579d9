import pytest

from platforms.connectors.account import AccountRef
from platforms.connectors.base import Publishes
from platforms.connectors.by_hand import BY_HAND, Xiaohongshu


@pytest.mark.parametrize("platform", BY_HAND)
def test_a_person_posts_here_and_no_machine(platform):
    assert platform.spec.assisted
    assert not issubclass(platform, Publishes)


def test_connecting_takes_the_persons_word():
    made = Xiaohongshu(
        AccountRef(""), {"name": " 岚序茶饮 ", "url": "https://page.example/lanxu"}, http=None
    ).profile()
    assert (made.name, made.remote_id) == ("岚序茶饮", "https://page.example/lanxu")
