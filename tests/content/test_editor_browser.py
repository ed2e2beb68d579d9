"""The editor and the board as people use them, in headless Chromium."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from content.actions import planning, reviewing
from content.models import ContentItem
from content.models.version import Reason
from tests.builders import make_item
from tests.builders_assets import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BODY = "#body-editor .vditor-ir .vditor-reset"


def open_editor(page, item):
    page.goto(item.get_absolute_url())
    expect(page.locator("body[data-editor-ready]")).to_have_count(1)
    return page


def write(page, words):
    page.locator(BODY).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def saved(page):
    expect(page.locator("#save-state")).to_contain_text(re.compile(r"Saved \d\d:\d\d"))


def body_of(item):
    """The saved words; where the editor breaks lines does not matter here."""
    return " ".join(ContentItem.objects.values_list("body", flat=True).get(pk=item.pk).split())


def test_what_is_typed_is_saved_by_itself(workspace, editor, page_of):
    item = make_item(workspace, body="First words.")
    page = open_editor(page_of(editor), item)
    with page.expect_response(re.compile("/save/")):
        write(page, " And more.")
    saved(page)
    assert body_of(item) == "First words. And more."


def test_the_first_words_make_the_piece_and_its_page(workspace, editor, page_of):
    page = page_of(editor)
    page.goto(f"/w/{workspace.slug}/items/new/")
    expect(page.locator("body[data-editor-ready]")).to_have_count(1)
    page.fill("#id_title", "Autumn, first fire")
    saved(page)
    item = ContentItem.objects.get()
    expect(page).to_have_url(re.compile(rf"/items/{item.pk}/$"))
    expect(page.locator("#review")).to_be_visible()
    page.fill("#id_title", "Autumn, first fire, again")
    page.keyboard.press("Control+s")
    expect(page.locator("[name=revision]")).to_have_value("2")
    assert ContentItem.objects.get().title == "Autumn, first fire, again"


def test_the_second_writer_is_told_and_loses_nothing(workspace, editor, operator, page_of):
    item = make_item(workspace, body="Both read this.")
    first, second = open_editor(page_of(editor), item), open_editor(page_of(operator), item)
    write(first, " The first wrote.")
    saved(first)
    expect(first.locator("[name=revision]")).to_have_value("2")
    write(second, " The second wrote.")
    clash = second.locator("[data-clash]")
    expect(clash).to_contain_text("Editor changed this piece")
    expect(second.locator("#save-state")).to_contain_text("Not saved")
    assert "second" not in body_of(item)
    write(second, " And goes on.")
    clash.get_by_role("button", name="Save mine").click()
    expect(second.locator("[name=revision]")).to_have_value("3")
    assert body_of(item) == "Both read this. The second wrote. And goes on."
    assert "The first wrote." in item.versions.get(reason=Reason.ASIDE).body


def test_giving_way_shows_their_text_and_keeps_mine(workspace, editor, operator, page_of):
    item = make_item(workspace, body="Both read this.")
    first, second = open_editor(page_of(editor), item), open_editor(page_of(operator), item)
    write(first, " The first wrote.")
    expect(first.locator("[name=revision]")).to_have_value("2")
    write(second, " The second wrote.")
    second.locator("[data-clash]").get_by_role("button", name="Take theirs").click()
    expect(second.locator(BODY)).to_contain_text("The first wrote.")
    assert "The second wrote." in item.versions.get(reason=Reason.ASIDE).body


def test_words_typed_without_a_connection_are_saved_when_it_returns(workspace, editor, page_of):
    item = make_item(workspace, body="Before.")
    page = open_editor(page_of(editor), item)
    page.context.set_offline(True)
    write(page, " In the tunnel.")
    expect(page.locator("#save-state")).to_contain_text("The connection is down")
    page.context.set_offline(False)
    saved(page)
    assert "In the tunnel." in body_of(item)


def test_words_that_were_never_sent_are_back_at_the_next_visit(workspace, editor, page_of):
    item = make_item(workspace, body="Before.")
    page = open_editor(page_of(editor), item)
    page.route("**/save/", lambda route: route.abort())
    write(page, " Nearly lost.")
    expect(page.locator("#save-state")).to_contain_text("The connection is down")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    page.unroute("**/save/")
    open_editor(page, item)
    expect(page.locator(BODY)).to_contain_text("Nearly lost.")
    saved(page)
    assert "Nearly lost." in body_of(item)


def test_signing_in_again_elsewhere_does_not_stop_the_saving(workspace, editor, page_of):
    item = make_item(workspace, body="Before.")
    page = open_editor(page_of(editor), item)
    page.context.clear_cookies(name="csrftoken")
    write(page, " With an old token.")
    expect(page.locator("[name=revision]")).to_have_value("2")
    assert "With an old token." in body_of(item)


def test_a_picture_pasted_into_the_text_is_uploaded_and_shown(workspace, editor, page_of):
    item = make_item(workspace, body="Look:")
    page = open_editor(page_of(editor), item)
    page.locator(BODY).click()
    page.keyboard.press("Control+End")
    page.evaluate(
        """([where, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "leaf.png", { type: "image/png" }));
            const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.querySelector(where).dispatchEvent(event);
        }""",
        [BODY, list(picture())],
    )
    expect(page.locator(f"{BODY} img")).to_have_attribute("src", re.compile(r"/assets/\d+/file"))
    expect(page.locator("[name=revision]")).to_have_value("2")
    assert re.search(r"!\[.*\]\(/w/lanxu/assets/\d+/file\)", body_of(item))
    assert item.assets.count() == 1


def test_submitting_sends_the_last_words_too(workspace, editor, manager, page_of):
    item = make_item(workspace, body="Almost.", owner=editor)
    page = open_editor(page_of(editor), item)
    write(page, " Done.")
    page.get_by_role("button", name="Send to review").click()
    expect(page.locator("#item-head .pill")).to_contain_text("In review")
    assert body_of(item) == "Almost. Done."


def test_a_piece_whose_words_are_all_saved_is_submitted_too(workspace, editor, page_of):
    item = make_item(workspace, body="Done.", owner=editor)
    page = open_editor(page_of(editor), item)
    page.get_by_role("button", name="Send to review").click()
    expect(page.locator("#item-head .pill")).to_contain_text("In review")


def test_a_change_after_approval_is_told_at_once(workspace, editor, manager, page_of):
    item = make_item(workspace, body="Approved words.", owner=editor)
    reviewing.approve(item, by=manager, now=timezone.now())
    page = open_editor(page_of(editor), item)
    write(page, " One more.")
    expect(page.locator("#item-head .pill")).to_contain_text("Changed since approval")
    expect(page.locator("#review")).to_contain_text("will not go out")


def test_a_comment_quotes_the_selected_words(workspace, manager, page_of):
    item = make_item(workspace, body="The first fire is 95 degrees.")
    page = open_editor(page_of(manager), item)
    page.locator(f"{BODY} p").first.dblclick(position={"x": 20, "y": 12})
    expect(page.locator("[data-quote]")).not_to_have_value("")  # the selection is noticed a moment later
    quote = page.locator("[data-quote]").input_value()
    page.fill("#id_text", "It says 90")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#review blockquote[data-quoted]")).to_have_text(quote)
    comment = item.comments.get()
    assert (comment.text, comment.quote) == ("It says 90", quote)


def test_without_script_the_form_still_saves(workspace, editor, browser, live, client_of):
    item = make_item(workspace, body="Plain words.")
    context = browser.new_context(base_url=live, java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": client_of(editor).cookies["sessionid"].value, "url": live}])
    page = context.new_page()
    page.goto(item.get_absolute_url())
    page.fill("#id_body", "Plain words, changed.")
    page.get_by_role("button", name="Save").click()
    assert body_of(item) == "Plain words, changed."
    context.close()


def test_a_card_is_dragged_to_another_column(workspace, editor, page_of):
    idea = planning.add_idea(workspace, by=editor, now=timezone.now(), title="Cold brew", owner=editor)
    page = page_of(editor)
    page.goto(f"/w/{workspace.slug}/ideas/")
    card, column = page.locator(f"#idea-{idea.pk}"), page.locator("[data-column=chosen] [data-cards]")
    card.drag_to(column, source_position={"x": 12, "y": 60})
    expect(page.locator(f"[data-column=chosen] #idea-{idea.pk}")).to_be_visible()
    idea.refresh_from_db()
    assert idea.state == "chosen"


def test_a_card_moves_by_keys_and_keeps_the_focus(workspace, editor, page_of):
    idea = planning.add_idea(workspace, by=editor, now=timezone.now(), title="Cold brew", owner=editor)
    page = page_of(editor)
    page.goto(f"/w/{workspace.slug}/ideas/")
    page.locator(f"#idea-{idea.pk}").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"[data-column=chosen] #idea-{idea.pk}")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"[data-column=writing] #idea-{idea.pk}")).to_be_focused()


def test_the_bar_names_the_chosen_rows(workspace, editor, page_of):
    for n in range(3):
        make_item(workspace, title=f"Piece {n}")
    page = page_of(editor)
    page.goto(f"/w/{workspace.slug}/items/")
    expect(page.locator("[data-bulk]")).to_be_hidden()
    page.locator("[data-choose-all]").check()
    expect(page.locator("[data-bulk]")).to_contain_text("3 chosen")
    page.get_by_role("button", name="Archive").click()
    expect(page.locator("main")).to_contain_text("Nothing written yet")
