"""What the scripts add: each comfort works in a browser, and none is needed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import contest_portal

SCRIPT = (Path(contest_portal.__file__).parent / "static" / "js" / "app.js").read_text(encoding="utf-8")
ADDRESS = "http://portal.test"


class Desk:
    """Show one page to a browser and remember what the page sends."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.sent: list[str] = []
        self.asked: list[str] = []
        self.answer = True
        self.body = ""
        page.route(f"{ADDRESS}/**", self._serve)
        page.on("dialog", self._answer)

    def show(self, body: str) -> Any:
        """Open a page with this in its body."""
        self.body = body
        self.page.goto(ADDRESS + "/")
        return self.page

    def _serve(self, route: Any) -> None:
        request = route.request
        if request.url.endswith("/app.js"):
            route.fulfill(body=SCRIPT, content_type="text/javascript")
        elif request.method == "POST":
            self.sent.append(request.post_data)
            # 204 leaves the page where it is, as a download does.
            route.fulfill(status=204)
        else:
            if "?" in request.url:
                self.sent.append(request.url.split("?", 1)[1])
            head = '<!doctype html><meta charset="utf-8"><title>x</title><link rel="icon" href="data:,">'
            html = f'{head}<script type="module" src="/app.js"></script>{self.body}'
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

    def _answer(self, dialog: Any) -> None:
        self.asked.append(dialog.message or dialog.type)
        dialog.accept() if self.answer else dialog.dismiss()


@pytest.fixture
def desk(browser: Any) -> Iterator[Desk]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield Desk(page)
    context.close()
    assert complaints == []


FORM = """<form method="post" action="/save" data-guard><label>Tên <input name="name"></label>
<button type="submit" name="act" value="save">Lưu</button></form><a href="/elsewhere">Nơi khác</a>"""


def test_the_page_knows_that_scripts_run(desk: Desk) -> None:
    assert desk.show("x").evaluate("document.documentElement.className") == "scripted"


def test_the_error_summary_has_the_focus(desk: Desk) -> None:
    page = desk.show('<input autofocus><div id="summary" tabindex="-1" data-focus>Cần sửa</div>')
    page.wait_for_function("document.activeElement.id === 'summary'")


def test_two_quick_presses_send_once_with_the_buttons_own_value(desk: Desk) -> None:
    page = desk.show(FORM)
    page.fill("[name=name]", "An")
    page.evaluate("const b = document.querySelector('button'); b.click(); b.click()")
    page.wait_for_function("document.querySelector('button').getAttribute('aria-disabled') === 'true'")
    page.wait_for_timeout(200)
    assert desk.sent == ["name=An&act=save"]


def test_coming_back_to_a_sent_page_frees_its_form(desk: Desk) -> None:
    page = desk.show(FORM)
    page.click("button")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow'))")
    assert page.get_attribute("button", "aria-disabled") is None
    page.click("button")
    page.wait_for_timeout(200)
    assert len(desk.sent) == 2


@pytest.mark.parametrize("answer", [True, False])
def test_a_destructive_button_asks_first(desk: Desk, answer: bool) -> None:
    desk.answer = answer
    page = desk.show(
        '<form method="post" action="/drop"><button data-confirm="Rút hồ sơ?">Rút <b>hồ sơ</b></button></form>'
    )
    page.click("b")
    page.wait_for_timeout(200)
    assert desk.asked == ["Rút hồ sơ?"]
    assert len(desk.sent) == int(answer)


def test_leaving_unsaved_changes_asks_first(desk: Desk) -> None:
    page = desk.show(FORM)
    page.type("[name=name]", "An")
    page.click("a", no_wait_after=True)
    page.wait_for_url(ADDRESS + "/elsewhere")
    assert desk.asked == ["beforeunload"]


def test_leaving_without_changes_or_after_saving_does_not_ask(desk: Desk) -> None:
    page = desk.show(FORM)
    page.click("a")
    page.wait_for_url(ADDRESS + "/elsewhere")
    page.type("[name=name]", "An")
    page.click("button")
    page.click("a")
    page.wait_for_load_state()
    assert desk.asked == []


def test_a_choice_in_a_filter_shows_its_list(desk: Desk) -> None:
    page = desk.show("""<form action="/list" data-autosubmit><input name="q"><select name="unit"><option value="">Tất cả
    </option><option value="213">213</option></select></form>""")
    page.select_option("select", "213")
    page.wait_for_url(ADDRESS + "/list?q=&unit=213")
    assert desk.sent == ["q=&unit=213"]


def test_the_print_button_prints(desk: Desk) -> None:
    page = desk.show('<button type="button" data-print>In</button>')
    page.evaluate("window.print = () => { document.title = 'in' }")
    page.click("button")
    assert page.title() == "in"
