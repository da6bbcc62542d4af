"""Take prices over from a file, or write them into one."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from personalization.models import Endpoint, Price
from personalization.price_files import PriceFileError, taken, written


class Command(BaseCommand):
    """Import prices of models from a TOML file, or export all that are known here.

    All prices of a file are taken, or none. A price that is there already is left as it is.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file, and perhaps an endpoint."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--import", dest="read", type=Path, metavar="prices.toml")
        what.add_argument(
            "--export", dest="write", nargs="?", const=Path("-"), type=Path, metavar="prices.toml",
            help="into this file, or printed",
        )  # fmt: skip
        parser.add_argument(
            "--endpoint", help="import: all prices are of this endpoint; export: only its prices"
        )

    def handle(
        self, *, read: Path | None, write: Path | None, endpoint: str | None, **options: Any
    ) -> None:
        """Import or export."""
        at = _endpoint(endpoint) if endpoint is not None else None
        if read is not None:
            self._import(read, at)
        else:
            self._export(write or Path("-"), at)

    def _import(self, path: Path, at: Endpoint | None) -> None:
        try:
            text = sys.stdin.read() if path == Path("-") else path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        try:
            new, there = taken(text, at)
        except PriceFileError as error:
            raise CommandError(f"No price was imported.\n{error}") from error
        self.stdout.write(f"Imported {new} prices ({there} were already there).")

    def _export(self, path: Path, at: Endpoint | None) -> None:
        prices = Price.objects.select_related("endpoint").order_by(
            "endpoint__name", "model", "since"
        )
        text = written(prices.filter(endpoint=at) if at is not None else prices)
        if path == Path("-"):
            self.stdout.write(text, ending="")
            return
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}") from error


def _endpoint(name: str) -> Endpoint:
    found = Endpoint.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Endpoint.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no endpoint {name}. Endpoints here: {known}.")
    return found
