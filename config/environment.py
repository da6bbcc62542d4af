"""Read settings from the environment, and refuse nonsense loudly."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}
SECRET_LENGTH = 40


def flag(name: str, default: bool = False) -> bool:
    """Return the yes-or-no variable `name`; ImproperlyConfigured for any other word."""
    word = os.environ.get(name, "1" if default else "0").strip().lower()
    if word not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name}={word!r}: write 1 or 0.")
    return word in TRUE


def number(name: str, default: int, most: int) -> int:
    """Return the variable `name`, a whole number from 1 to `most`; ImproperlyConfigured otherwise."""
    word = os.environ.get(name, "").strip() or str(default)
    if not (word.isascii() and word.isdigit() and len(word) < 10 and 1 <= int(word) <= most):
        raise ImproperlyConfigured(f"{name}={word!r}: write a whole number from 1 to {most}.")
    return int(word)


def words(name: str) -> list[str]:
    """Return the comma-separated variable `name` as a list."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def numbers(name: str, defaults: dict[str, int], most: int) -> dict[str, int]:
    """Return the variable `name`, as `key=number,key=number`, over the defaults.

    ImproperlyConfigured for other keys, and for anything but whole numbers from 1 to `most`.
    """
    found = dict(defaults)
    for word in words(name):
        key, _equals, number = (part.strip() for part in word.partition("="))
        whole = number.isascii() and number.isdigit() and len(number) < 10
        if key not in defaults or not whole or not 1 <= int(number) <= most:
            raise ImproperlyConfigured(
                f"{name}: {word!r}: write key=number with a whole number from 1 to {most},"
                f" and as key one of {', '.join(defaults)}."
            )
        found[key] = int(number)
    return found


def secret_key(data: Path) -> str:
    """Return CONCORD_SECRET_KEY, or the key kept in the data folder (made once, mode 0600)."""
    if key := os.environ.get("CONCORD_SECRET_KEY"):
        known = key.startswith("django-insecure-")  # as in every example and template
        if known or len(key) < SECRET_LENGTH or len(set(key)) < 10:
            raise ImproperlyConfigured(
                f"CONCORD_SECRET_KEY is too weak: use at least {SECRET_LENGTH} random characters."
            )
        return key
    file = data / "secret_key"
    data.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _kept_key(file)
    with os.fdopen(descriptor, "w") as out:
        out.write(secrets.token_urlsafe(50))
    return _kept_key(file)


def _kept_key(file: Path) -> str:
    if file.stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"{file} can be read by others: run chmod 600 on it.")
    key = file.read_text().strip()
    if len(key) < SECRET_LENGTH:
        raise ImproperlyConfigured(f"{file} holds no usable key: delete it and start again.")
    return key


def database() -> dict[str, object]:
    """Return Django's database setting: DATABASE_URL, or the embedded server without it."""
    common: dict[str, object] = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {"ENGINE": "config.embedded", "NAME": "postgres", "USER": "postgres", **common}
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured("DATABASE_URL: Concord runs on PostgreSQL (postgresql://...).")
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except ProgrammingError:  # its message repeats the address, with the password
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read: write postgresql://user:password@host:port/name,"
            " with special characters in the password as %40 and the like."
        ) from None
    named = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{django: parts.pop(psycopg) for psycopg, django in named.items() if psycopg in parts},
        "OPTIONS": parts,
        **common,
    }
