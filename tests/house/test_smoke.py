def test_people_are_made(owner, stranger):
    assert owner.workspace != stranger.workspace
