"""Each rule of the checking client is seen to fail on a bad page, and all pass on a good one."""

import pytest

from tests.page_rules import RULES, faults, parse, visible_words

GOOD = """<!doctype html><html lang="vi"><head><title>Hồ sơ – Cổng cuộc thi</title>
<link rel="stylesheet" href="/static/css/base.css"><script type="module" src="/static/js/app.js"></script></head>
<body><a href="#main">Đến nội dung chính</a><main id="main"><h1>Hồ sơ</h1>
<form method="post"><input type="hidden" name="csrf_token" value="abc">
<label for="name">Tên</label><input id="name" name="name" aria-describedby="name-hint"><p id="name-hint">Gợi ý</p>
<label>Lớp <select name="grade"><option>8</option></select></label>
<textarea aria-label="Ý tưởng" name="idea"></textarea><button type="submit">Lưu</button></form>
<table><caption>Các đội</caption><tr><th scope="col">Tên</th></tr><tr><td>Tia Chớp</td></tr></table>
<a href="/"><img src="/static/img/favicon.svg" alt="Trang đầu"></a></main></body></html>"""

BAD = [
    ("one_heading", "<h1>Hồ sơ</h1>", ""),
    ("one_heading", "<h1>Hồ sơ</h1>", "<h1>Hồ sơ</h1><h1>Hai</h1>"),
    ("one_heading", "<h1>Hồ sơ</h1>", "<h1> </h1>"),
    ("a_title", "Hồ sơ – Cổng", "– Cổng"),
    ("a_title", "<title>Hồ sơ – Cổng cuộc thi</title>", ""),
    ("a_language", ' lang="vi"', ""),
    ("unique_ids", 'id="name-hint"', 'id="name"'),
    ("labelled_controls", '<label for="name">Tên</label>', ""),
    ("labelled_controls", '<label for="name">Tên</label>', '<label for="name"></label>'),
    ("labelled_controls", "<label>Lớp <select", "<label><select"),
    ("labelled_controls", ' aria-label="Ý tưởng"', ""),
    ("named_actions", ">Lưu<", "><"),
    ("named_actions", ' alt="Trang đầu"', ' alt=""'),
    ("whole_references", 'aria-describedby="name-hint"', 'aria-describedby="name-hint name-error"'),
    ("whole_references", 'for="name"', 'for="other"'),
    ("whole_references", 'href="#main"', 'href="#content"'),
    ("no_leaks", "Gợi ý", "Gợi ý None"),
    ("no_leaks", "Gợi ý", "{{ name }}"),
    ("no_leaks", "Gợi ý", "còn %(count)s ngày"),
    ("no_leaks", 'name="name"', 'name="name" value="None"'),
    ("no_leaks", 'href="/"', 'href="/entries/None"'),
    ("readable_tables", "<caption>Các đội</caption>", ""),
    ("readable_tables", ' scope="col"', ""),
    ("readable_tables", '<th scope="col">Tên</th>', "<td>Tên</td>"),
    ("described_images", ' alt="Trang đầu"', ' aria-label="Trang đầu"'),
    ("nothing_inline", "<h1>", '<h1 style="color: red">'),
    ("nothing_inline", "<h1>", '<h1 onclick="go()">'),
    ("nothing_inline", "</head>", "<style>h1 {}</style></head>"),
    ("nothing_inline", "</head>", "<script>go()</script></head>"),
    ("nothing_inline", 'href="/"', 'href="javascript:go()"'),
    ("only_our_own", 'href="/static/css/base.css"', 'href="https://cdn.example/base.css"'),
    ("only_our_own", 'src="/static/js/app.js"', 'src="//cdn.example/app.js"'),
    ("guarded_forms", ' value="abc"', ' value=""'),
    ("guarded_forms", '<input type="hidden" name="csrf_token" value="abc">', ""),
    ("guarded_forms", "<h1>", "<form><form></form></form><h1>"),
]


def test_good_page_has_no_fault() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(("rule", "good", "bad"), BAD)
def test_rule_fails_on_a_bad_page(rule: str, good: str, bad: str) -> None:
    assert good in GOOD
    found = {sentence.split(":")[0] for sentence in faults(GOOD.replace(good, bad))}
    assert rule in found


def test_every_rule_is_seen_to_fail() -> None:
    assert {rule for rule, _, _ in BAD} == {rule.__name__ for rule in RULES}


def test_hidden_and_pressed_inputs_need_no_label() -> None:
    page = GOOD.replace("<h1>", '<input type="hidden" name="a"><input type="submit" value="Đi"><h1>')
    assert faults(page) == []


def test_get_form_needs_no_token() -> None:
    page = GOOD.replace("<h1>", '<form method="get"><button>Lọc</button></form><h1>')
    assert faults(page) == []


def test_visible_words_leave_out_what_is_read_aloud() -> None:
    link = parse('<a href="/">Thay đổi<span class="unseen"> tên đội</span></a>').a
    assert link is not None
    assert visible_words(link) == "Thay đổi"
