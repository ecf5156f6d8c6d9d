"""Read the environment once into a typed object; refuse what would be unsafe."""

import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MEGABYTE = 1024 * 1024
DATABASE = "portal.sqlite3"
SECRET = "secret_key"
SHORTEST_SECRET = 32
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")


class ConfigurationError(Exception):
    """Say in one sentence what in the environment has to change."""


@dataclass(frozen=True)
class Settings:
    """Hold every setting of one running portal."""

    instance: Path
    database_url: str
    secret_key: str
    time_zone: str = "Asia/Ho_Chi_Minh"
    production: bool = False
    https: bool = False
    trusted_hosts: tuple[str, ...] = ()
    public_url: str | None = None
    mail_server: str | None = None
    mail_port: int = 25
    mail_username: str | None = None
    mail_password: str | None = None
    mail_sender: str | None = None
    mail_starttls: bool = False
    max_upload: int = 10 * MEGABYTE
    # The largest document of an entry, which is a video; and all that one school may keep.
    max_document: int = 100 * MEGABYTE
    school_storage: int = 2000 * MEGABYTE
    idle_minutes: int = 60
    absolute_hours: int = 12
    testing: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """Return the portal's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the host names the portal answers to; only this machine's own unless told otherwise."""
        named = urlsplit(self.public_url or "").hostname
        return (*self.trusted_hosts, *((named,) if named else ()), *LOOPBACK)

    @property
    def uploads(self) -> Path:
        """Return the folder of stored files."""
        return self.instance / "uploads"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that the environment asks for.

    Side effect: creates the instance folder, and a secret key in it on the first start.
    """
    env = os.environ if environ is None else environ
    instance = _instance_folder(env)
    production = _flag(env, "CONTEST_PORTAL_PRODUCTION")
    return Settings(
        instance=instance,
        database_url=_database_url(env, instance),
        secret_key=_secret_key(env, instance, production=production),
        time_zone=_time_zone(env.get("CONTEST_PORTAL_TIME_ZONE", "Asia/Ho_Chi_Minh")),
        production=production,
        https=_flag(env, "CONTEST_PORTAL_HTTPS"),
        trusted_hosts=tuple(h for h in env.get("CONTEST_PORTAL_HOSTS", "").replace(",", " ").split() if h),
        public_url=env.get("CONTEST_PORTAL_URL"),
        mail_server=env.get("MAIL_SERVER"),
        mail_port=_integer(env, "MAIL_PORT", 25),
        mail_username=env.get("MAIL_USERNAME"),
        mail_password=env.get("MAIL_PASSWORD"),
        mail_sender=env.get("MAIL_SENDER"),
        mail_starttls=_flag(env, "MAIL_STARTTLS"),
        max_upload=_integer(env, "CONTEST_PORTAL_MAX_UPLOAD_MB", 10) * MEGABYTE,
        max_document=_integer(env, "CONTEST_PORTAL_MAX_DOCUMENT_MB", 100) * MEGABYTE,
        school_storage=_integer(env, "CONTEST_PORTAL_SCHOOL_STORAGE_MB", 2000) * MEGABYTE,
        idle_minutes=_integer(env, "CONTEST_PORTAL_IDLE_MINUTES", 60),
        absolute_hours=_integer(env, "CONTEST_PORTAL_ABSOLUTE_HOURS", 12),
    )


def _instance_folder(env: Mapping[str, str]) -> Path:
    given = env.get("CONTEST_PORTAL_INSTANCE")
    folder = Path(given) if given else Path(__file__).resolve().parent.parent / "instance"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / DATABASE).exists() and not (folder / SECRET).exists():
            # The first start: what comes into it is about children, and for this account's eyes only.
            folder.chmod(0o700)
    except OSError as error:
        raise ConfigurationError(f"CONTEST_PORTAL_INSTANCE: cannot prepare the folder {folder}: {error}") from error
    return folder.resolve()


def _database_url(env: Mapping[str, str], instance: Path) -> str:
    url = env.get("DATABASE_URL") or f"sqlite:///{(instance / DATABASE).as_posix()}"
    for old in ("postgres://", "postgresql://"):
        if url.startswith(old):
            return "postgresql+psycopg://" + url.removeprefix(old)
    return url


def _secret_key(env: Mapping[str, str], instance: Path, *, production: bool) -> str:
    given = env.get("SECRET_KEY")
    if given:
        if len(given) < SHORTEST_SECRET:
            raise ConfigurationError(
                f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters; use a long random text."
            )
        return given
    file = instance / SECRET
    if not file.exists():
        if production:
            raise ConfigurationError(
                f"SECRET_KEY is missing. Set it in the environment, or put one in {file} (mode 600)."
            )
        _write_secret(file)
    if production and os.name == "posix" and file.stat().st_mode & 0o077:
        raise ConfigurationError(f"{file} can be read by others than its owner. Give it the mode 600.")
    return _read_secret(file)


def _read_secret(file: Path) -> str:
    # Another process may be about to write it.
    for _ in range(40):
        found = file.read_text(encoding="ascii", errors="replace").strip()
        if len(found) >= SHORTEST_SECRET:
            return found
        time.sleep(0.05)
    raise ConfigurationError(
        f"{file} holds no secret of {SHORTEST_SECRET} characters. Remove it to have a new one made."
    )


def _write_secret(file: Path) -> None:
    # Exclusive creation: of two processes that start together, one writes and the other reads.
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secrets.token_urlsafe(48))


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError(f"CONTEST_PORTAL_TIME_ZONE: there is no time zone {name!r}.") from error
    return name


def _flag(env: Mapping[str, str], name: str) -> bool:
    return env.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def _integer(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isdigit() or int(text) < 1:
        raise ConfigurationError(f"{name} must be a whole number of at least 1, not {text!r}.")
    return int(text)
