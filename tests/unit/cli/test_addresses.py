"""Where the portal may listen."""

import socket

import pytest

from contest_portal.cli.addresses import is_loopback, problem_with_port, refusal_to_expose, url_of


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "LocalHost."])
def test_this_machine_only(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.7", "10.0.0.1", "portal.example", "", "127.0.0.1.example"]
)
def test_reachable_by_others(host: str) -> None:
    assert not is_loopback(host)


def test_known_passwords_stay_on_this_machine() -> None:
    assert refusal_to_expose("127.0.0.1", known_passwords=True) is None
    assert refusal_to_expose("0.0.0.0", known_passwords=False) is None
    refusal = refusal_to_expose("0.0.0.0", known_passwords=True)
    assert refusal is not None
    assert refusal.startswith("The demonstration accounts still have their published passwords")
    assert "contest-portal user password NAME" in refusal


def test_free_port_is_no_problem_and_stays_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    assert problem_with_port("127.0.0.1", port) is None
    assert problem_with_port("127.0.0.1", port) is None


def test_taken_port_is_told_even_where_its_owner_would_share() -> None:
    with socket.socket() as other:
        if hasattr(socket, "SO_REUSEPORT"):
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        expected = f"Port {port} on 127.0.0.1 is in use by another program; choose another with --port."
        assert problem_with_port("127.0.0.1", port) == expected


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_foreign_address_is_told(host: str) -> None:
    assert problem_with_port(host, 0) == f"There is no address {host} on this machine."


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("localhost", "http://localhost:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("[::1]", "http://[::1]:8000"),
        ("::", "http://[::1]:8000"),
    ],
)
def test_address_can_be_typed_into_a_browser(host: str, url: str) -> None:
    assert url_of(host, 8000) == url
