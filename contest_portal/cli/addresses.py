"""Where the portal may listen; standard library only, since `scripts/run.py` asks before anything is installed."""

import errno
import ipaddress
import os
import socket

LOOPBACK = "127.0.0.1"


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a server on this host; a name counts only if it is localhost."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def refusal_to_expose(host: str, *, known_passwords: bool) -> str | None:
    """Return why the portal must not be served on this host, or None where it may."""
    if not known_passwords or is_loopback(host):
        return None
    return (
        f"The demonstration accounts still have their published passwords, so the portal is not served on {host}. "
        "Change or close those accounts (contest-portal user password NAME), "
        "or start an instance without them: set CONTEST_PORTAL_INSTANCE to another folder and use --no-demo."
    )


def problem_with_port(host: str, port: int) -> str | None:
    """Return why nothing can listen there, or None where it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        return f"There is no address {host} on this machine."
    with socket.socket(family, kind, protocol) as probe:
        # Elsewhere than on Windows this only forgives connections that are just being closed.
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            return _sentence(error, host, port)
    return None


def _sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use by another program; choose another with --port."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"This account may not listen on port {port}; choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"There is no address {host} on this machine."
    return f"Cannot listen on port {port} of {host}: {error.strerror}."


def url_of(host: str, port: int) -> str:
    """Return the address to type into a browser on this machine."""
    shown = {"0.0.0.0": LOOPBACK, "::": "[::1]"}.get(host, host)  # noqa: S104 - read, not listened on
    return f"http://[{shown}]:{port}" if ":" in shown.strip("[]") and "[" not in shown else f"http://{shown}:{port}"
