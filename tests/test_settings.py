"""Settings from the environment: what is refused, and with which words."""

import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment

GOOD_KEY = "uN2k8w_Yq5Zr7Tt1Xv4Bb6Mm9Ll3Kk0Jj-HhGgFfDdSsAa"
URL = "DATABASE_URL"


@pytest.mark.parametrize("word", ["1", "true", "YES", " on "])
def test_a_flag_is_on(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("CONCORD_X", word)
    assert environment.flag("CONCORD_X") is True


@pytest.mark.parametrize("word", ["0", "false", "No", "off", "", "  "])
def test_a_flag_is_off(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("CONCORD_X", word)
    assert environment.flag("CONCORD_X", default=True) is False


def test_a_flag_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONCORD_X", raising=False)
    assert environment.flag("CONCORD_X") is False
    assert environment.flag("CONCORD_X", default=True) is True


@pytest.mark.parametrize("word", ["ture", "2", "enabled", "nein", "None"])
def test_a_flag_of_nonsense_is_refused(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """A slip must not silently mean no: the variable is named."""
    monkeypatch.setenv("CONCORD_HTTPS", word)
    with pytest.raises(ImproperlyConfigured, match=f"CONCORD_HTTPS='{word.lower()}': write 1 or 0"):
        environment.flag("CONCORD_HTTPS")


def test_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_HOSTS", " a.example, ,b.example,")
    assert environment.words("CONCORD_HOSTS") == ["a.example", "b.example"]
    monkeypatch.delenv("CONCORD_HOSTS")
    assert environment.words("CONCORD_HOSTS") == []


@pytest.mark.parametrize(
    ("word", "port"), [("8123", 8123), (" 1 ", 1), ("65535", 65535), ("", 8000)]
)
def test_a_port(monkeypatch: pytest.MonkeyPatch, word: str, port: int) -> None:
    monkeypatch.setenv("PORT", word)
    assert environment.number("PORT", 8000, most=65_535) == port


@pytest.mark.parametrize("word", ["0", "65536", "-1", "http", "80 80", "8e3", "²", "9" * 5000])
def test_no_port(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """The message names the variable and what it may be."""
    monkeypatch.setenv("PORT", word)
    with pytest.raises(ImproperlyConfigured, match=r"^PORT=.*write a whole number from 1 to 65535"):
        environment.number("PORT", 8000, most=65_535)


def test_numbers_over_their_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {"owners": 10, "pairs": 7}
    monkeypatch.delenv("CONCORD_MINIMUMS", raising=False)
    assert environment.numbers("CONCORD_MINIMUMS", usual, most=99) == usual
    monkeypatch.setenv("CONCORD_MINIMUMS", " owners = 12 ,")
    assert environment.numbers("CONCORD_MINIMUMS", usual, most=99) == {"owners": 12, "pairs": 7}
    assert usual["owners"] == 10


@pytest.mark.parametrize(
    "word", ["owners", "owners=", "owners=0", "owners=100", "owners=-1", "owners=x", "else=3", "=3"]
)
def test_numbers_of_nonsense_are_refused(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """The message names the variable, what was written, and the keys there are."""
    monkeypatch.setenv("CONCORD_MINIMUMS", word)
    with pytest.raises(ImproperlyConfigured, match=r"CONCORD_MINIMUMS: .* one of owners, pairs"):
        environment.numbers("CONCORD_MINIMUMS", {"owners": 10, "pairs": 7}, most=99)


def test_a_key_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is taken as it is, and nothing is written."""
    monkeypatch.setenv("CONCORD_SECRET_KEY", GOOD_KEY)
    assert environment.secret_key(tmp_path / "data") == GOOD_KEY
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("key", ["short", "a" * 80, "abcdefgh" * 10, " " * 60, GOOD_KEY[:39],
                                 "django-insecure-" + GOOD_KEY])  # fmt: skip
def test_a_weak_or_known_key_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str
) -> None:
    """Short, repeated, or from an example; the message does not repeat it."""
    monkeypatch.setenv("CONCORD_SECRET_KEY", key)
    with pytest.raises(ImproperlyConfigured, match="too weak") as refused:
        environment.secret_key(tmp_path)
    assert key not in str(refused.value)


@pytest.fixture
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONCORD_SECRET_KEY", raising=False)


@pytest.mark.usefixtures("no_key")
def test_a_key_is_made_once(tmp_path: Path) -> None:
    """Random, for the owner alone, in a folder made if need be, and the same ever after."""
    data = tmp_path / "new" / "data"
    key = environment.secret_key(data)
    assert stat.S_IMODE((data / "secret_key").stat().st_mode) == 0o600
    assert len(key) >= environment.SECRET_LENGTH
    assert environment.secret_key(data) == key
    assert environment.secret_key(tmp_path / "other") != key


@pytest.mark.usefixtures("no_key")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o666])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """Also one that only a group can read or write; the message says what to run."""
    environment.secret_key(tmp_path)
    (tmp_path / "secret_key").chmod(mode)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        environment.secret_key(tmp_path)


@pytest.mark.usefixtures("no_key")
@pytest.mark.parametrize("content", ["", "\n", GOOD_KEY[:20]])
def test_a_key_that_was_cut_off_is_refused(tmp_path: Path, content: str) -> None:
    """A full disk or a kill left a part: no session is signed with that."""
    environment.secret_key(tmp_path)
    (tmp_path / "secret_key").write_text(content)
    with pytest.raises(ImproperlyConfigured, match="delete it and start again"):
        environment.secret_key(tmp_path)


def test_without_an_address_the_database_is_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(URL, raising=False)
    assert environment.database()["ENGINE"] == "config.embedded"


ADDRESSES: dict[str, dict[str, Any]] = {
    "postgresql://maryam:geheim@db.example:5433/concord": {
        "NAME": "concord", "USER": "maryam", "PASSWORD": "geheim", "HOST": "db.example", "PORT": "5433",
    },
    "postgres://u:p%40ss%2Fw%3Ard%23%25@h/d": {"PASSWORD": "p@ss/w:rd#%", "HOST": "h", "NAME": "d"},
    "postgresql://u@/d?host=/var/run/postgresql": {"HOST": "/var/run/postgresql", "NAME": "d"},
    "postgresql://u@h/d?sslmode=require&connect_timeout=5": {
        "OPTIONS": {"sslmode": "require", "connect_timeout": "5"},
    },
    "postgresql://u@[::1]:5432/d": {"HOST": "::1", "PORT": "5432"},
    "postgresql://%C3%BC@h/d": {"USER": "ü"},
}  # fmt: skip


@pytest.mark.parametrize(("url", "expected"), ADDRESSES.items(), ids=ADDRESSES)
def test_an_address(monkeypatch: pytest.MonkeyPatch, url: str, expected: dict[str, Any]) -> None:
    """User, password with special characters, socket folders and options arrive as they are meant."""
    monkeypatch.setenv(URL, url)
    found = environment.database()
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert {key: found[key] for key in expected} == expected
    assert set(found) <= {
        "ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS",
        "CONN_MAX_AGE", "CONN_HEALTH_CHECKS",
    }  # fmt: skip


@pytest.mark.parametrize(
    "url", ["sqlite:///db.sqlite3", "mysql://u:p@h/d", "concord", "file:///etc"]
)
def test_another_database_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv(URL, url)
    with pytest.raises(ImproperlyConfigured, match="runs on PostgreSQL"):
        environment.database()


@pytest.mark.parametrize("url", ["postgresql://u:geheim@[h/d", "postgresql://u:geheim%@h/d",
                                 "postgresql://u:geheim@h/d?colour=red"])  # fmt: skip
def test_a_broken_address_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """The message says how it is written, and keeps the password to itself."""
    monkeypatch.setenv(URL, url)
    with pytest.raises(
        ImproperlyConfigured, match="cannot be read: write postgresql://"
    ) as refused:
        environment.database()
    assert "geheim" not in str(refused.value)
    assert refused.value.__suppress_context__
