"""The search for unused cycles waits for long lists, and goes on afterwards whatever happened."""

import gc

import pytest

from contest_portal.core.collecting import collected_later


def test_the_search_waits_for_the_last_one_inside() -> None:
    assert gc.isenabled()
    with collected_later():
        with collected_later():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_leaves_it_switched_on() -> None:
    with pytest.raises(ZeroDivisionError), collected_later():
        _ = 1 / 0
    assert gc.isenabled()
