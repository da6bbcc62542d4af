"""Make the demo study, through the same door as any imported study."""

from io import BytesIO

from django.db import transaction

from annotation.models import Study
from personalization.demo.files import generate
from personalization.imports.errors import ImportRefusedError
from personalization.imports.reading import LabelFile
from personalization.imports.specification import from_mapping
from personalization.imports.verb import import_labels

TITLE = "Demo: is a personalized answer any better?"
DESCRIPTION = (
    "Everything in this study is synthetic: the people, their requests, both answers to each"
    " request and all labels come from a seeded script, and no judge in it is a real model."
    " Twenty-four people say which sentences describe them, which of these should affect an answer,"
    " and whether the personalized answer is any better; others of them guess the same."
    " Four judges answer too, and three of them have a planted fault for you to find: one finds"
    " too much relevant, one flatters personalized answers, and one likes whatever stands first."
    " In the key of a pair of answers, pg means that A is the personalized one, and gp that B is."
)


@transaction.atomic
def add(name: str, seed: int) -> Study:
    """Return a new demo study called `name`; the same seed gives the same study."""
    study = Study(name=name, title=TITLE, description=DESCRIPTION, synthetic=True)
    study.full_clean()
    study.save()
    for files in generate(seed):
        question = files.question["key"]
        outcome = import_labels(
            study,
            from_mapping(files.question),
            items=_file(f"{question}.items.jsonl", files.items),
            human=_file(f"{question}.human.jsonl", files.human),
            judges=_file(f"{question}.judges.jsonl", files.judges),
        )
        if outcome.faults.count:
            raise ImportRefusedError(*(fault.message for fault in outcome.faults.kept))
    return study


def _file(name: str, content: bytes) -> LabelFile:
    return LabelFile(name, BytesIO(content), len(content))
