"""Fill a form as a browser would: what it hides and has chosen stays, what a person types is added."""

from typing import Any

from bs4 import BeautifulSoup, Tag

from tests.page_rules import attribute, visible_words, words

Values = dict[str, list[Any]]
NOT_SENT = {"submit", "button", "reset", "image", "file"}


def find_form(soup: BeautifulSoup, wanted: str | None) -> tuple[Tag, Tag | None]:
    """Return a form and the button pressed: by the button's words, by a selector, or the only one in main."""
    if wanted is not None:
        for button in soup.find_all("button"):
            if wanted in (words(button), visible_words(button)):
                form = _form_of(soup, button)
                assert form is not None, f"the button {wanted!r} belongs to no form"
                return form, button
        found = soup.select_one(wanted) if wanted[:1] in "#.[" or wanted.startswith("form") else None
        assert found is not None, f"no form and no button {wanted!r} among {button_words(soup)}"
        return found, _first_button(found)
    forms = [form for form in (soup.main or soup).find_all("form") if attribute(form, "method").lower() == "post"]
    assert len(forms) == 1, f"{len(forms)} forms: name one by its button, of {button_words(soup)}"
    return forms[0], _first_button(forms[0])


def button_words(soup: BeautifulSoup) -> list[str]:
    """Return the words of every button."""
    return [words(button) for button in soup.find_all("button")]


def fill(form: Tag, button: Tag | None, typed: dict[str, Any]) -> Values:
    """Return what the browser would send, refusing names the form does not have and options it does not offer."""
    sent = present_values(form)
    for name, value in typed.items():
        controls = form.find_all(["input", "select", "textarea"], attrs={"name": name})
        assert controls, f"no control {name!r} in the form; it has {sorted(control_names(form))}"
        sent[name] = _typed(controls, value)
    if button is not None and button.get("name"):
        sent[attribute(button, "name")] = [attribute(button, "value")]
    return {name: values for name, values in sent.items() if values}


def present_values(form: Tag) -> Values:
    """Return what the form would send if nobody touched it."""
    sent: Values = {}
    for control in form.find_all(["input", "select", "textarea"]):
        name, kind = attribute(control, "name"), attribute(control, "type")
        if not name or control.has_attr("disabled") or kind in NOT_SENT:
            continue
        sent.setdefault(name, []).extend(_present(control, kind))
    return sent


def control_names(form: Tag) -> set[str]:
    """Return the name of every control."""
    return {attribute(c, "name") for c in form.find_all(["input", "select", "textarea"]) if c.get("name")}


def _present(control: Tag, kind: str) -> list[str]:
    if control.name == "textarea":
        return [control.get_text().removeprefix("\r\n").removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")]
    if control.name == "select":
        options = control.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")]
        if not chosen and not control.has_attr("multiple"):
            chosen = options[:1]
        return [_option_value(option) for option in chosen]
    if kind in ("checkbox", "radio"):
        return [attribute(control, "value") or "on"] if control.has_attr("checked") else []
    return [attribute(control, "value")]


def _typed(controls: list[Tag], value: Any) -> list[Any]:
    first = controls[0]
    kind = attribute(first, "type")
    if value is None or value is False:
        return []
    if value is True:
        assert kind == "checkbox", f"only a box can be ticked: {first}"
        return [attribute(first, "value") or "on"]
    values = value if isinstance(value, list) else [value]
    offered = _offered(controls, kind)
    if offered is not None:
        strange = [item for item in map(str, values) if item not in offered]
        assert not strange, f"{attribute(first, 'name')} does not offer {strange}, only {sorted(offered)}"
    return [item if kind == "file" else str(item) for item in values]


def _offered(controls: list[Tag], kind: str) -> set[str] | None:
    if controls[0].name == "select":
        return {_option_value(option) for option in controls[0].find_all("option")}
    if kind in ("radio", "checkbox"):
        return {attribute(control, "value") or "on" for control in controls}
    return None


def _option_value(option: Tag) -> str:
    return attribute(option, "value") if option.has_attr("value") else words(option)


def _form_of(soup: BeautifulSoup, button: Tag) -> Tag | None:
    outside = attribute(button, "form")
    return soup.find("form", id=outside) if outside else button.find_parent("form")


def _first_button(form: Tag) -> Tag | None:
    buttons = form.find_all("button", attrs={"type": "submit"})
    return buttons[0] if buttons else None
