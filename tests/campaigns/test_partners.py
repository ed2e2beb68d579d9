"""Partners, collaborations, pieces beside real posts."""

from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.costs import piece_rows
from analytics.models import PostFigures
from campaigns.actions import partnering
from campaigns.models import Collaboration, Deliverable, Partner, PartnerAccount
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity
from tests.builders import make_account, make_post
from tests.builders_campaigns import make_channel, make_deal, make_partner, make_piece


@pytest.fixture
def deal(workspace):
    return make_deal(make_partner(workspace, name="A Cen"), cost_amount=Decimal("1000.00"))


@pytest.fixture
def post(workspace):
    return make_post(make_account(workspace, relation="partner"), url="https://video.example/7")


def tell(post, **figures):
    PostFigures.objects.create(post=post, taken_at=timezone.now(), **figures)


def test_a_partner_has_its_own_name(operator):
    partnering.add_partner(operator.workspace, name="A Cen", by=operator, now=timezone.now())
    with pytest.raises(UserError, match="already a partner called A Cen"):
        partnering.add_partner(operator.workspace, name="A Cen", by=operator, now=timezone.now())


def test_a_taken_name_is_told_on_the_page(client_of, operator):
    make_partner(operator.workspace, name="A Cen")
    answer = client_of(operator).post("/w/lanxu/partners/new/", {"name": "A Cen", "kind": "kol"})
    assert answer.status_code == 400
    assert "already a partner called A Cen" in answer.content.decode()


def test_saving_a_partner_without_changes_keeps_its_name(client_of, operator):
    row = make_partner(operator.workspace, name="A Cen")
    client_of(operator).post(f"{row.get_absolute_url()}edit/", {"name": "A Cen", "kind": "media", "note": "calm"})
    row.refresh_from_db()
    assert (row.kind, row.note) == ("media", "calm")


def test_channels_come_and_go(client_of, manager):
    row = make_partner(manager.workspace)
    client = client_of(manager)
    form = {
        "name": "Video",
        "followers": "286000",
        "price_amount": "12000",
        "currency": "CNY",
        "url": "video.example/acen",
    }
    client.post(f"{row.get_absolute_url()}channels/", form)
    channel = PartnerAccount.objects.get()
    assert (channel.url, channel.price_amount) == ("https://video.example/acen", Decimal("12000"))
    client.post(f"{row.get_absolute_url()}channels/{channel.pk}/drop/")
    assert not PartnerAccount.objects.exists()


def test_stages_follow_their_moves(deal, operator):
    partnering.move_collaboration(deal, "agreed", by=operator)
    with pytest.raises(WrongState):
        partnering.move_collaboration(deal, "paid", by=operator)
    assert Collaboration.objects.get().state == "agreed"


def test_a_piece_points_at_the_real_post(client_of, deal, post, operator):
    piece = make_piece(deal)
    client = client_of(operator)
    client.post(f"{deal.get_absolute_url()}pieces/{piece.pk}/deliver/", {"post_url": "https://video.example/7"})
    piece.refresh_from_db()
    assert piece.post == post and piece.delivered_at
    assert Activity.objects.get().verb == "deliverable.delivered"


def test_an_unknown_address_is_told_at_its_piece(client_of, deal, operator):
    piece = make_piece(deal)
    address = f"{deal.get_absolute_url()}pieces/{piece.pk}/deliver/"
    answer = client_of(operator).post(address, {"post_url": "https://video.example/unknown"})
    assert answer.status_code == 422
    assert b"No post with this address is known" in answer.content


def test_a_post_delivers_one_piece_of_a_collaboration(deal, post, operator):
    first, second = make_piece(deal), make_piece(deal)
    partnering.deliver(first, post, by=operator, now=timezone.now())
    with pytest.raises(UserError, match="already delivers another piece"):
        partnering.deliver(second, post, by=operator, now=timezone.now())


def test_taking_the_post_away_reopens_the_piece(deal, post, operator):
    piece = partnering.deliver(make_piece(deal), post, by=operator, now=timezone.now())
    partnering.deliver(piece, None, by=operator, now=timezone.now())
    piece.refresh_from_db()
    assert (piece.post, piece.delivered_at) == (None, None)


def test_figures_stand_beside_the_cost(client_of, deal, post, manager):
    make_piece(deal, post=post, delivered_at=timezone.now())
    make_piece(deal, cost_amount=Decimal("200.00"))
    tell(post, views=20_000, likes=300, comments=100, shares=None, saves=None)
    [row] = piece_rows(Collaboration.objects.filter(pk=deal.pk))
    assert (row.cost, row.views, row.interactions) == (Decimal("800.00"), 20_000, 400)
    assert (row.cpm, row.cpe) == (Decimal("40.00"), Decimal("2.00"))
    part = client_of(manager).get(f"/w/lanxu/insights/parts/collaboration/{deal.pk}/").content.decode()
    assert "¥40" in part and "20,000" in part


def test_a_post_that_tells_nothing_has_no_price(deal, post):
    make_piece(deal, post=post)
    [row] = piece_rows(Collaboration.objects.filter(pk=deal.pk))
    assert (row.views, row.interactions, row.cpm, row.cpe) == (None, None, None, None)


@pytest.mark.parametrize(
    "path",
    ["partners/new/", "partners/{partner}/edit/", "partners/{partner}/channels/", "collaborations/{deal}/edit/",
     "partners/{partner}/collaborations/new/", "collaborations/{deal}/move/", "collaborations/{deal}/pieces/",
     "collaborations/{deal}/pieces/{piece}/deliver/", "collaborations/{deal}/pieces/{piece}/drop/",
     "partners/{partner}/channels/{channel}/drop/"],
)  # fmt: skip
def test_analysts_read_here_and_strangers_find_nothing(client_of, deal, analyst, stranger, path):
    piece, channel = make_piece(deal), make_channel(deal.partner)
    address = path.format(partner=deal.partner_id, deal=deal.pk, piece=piece.pk, channel=channel.pk)
    assert client_of(analyst).post(f"/w/lanxu/{address}").status_code == 403
    if "new/" not in path or "{partner}" in path:
        assert client_of(stranger).post(f"/w/elsewhere/{address}").status_code == 404
    assert Deliverable.objects.exists() and PartnerAccount.objects.exists() and Partner.objects.count() == 1


def test_a_piece_of_another_collaboration_is_not_found(client_of, deal, operator):
    other = make_piece(make_deal(deal.partner))
    assert client_of(operator).post(f"{deal.get_absolute_url()}pieces/{other.pk}/drop/").status_code == 404


def test_a_post_of_another_team_cannot_be_named(client_of, deal, operator, other_workspace):
    foreign = make_post(make_account(other_workspace), url="https://video.example/secret")
    piece = make_piece(deal)
    for typed in (foreign.url, str(foreign.pk)):
        address = f"{deal.get_absolute_url()}pieces/{piece.pk}/deliver/"
        assert client_of(operator).post(address, {"post_url": typed}).status_code == 422
