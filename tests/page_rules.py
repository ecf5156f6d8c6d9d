"""What every page must keep to; each rule yields a sentence for each place where it does not."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from bs4 import BeautifulSoup, Tag

Rule = Callable[[BeautifulSoup], Iterator[str]]

UNLABELLED_KINDS = {"hidden", "submit", "button", "reset", "image"}
REFERRING = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "for", "list", "form")
LEAKS = re.compile(r"\bNone\b|\bUndefined\b|\{\{|\}\}|\{%|%\(\w+\)s|LazyProxy|<Markup|Markup\(|object at 0x|<function")


def parse(html: str) -> BeautifulSoup:
    """Read a page."""
    return BeautifulSoup(html, "html.parser")


def words(tag: Tag) -> str:
    """Return a tag's text with single spaces."""
    return " ".join(tag.get_text(" ").split())


def visible_words(tag: Tag) -> str:
    """Return a tag's text without what is only read aloud."""
    unseen = [text for part in tag.select(".unseen") for text in part.find_all(string=True)]
    return " ".join(" ".join(t for t in tag.find_all(string=True) if not any(t is u for u in unseen)).split())


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute as one string, empty where there is none."""
    value = tag.get(name)
    return " ".join(value) if isinstance(value, list) else value or ""


def shown(tag: Tag) -> str:
    """Return a tag's opening, for a message."""
    return str(tag).split(">", 1)[0][:120] + ">"


def _ids(soup: BeautifulSoup) -> set[str]:
    return {attribute(tag, "id") for tag in soup.find_all(id=True)}


def one_heading(soup: BeautifulSoup) -> Iterator[str]:
    """Ask for exactly one h1, with words in it."""
    found = soup.find_all("h1")
    if len(found) != 1:
        yield f"{len(found)} h1 instead of one"
    yield from (f"an empty h1: {shown(h1)}" for h1 in found if not words(h1))


def a_title(soup: BeautifulSoup) -> Iterator[str]:
    """Ask for a title that says more than the portal's name."""
    title = words(soup.title) if soup.title else ""
    if not title or title.startswith("–"):
        yield f"no title of its own: {title!r}"


def a_language(soup: BeautifulSoup) -> Iterator[str]:
    """Ask for the page's language."""
    if not soup.html or not attribute(soup.html, "lang"):
        yield "html has no lang"


def unique_ids(soup: BeautifulSoup) -> Iterator[str]:
    """Ask that no id occurs twice."""
    counts = Counter(attribute(tag, "id") for tag in soup.find_all(id=True))
    yield from (f"id {name!r} occurs {count} times" for name, count in counts.items() if count > 1)


def labelled_controls(soup: BeautifulSoup) -> Iterator[str]:
    """Ask for a label with words on everything a person fills in."""
    named = {attribute(label, "for") for label in soup.find_all("label", attrs={"for": True}) if words(label)}
    for control in soup.find_all(["input", "select", "textarea"]):
        if control.name == "input" and attribute(control, "type") in UNLABELLED_KINDS:
            continue
        wrapped = control.find_parent("label")
        # A list's own options are no label for it.
        around = wrapped is not None and words(wrapped).replace(words(control), "").strip()
        spoken = attribute(control, "aria-label") or attribute(control, "aria-labelledby")
        if attribute(control, "id") not in named and not spoken and not around:
            yield f"no label: {shown(control)}"


def named_actions(soup: BeautifulSoup) -> Iterator[str]:
    """Ask for words on every button and link."""
    for tag in soup.find_all(["button", "a"]):
        pictured = any(attribute(image, "alt") for image in tag.find_all("img"))
        if not words(tag) and not attribute(tag, "aria-label") and not pictured:
            yield f"no words: {shown(tag)}"


def whole_references(soup: BeautifulSoup) -> Iterator[str]:
    """Ask that whatever is pointed at is on the page."""
    ids = _ids(soup)
    for tag in soup.find_all(True):
        for name in REFERRING:
            missing = [target for target in attribute(tag, name).split() if target not in ids]
            yield from (f"{name} points at no {target!r}: {shown(tag)}" for target in missing)
    for link in soup.find_all("a", href=True):
        target = attribute(link, "href")
        if target.startswith("#") and target[1:] not in ids:
            yield f"a link points at no {target!r}"


def no_leaks(soup: BeautifulSoup) -> Iterator[str]:
    """Refuse what only a programmer should see."""
    for text in soup.find_all(string=LEAKS):
        if text.parent and text.parent.name not in ("code", "script"):
            yield f"a leak in the text: {str(text).strip()[:80]!r}"
    for tag in soup.find_all(["input", "a", "img", "form", "button"]):
        for name in ("value", "href", "src", "action", "alt", "aria-label", "placeholder"):
            if LEAKS.search(attribute(tag, name)):
                yield f"a leak in {name}: {shown(tag)}"


def readable_tables(soup: BeautifulSoup) -> Iterator[str]:
    """Ask for a caption, for headings, and for each heading's direction."""
    for table in soup.find_all("table"):
        if not table.caption or not words(table.caption):
            yield f"a table without a caption: {shown(table)}"
        headings = table.find_all("th")
        if not headings:
            yield f"a table without headings: {shown(table)}"
        yield from (f"a heading without scope: {th}" for th in headings if not attribute(th, "scope"))


def described_images(soup: BeautifulSoup) -> Iterator[str]:
    """Ask for an alt on every image, empty for decoration."""
    yield from (f"an image without alt: {shown(image)}" for image in soup.find_all("img") if not image.has_attr("alt"))


def nothing_inline(soup: BeautifulSoup) -> Iterator[str]:
    """Refuse style and script that the content security policy would drop."""
    yield from ("a style element" for _ in soup.find_all("style"))
    yield from (f"an inline script: {shown(tag)}" for tag in soup.find_all("script") if not tag.has_attr("src"))
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            if name == "style" or name.startswith("on"):
                yield f"inline {name}: {shown(tag)}"
            elif name in ("href", "src", "action") and str(value).strip().lower().startswith("javascript:"):
                yield f"a script as an address: {shown(tag)}"


def only_our_own(soup: BeautifulSoup) -> Iterator[str]:
    """Refuse sheets, scripts and images from elsewhere."""
    for tag in soup.find_all(["link", "script", "img", "iframe", "source"]):
        target = attribute(tag, "href") or attribute(tag, "src")
        if re.match(r"(?:https?:)?//", target):
            yield f"from elsewhere: {shown(tag)}"


def guarded_forms(soup: BeautifulSoup) -> Iterator[str]:
    """Ask for a token in every form that posts, and for no form inside another."""
    for form in soup.find_all("form"):
        if form.find("form"):
            yield f"a form in a form: {shown(form)}"
        if attribute(form, "method").lower() != "post":
            continue
        token = form.find("input", attrs={"name": "csrf_token"})
        if not isinstance(token, Tag) or not attribute(token, "value"):
            yield f"no CSRF token: {shown(form)}"


RULES: tuple[Rule, ...] = (
    one_heading,
    a_title,
    a_language,
    unique_ids,
    labelled_controls,
    named_actions,
    whole_references,
    no_leaks,
    readable_tables,
    described_images,
    nothing_inline,
    only_our_own,
    guarded_forms,
)


def faults(html: str) -> list[str]:
    """Return everything that is wrong with a page."""
    soup = parse(html)
    return [f"{rule.__name__}: {sentence}" for rule in RULES for sentence in rule(soup)]
