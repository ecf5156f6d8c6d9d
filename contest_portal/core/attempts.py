"""Do what a form asks, and let the form say what stood against it."""

from collections.abc import Callable, Mapping
from typing import Any

from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.forms import PortalForm, apply_problems
from contest_portal.core.web import refuse


def attempt(form: PortalForm, act: Callable[[], Any], names: Mapping[str, str] | None = None) -> bool:
    """Act once the form is valid; False where the page must come back with what was typed."""
    if not form.validate_on_submit():
        return False
    try:
        act()
    except Invalid as error:
        apply_problems(form, error, names)
    except Conflict as error:
        form.add_error(None, error.message)
        refuse(error)
    else:
        return True
    return False
