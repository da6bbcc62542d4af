"""Files of an export: written in chunks, hashed, read again, and shown only when complete."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from psycopg.abc import Buffer

from personalization.releases.errors import ExportError

CHUNK = 1024 * 1024
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class File:
    """What is known of one written file; `rows` is None where it holds no table."""

    path: str
    bytes: int
    sha256: str
    table: str | None = None
    rows: int | None = None


def write(
    path: Path, pieces: Iterable[Buffer], wrote: Callable[[int], object] = lambda _: 0
) -> tuple[int, str]:
    """Write `pieces`, telling `wrote` the lines of each chunk; return the length and the hash."""
    digest, length, buffer = hashlib.sha256(), 0, bytearray()

    def flush() -> None:
        nonlocal length
        out.write(buffer)
        digest.update(buffer)
        length += len(buffer)
        wrote(buffer.count(b"\n"))
        buffer.clear()

    with path.open("xb", buffering=0) as out:
        for piece in pieces:
            buffer += piece
            if len(buffer) >= CHUNK:
                flush()
        flush()
        os.fsync(out.fileno())
    return length, digest.hexdigest()


def write_text(folder: Path, name: str, text: str) -> File:
    """Write a small file."""
    return File(name, *write(folder / name, [text.encode()]))


def check(folder: Path, file: File) -> None:
    """Read a file again; ExportError unless it holds the rows and bytes that were sent."""
    digest, length, rows = hashlib.sha256(), 0, Rows(quoted=file.path.endswith(".csv"))
    with (folder / file.path).open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            length += len(chunk)
            rows.read(chunk)
    if (length, digest.hexdigest()) != (file.bytes, file.sha256):
        raise ExportError(
            f"{file.path}: {length} bytes on disk differ from the {file.bytes} bytes written."
            " Check the disk, and export again."
        )
    if file.rows is not None and rows.count != file.rows:
        raise ExportError(
            f"{file.path}: {rows.count} rows on disk, but the database sent {file.rows}."
            " Nothing was exported; please report it."
        )


class Rows:
    """Counts the rows of JSON lines, or of CSV with a header, from any chunks of them."""

    def __init__(self, *, quoted: bool) -> None:
        self.quoted = quoted
        self.count = -1 if quoted else 0
        self._quotes = 0

    def read(self, chunk: bytes) -> None:
        """Count the line ends of `chunk` that stand outside quotes (a doubled quote is two)."""
        if not self.quoted:
            self.count += chunk.count(b"\n")
            return
        characters = np.frombuffer(chunk, np.uint8)
        quotes = np.flatnonzero(characters == ord('"'))
        line_ends = np.flatnonzero(characters == ord("\n"))
        before = self._quotes + np.searchsorted(quotes, line_ends)
        self.count += int(np.count_nonzero(before % 2 == 0))
        self._quotes += len(quotes)


def sums(files: Iterable[File]) -> str:
    """Return the lines that `sha256sum -c` checks."""
    return "".join(f"{file.sha256}  {file.path}\n" for file in files)


@contextmanager
def finished_folder(out: Path, *, replace: bool) -> Iterator[Path]:
    """Give a folder under a temporary name; it becomes `out` only if nothing goes wrong."""
    try:
        _refuse(out, replace=replace)
        partial = Path(tempfile.mkdtemp(prefix=f".{out.name}.partial-", dir=out.parent))
    except OSError as error:
        raise ExportError(
            f"Cannot write in {out.parent} ({error.strerror}): choose another --out,"
            " or make that folder and let this account write there."
        ) from error
    try:
        yield partial
        _show(partial, out)
    except OSError as error:
        raise ExportError(
            f"Cannot write {out} ({error.strerror or error}): nothing was exported."
            " Make room or choose another --out, and run the command again."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def leftovers(out: Path) -> list[Path]:
    """Return the unfinished folders of exports to `out` that were killed, or still run."""
    return sorted(out.parent.glob(f".{out.name}.partial-*"))


def _refuse(out: Path, *, replace: bool) -> None:
    if not out.exists():
        return
    if not replace:
        raise ExportError(f"{out} exists: choose another --out, or add --force to replace it.")
    if not out.is_dir() or (any(out.iterdir()) and not (out / MANIFEST).is_file()):
        raise ExportError(
            f"{out} is no export (it has no {MANIFEST}), so --force does not replace it:"
            " choose another --out."
        )


def _show(partial: Path, out: Path) -> None:
    """Put the complete folder in its place; the one it replaces goes only afterwards."""
    _sync(partial)
    replaced = partial.with_name(partial.name.replace(".partial-", ".replaced-"))
    if out.exists():
        out.rename(replaced)
    try:
        partial.rename(out)
    except OSError:
        if replaced.exists():
            replaced.rename(out)
        raise
    _sync(out.parent)
    shutil.rmtree(replaced, ignore_errors=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
