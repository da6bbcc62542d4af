"""What the commands that import files have in common: their files, their study, what they tell."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, OutputWrapper
from tqdm import tqdm

from annotation.models import Study
from personalization.imports.outcome import Faults
from personalization.imports.reading import LabelFile

SHOWN_FAULTS = 20


def text_of(file: Path) -> str:
    """Return the text of a small file."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error


@contextmanager
def opened(
    paths: Mapping[str, Path | None],
) -> Iterator[tuple[dict[str, LabelFile], Callable[[int], None]]]:
    """Open the files that are named, and show on the terminal how far they are read."""
    with ExitStack() as stack:
        files = {name: _open(stack, path) for name, path in paths.items() if path}
        size = sum(file.size for file in files.values())
        bar = stack.enter_context(
            tqdm(total=size, unit="B", unit_scale=True, disable=None, leave=False)
        )
        yield files, lambda read: (bar.update(read), None)[1]


def _open(stack: ExitStack, path: Path) -> LabelFile:
    try:
        stream = stack.enter_context(path.open("rb"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    return LabelFile(path.name, stream, path.stat().st_size)


def study_called(name: str) -> Study:
    """Return the study of this name, a new one where there is none."""
    study = Study.objects.filter(name=name).first()
    if study is not None:
        return study
    study = Study(name=name, title=name)
    try:
        study.full_clean()
    except ValidationError as error:
        raise CommandError(f"--study {name}: {' '.join(error.messages)}") from error
    study.save()
    return study


def tell_faults(faults: Faults, stream: OutputWrapper, *, strict: bool) -> None:
    """Tell the bad lines; an error where one of them refuses all."""
    for fault in faults.kept[:SHOWN_FAULTS]:
        stream.write(f"{fault.file} line {fault.line}: {fault.message}")
    if faults.count > SHOWN_FAULTS:
        stream.write(f"... and {faults.count - SHOWN_FAULTS} more lines.")
    if strict and faults.count:
        raise CommandError(f"Nothing was imported: {faults.count} bad lines and --strict.")
