from content import diff


def told(found):
    """Write pieces as `[-out-]{+in+}`, the way people read a diff in plain text."""
    marks = {"same": "{}", "out": "[-{}-]", "in": "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in found)


def test_latin_is_compared_by_words():
    assert told(diff.pieces("We roast it twice", "We roast it three times")) == (
        "We roast it [-twice-]{+three times+}"
    )


def test_chinese_is_compared_by_characters():
    assert told(diff.pieces("桂花乌龙要焙三道", "桂花乌龙要焙两道")) == "桂花乌龙要焙[-三-]{+两+}道"


def test_mixed_text_keeps_both_ways():
    found = told(diff.pieces("第一道 95℃ 走水 slow roast", "第一道 90℃ 走水 slow roasting"))
    assert found == "第一道 [-95-]{+90+}℃ 走水 slow [-roast-]{+roasting+}"


def test_paragraphs_that_stayed_are_folded():
    old = "\n\n".join(f"Paragraph number {n} stays." for n in range(10))
    new = old.replace("number 5 stays", "number 5 changed")
    kinds = [(block.kind, block.count) for block in diff.blocks(old, new)]
    assert kinds == [("fold", 4), ("same", 0), ("changed", 0), ("same", 0), ("fold", 3)]


def test_same_text_tells_no_change():
    assert not diff.is_changed(diff.blocks("a\n\nb", "a\r\n\r\nb\n"))
    assert diff.pieces("", "") == ()


def test_paragraphs_with_nothing_in_common_are_told_as_two():
    kinds = [block.kind for block in diff.blocks("Tea is roasted slowly.", "门店国庆照常营业")]
    assert kinds == ["out", "in"]


def test_added_and_removed_paragraphs_are_told():
    kinds = [block.kind for block in diff.blocks("one stays\n\ntwo goes", "zero came\n\none stays")]
    assert kinds == ["in", "same", "out"]


def test_a_huge_paragraph_does_not_hang():
    old = "茶" * 50_000
    assert [piece.kind for piece in diff.pieces(old, old + "花")] == ["out", "in"]
