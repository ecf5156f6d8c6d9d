"""Every component, rendered in the real layout, makes a page without a fault."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Blueprint, Flask, flash, render_template, render_template_string, request
from flask_wtf.csrf import CSRFProtect
from flask_wtf.file import FileField
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField

import contest_portal
from contest_portal.accounts.actor import NOBODY, Actor
from contest_portal.core import filters, i18n, looks, web
from contest_portal.core.forms import (
    CheckboxesField,
    DateField,
    OncePerForm,
    PortalForm,
    VersionedForm,
    required,
    upload,
)
from contest_portal.core.i18n import language
from contest_portal.core.paging import Page
from contest_portal.dashboard.menu import Item, Menu, lit_by
from tests.page_rules import attribute, faults, parse, words

HEAD = """{% extends "layout.html" %}{% import "components/page.html" as page_parts %}
{% import "components/forms.html" as form_parts %}{% block title %}Thử{% endblock %}{% block content %}"""
TAIL = "{% endblock %}"


class Person(PortalForm, OncePerForm, VersionedForm):
    name = StringField("Họ và tên", [required()], description="Như trong giấy khai sinh", render_kw={"maxlength": 150})
    born_on = DateField("Ngày sinh", [required()])
    secret = PasswordField("Mật khẩu", [required()], render_kw={"autocomplete": "new-password"})
    grade = SelectField("Lớp", choices=[("8", "Lớp 8")])
    role = RadioField("Vai trò", [required()], choices=[("m", "Thành viên"), ("c", "Hướng dẫn")], description="Một vai")
    topics = CheckboxesField("Lĩnh vực", choices=[("a", "Đồ dùng"), ("b", "Phần mềm")])
    idea = TextAreaField("Ý tưởng", [required()])
    doc = FileField("Bản thuyết minh", upload(10, (".pdf",)), description="PDF")
    agreed = BooleanField("Tôi đồng ý", [required()], description="Bắt buộc")


@pytest.fixture(scope="module")
def actors() -> list[Actor]:
    return []


@pytest.fixture
def actor(actors: list[Actor]) -> list[Actor]:
    actors[:] = [NOBODY]
    return actors


@pytest.fixture(scope="module")
def app_with_components(actors: list[Actor]) -> Flask:
    app = Flask("contest_portal", root_path=str(Path(contest_portal.__file__).parent))
    app.secret_key = "x"
    CSRFProtect(app)
    web.versioned_static(app)
    filters.install(app)
    accounts, pages = Blueprint("accounts", __name__), Blueprint("pages", __name__)
    accounts.add_url_rule("/sign-in", "sign_in", lambda: "")
    accounts.add_url_rule("/sign-in/x", "other", lambda: "")
    accounts.add_url_rule("/password", "password", lambda: "")
    accounts.add_url_rule("/sign-out", "sign_out", lambda: "", methods=["POST"])
    accounts.add_url_rule("/account", "me", lambda: "")
    accounts.add_url_rule("/inbox", "inbox", lambda: "")
    pages.add_url_rule("/language/<code>", "language", lambda code: code)
    accounts.add_url_rule("/users", "users", lambda: "")
    app.register_blueprint(accounts)
    app.register_blueprint(pages)
    items = [Item("accounts.sign_in", "Vào"), Item("accounts.users", "Tài khoản")]
    app.context_processor(
        lambda: {
            "actor": actors[0],
            "menu": Menu(items, [Item("accounts.me", "Của tôi")], lit_by(request.endpoint, request.path, items)),
            "unread": lambda: 120,
        }
    )
    return app


@pytest.fixture
def bare(app_with_components: Flask, actor: list[Actor]) -> Iterator[Flask]:
    with app_with_components.test_request_context("/teams?unit=213&unit=215&cursor=old&_scheme=javascript"):
        yield app_with_components


Render = Callable[..., BeautifulSoup]


@pytest.fixture
def show(bare: Flask) -> Render:
    def render(body: str, **context: Any) -> BeautifulSoup:
        title = "" if "<h1" in body or "panel(" in body or "hero(" in body else "<h1>Thử</h1>"
        html = render_template_string(HEAD + title + body + TAIL, **context)
        assert faults(html) == []
        return parse(html)

    return render


EVERY_FIELD = """{{ form_parts.error_summary(form) }}{% call form_parts.form_tag(form) %}
{% for f in form %}{{ form_parts.field(f) if f.type not in ("CSRFTokenField", "OnceField", "VersionField") }}{% endfor %}
{{ form_parts.submit("Lưu") }}{% endcall %}"""


def test_an_untouched_form(show: Render) -> None:
    soup = show(EVERY_FIELD, form=Person(formdata=None))
    form = soup.select_one("form.form")
    assert form is not None
    assert attribute(form, "enctype") == "multipart/form-data"
    hidden = {attribute(tag, "name") for tag in form.select("input[type=hidden]")}
    assert hidden == {"csrf_token", "once", "version"}
    assert soup.select(".error-summary") == []
    assert attribute(soup.select("#name")[0], "aria-describedby") == "name-hint"
    assert words(soup.select('label[for="grade"]')[0]) == "Lớp (không bắt buộc)"
    assert words(soup.select('label[for="name"]')[0]) == "Họ và tên"


def test_a_refused_form_links_each_error_to_its_control(show: Render) -> None:
    form = Person(formdata=MultiDict({"name": "", "born_on": "31/2/2012", "role": "x"}))
    form.validate()
    form.add_error(None, "Đội <đã> đủ người.")
    soup = show(EVERY_FIELD, form=form)
    links = [attribute(link, "href") for link in soup.select(".error-summary a")]
    assert links == ["#name", "#born_on", "#secret", "#grade", "#role-0", "#idea", "#doc", "#agreed"]
    assert words(soup.select(".error-summary li")[0]) == "Đội <đã> đủ người."
    assert attribute(soup.select("#name")[0], "aria-describedby") == "name-hint name-error"
    assert attribute(soup.select("#name")[0], "aria-invalid") == "true"
    assert attribute(soup.select("fieldset#role")[0], "aria-describedby") == "role-hint role-error"
    assert attribute(soup.select("#born_on")[0], "value") == "31/2/2012"
    assert words(soup.title) == "Lỗi: Thử – Cổng cuộc thi"  # type: ignore[arg-type]


def test_two_forms_on_one_page_share_no_id(show: Render) -> None:
    body = "{% call form_parts.form_tag(form) %}x{% endcall %}{% call form_parts.form_tag(form) %}y{% endcall %}"
    assert len(show(body, form=Person(formdata=None)).select("form.form")) == 2


def test_extra_attributes_reach_the_control(show: Render) -> None:
    body = '{{ form_parts.input(form.name, width="short", inputmode="numeric") }}'
    control = show(body, form=Person(formdata=None)).select("#name")[0]
    assert (attribute(control, "inputmode"), attribute(control, "class")) == ("numeric", "input input-short")


def test_choices_may_carry_notes(show: Render) -> None:
    soup = show('{{ form_parts.radios(form.role, hints={"c": "Giáo viên"}) }}', form=Person(formdata=None))
    assert attribute(soup.select("#role-1")[0], "aria-describedby") == "role-1-note"
    assert words(soup.select("#role-1-note")[0]) == "Giáo viên"


def test_filters_stay_in_the_address(show: Render) -> None:
    body = """{% call form_parts.filters() %}{{ form_parts.filter_text("q", "Tìm", q) }}
    {{ form_parts.filter_select("unit", "Đơn vị", [(213, "Bắc Giang"), (215, "Yên Thế")], "215") }}{% endcall %}"""
    form = show(body, q='"An"').select_one("form.filters")
    assert form is not None
    assert attribute(form, "method") == "get"
    assert attribute(form.select("#filter-q")[0], "value") == '"An"'
    assert [words(option) for option in form.select("option[selected]")] == ["Yên Thế"]
    assert [attribute(option, "value") for option in form.select("option")] == ["", "213", "215"]


def test_an_act_is_a_form_of_one_button(show: Render) -> None:
    body = """{{ form_parts.post_button("/teams/1/withdraw", "Rút hồ sơ", kind="danger", values={"version": 3},
    confirm="Rút?", describe="Tia Chớp") }}"""
    form = show(body).select_one("form.post-button")
    assert form is not None
    assert attribute(form, "action") == "/teams/1/withdraw"
    assert [attribute(tag, "value") for tag in form.select("input[name=version]")] == ["3"]
    assert words(form) == "Rút hồ sơ Tia Chớp"
    assert attribute(form.select("button")[0], "data-confirm") == "Rút?"


def test_tasks_show_their_state(show: Render) -> None:
    items = [
        {"label": "Thông tin đội", "href": "/team", "status": "done"},
        {"label": "Thành viên", "href": "/people", "status": "doing", "tag": "2 trên 3", "hint": "Thêm một người"},
        {"label": "Nộp", "status": "blocked"},
        {"label": "Tài liệu"},
    ]
    soup = show("{{ page_parts.task_list(items) }}", items=items)
    assert [words(task) for task in soup.select(".task")] == [
        "Thông tin đội Đã xong",
        "Thành viên Thêm một người 2 trên 3",
        "Nộp Chưa thể làm",
        "Tài liệu",
    ]
    assert attribute(soup.select(".task a")[0], "aria-describedby") == "task-1"


def test_answers_may_be_changed(show: Render) -> None:
    rows = [("Tên", "<b>An</b>", "/name"), ("Thành viên", ["An", "Bình"]), ("Ghi chú", ""), ("Số", 0), ("Ảnh", None)]
    soup = show("{{ page_parts.summary_list(rows) }}", rows=rows)
    assert [words(row) for row in soup.select(".summary-row")] == [
        "Tên <b>An</b> Thay đổi Tên",
        "Thành viên An Bình",
        "Ghi chú Chưa có",
        "Số 0",
        "Ảnh Chưa có",
    ]


@pytest.mark.parametrize(
    ("status", "label", "colour"),
    [("submitted", "Đã nộp", "blue"), ("withdrawn", "Đã rút", "red"), ("forwarded", "Đã chuyển lên tỉnh", "green")],
)
def test_tags_have_a_word_and_a_colour(show: Render, status: str, label: str, colour: str) -> None:
    tag = show(f"{{{{ page_parts.tag('{status}') }}}}").select_one(".tag")
    assert tag is not None
    assert (words(tag), attribute(tag, "class")) == (label, f"tag tag-{colour}")


def test_every_coloured_status_has_its_own_word() -> None:
    assert set(looks.LABELS) == set(looks.COLOURS)
    assert looks.status_label("odd") == "odd"
    assert looks.tag("odd", "<Lạ>") == Markup('<strong class="tag tag-grey">&lt;Lạ&gt;</strong>')
    with language("en"):
        assert looks.status_label("submitted") == i18n.catalogue("en").ugettext("Đã nộp")


def test_a_table_of_plain_rows(show: Render) -> None:
    rows = [["Lạng Giang", 61, Markup("<em>mới</em>")], ["Yên Thế", None, "<b>"]]
    body = (
        """{{ page_parts.table("Đơn vị", ["Tên", "Số đội", "Ghi chú"], rows, numeric=(1,), foot=["Tổng", 61, ""]) }}"""
    )
    soup = show(body, rows=rows)
    assert [words(row) for row in soup.select("tbody tr")] == ["Lạng Giang 61 mới", "Yên Thế – <b>"]
    assert attribute(soup.select("tbody td")[0], "data-label") == "Số đội"
    assert [attribute(th, "scope") for th in soup.select("th")] == ["col", "col", "col", "row", "row", "row"]


def test_a_table_with_cells_of_ones_own(show: Render) -> None:
    body = """{% call(row) page_parts.table("Đội", ["Tên", "Người"], rows, hide_caption=true) %}
    {% call page_parts.cell("Tên", head=true) %}<a href="/">{{ row.name }}</a>{% endcall %}
    {{ page_parts.cell("Người", row.people, numeric=true) }}{% endcall %}"""
    soup = show(body, rows=[{"name": "Sao Khuê", "people": 0}])
    assert [words(row) for row in soup.select("tbody tr")] == ["Sao Khuê 0"]


def test_an_empty_table_says_so(show: Render) -> None:
    soup = show("""{{ page_parts.table("Đội", ["Tên", "Người"], [], empty="Chưa có đội nào.") }}""")
    assert words(soup.select("tbody")[0]) == "Chưa có đội nào."


def test_a_long_table_writes_its_own_rows(show: Render) -> None:
    body = """{% call page_parts.long_table("Đội", ["Tên", "Người"], numeric=(1,)) %}{% for n in range(3) %}
    <tr>{{ page_parts.cell("Tên", "Đội " ~ n, head=true) }}<td data-label="Người">{{ n }}</td></tr>{% endfor %}
    {% endcall %}"""
    assert [words(row) for row in show(body).select("tbody tr")] == ["Đội 0 0", "Đội 1 1", "Đội 2 2"]


def test_pages_of_a_list_keep_the_filters(show: Render) -> None:
    soup = show("{{ page_parts.pager(page) }}", page=Page([], "tới", "lui", "432 đội"))
    links = {attribute(a, "rel"): attribute(a, "href") for a in soup.select(".pager a")}
    kept = "/teams?unit=213&unit=215&_scheme=javascript&cursor="
    assert links == {"prev": kept + "lui", "next": kept + "t%E1%BB%9Bi"}
    assert show("{{ page_parts.pager(page) }}", page=Page([])).select(".pager") == []


def test_figures(show: Render) -> None:
    body = """{% call page_parts.stats() %}{{ page_parts.stat(1484, "người", "/people", note="hôm nay") }}
    {{ page_parts.stat("10/10", "đơn vị") }}{% endcall %}{{ page_parts.progress(7, 10, "Phiếu") }}
    {{ page_parts.progress(0, 0, "Chưa có phiếu") }}"""
    soup = show(body)
    assert [words(stat) for stat in soup.select(".stat")] == ["1.484 người hôm nay", "10/10 đơn vị"]
    assert [words(p) for p in soup.select(".progress-label")] == ["Phiếu 7/10", "Chưa có phiếu 0/0"]
    assert [attribute(bar, "width") for bar in soup.select(".progress .bar-value")] == ["70.0", "0"]


def test_bars_are_a_table_with_drawings(show: Render) -> None:
    rows = [("Lạng Giang", 50, "/x"), ("Yên Thế", 1500), ("Sơn Động", 0)]
    soup = show("""{{ page_parts.bars("Đội", rows) }}""", rows=rows)
    assert [words(row) for row in soup.select("tbody tr")] == ["Lạng Giang 50", "Yên Thế 1.500", "Sơn Động 0"]
    assert [attribute(bar, "width") for bar in soup.select(".bar-value")] == ["3.33", "100.0", "0.0"]
    assert show("""{{ page_parts.bars("Đội", rows) }}""", rows=[("A", 0)]).select(".bar-value")[0]["width"] == "0"


def test_words_around_the_matter(show: Render) -> None:
    body = """{{ page_parts.panel("Đã nộp", "Lúc 14:32", reference="RB24-7K3M9Q") }}{{ page_parts.back_link("/") }}
    {{ page_parts.notice("warning", "<Hạn>") }}{% call page_parts.notice("info") %}<p>Có <a href="/">đây</a></p>{% endcall %}
    {% call page_parts.details("Thêm") %}<p>Chi tiết</p>{% endcall %}{{ page_parts.print_button() }}
    {{ page_parts.tabs([("/a", "Một"), ("/b", "Hai", 3)], "/b") }}{{ page_parts.button_link("/x", "Tải", download=true) }}
    {{ page_parts.cards([{"label": "Robocon", "href": "/r", "status": "open", "hint": "2024", "meta": "đến 20/5"}]) }}"""
    soup = show(body)
    assert words(soup.select(".panel")[0]) == "Đã nộp Mã hồ sơ của bạn RB24-7K3M9Q Lúc 14:32"
    assert [words(n) for n in soup.select(".notice")] == ["Chú ý: <Hạn>", "Có đây"]
    assert [words(a) for a in soup.select('.tabs [aria-current="page"]')] == ["Hai 3"]
    assert words(soup.select(".card")[0]) == "Đang mở Robocon 2024 đến 20/5"


def test_a_start_page(show: Render) -> None:
    body = """{% call page_parts.hero("Các cuộc thi", "Một nơi") %}{{ page_parts.button_link("/x", "Vào", kind="start") }}
    {% endcall %}"""
    assert words(show(body).select(".hero")[0]) == "Các cuộc thi Một nơi Vào"


def test_the_header_knows_who_is_there(show: Render, actor: list[Actor]) -> None:
    assert words(show("").select(".site-tools")[0]) == "Đăng nhập English"
    actor[0] = Actor(1, "Nguyễn Thị Hồng Ánh", "anh")
    soup = show("")
    tools = "Thông báo 99+ chưa đọc Tài khoản của tôi: Nguyễn Thị Hồng Ánh Đăng xuất English"
    assert words(soup.select(".site-tools")[0]) == tools
    assert [words(link) for link in soup.select(".site-menu a")] == ["Vào", "Tài khoản", "Của tôi"]
    assert words(soup.select(".site-menu summary")[0]) == "Thêm"


@pytest.mark.parametrize(
    ("path", "lit"),
    [("/sign-in", [("Vào", "page")]), ("/sign-in/x", [("Vào", "true")]), ("/language/en", []), ("/nowhere", [])],
)
def test_the_menu_shows_where_one_is(app_with_components: Flask, actor: list[Actor], path: str, lit: list[Any]) -> None:
    with app_with_components.test_request_context(path):
        soup = parse(render_template_string(HEAD + "<h1>x</h1>" + TAIL))
    links = [(words(link), attribute(link, "aria-current")) for link in soup.select(".site-menu a[aria-current]")]
    assert links == lit


def test_the_page_names_its_language(show: Render) -> None:
    with language("en"):
        soup = show("")
        assert soup.html is not None
        assert attribute(soup.html, "lang") == "en"
        assert words(soup.select(".site-tools a")[-1]) == "Tiếng Việt"


def test_messages_are_text(show: Render) -> None:
    flash("Đã lưu <An>.", "success")
    flash("Chưa lưu.", "error")
    soup = show("")
    notices = [(attribute(n, "class"), words(n)) for n in soup.select(".flashes .notice")]
    assert notices == [("notice notice-success", "Đã lưu <An>."), ("notice notice-danger", "Chưa lưu.")]


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_every_error_says_what_to_do(bare: Flask, code: int) -> None:
    shown = {"title": "Có lỗi", "message": None, "reference": "A1B2" if code == 500 else None}
    html = render_template("errors/error.html", code=code, **shown)
    assert faults(html) == []
    soup = parse(html)
    assert words(soup.select("h1")[0]) == f"Lỗi {code} Có lỗi"
    assert len(words(soup.select(".error-page p")[0])) > 40
    assert ("A1B2" in words(soup.select("main")[0])) is (code == 500)
