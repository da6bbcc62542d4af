"""manage.py prices: dated price data goes out and comes in."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from personalization.models import Endpoint, Price
from tests import factories as make
from tests.personalization.test_price_files import FILE

pytestmark = pytest.mark.django_db


@pytest.fixture
def lab(db: None) -> Endpoint:
    return make.endpoint(url="http://127.0.0.1:9/v1", name="lab")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("prices", *arguments, stdout=out)
    return out.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return str(caught.value)


def test_out_and_in_again(lab: Endpoint, tmp_path: Path) -> None:
    """What one laboratory exports another one imports, under its own endpoint's name."""
    theirs, ours = tmp_path / "theirs.toml", tmp_path / "ours.toml"
    theirs.write_text(FILE)
    assert run("--import", str(theirs)) == "Imported 1 prices (0 were already there).\n"
    assert run("--export", str(ours)) == ""
    assert run("--export") == ours.read_text()
    make.endpoint(url="http://127.0.0.1:9/v1", name="other")
    assert run("--import", str(ours), "--endpoint", "other").startswith("Imported 1 ")
    assert run("--import", str(ours)) == "Imported 0 prices (1 were already there).\n"
    assert run("--export", "--endpoint=other").count("[[price]]") == 1
    assert run("--export").count("[[price]]") == Price.objects.count() == 2


def test_mistakes_cost_one_look(lab: Endpoint, tmp_path: Path) -> None:
    """Files that are not there, endpoints that are not there, prices that are none."""
    assert "cannot be read" in refusal("--import", str(tmp_path / "missing.toml"))
    assert "cannot be written" in refusal("--export", str(tmp_path))
    assert refusal("--export", "--endpoint=lba").startswith("There is no endpoint lba.")
    bad = tmp_path / "bad.toml"
    bad.write_text(FILE.replace("0.15", "-1"))
    assert refusal("--import", str(bad)).startswith("No price was imported.\nprice 1, input: ")
    bad.write_bytes(b"\xff")
    assert "cannot be read" in refusal("--import", str(bad))
