"""manage.py import_labels: what it says, and what is left when it refuses."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Judgment, Question, Study
from tests import factories
from tests.personalization.imports.files import answers

pytestmark = pytest.mark.django_db
TOML = 'key = "fits"\nlevel = "nominal"\noptions = ["no", "yes"]\n'
GOOD = "item,rater,value\nx,ann,yes\ny,ann,no\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "question.toml").write_text(TOML)
    (tmp_path / "human.csv").write_text(GOOD)
    return tmp_path


def bring(folder: Path, *flags: str, study: str = "pilot", **files: str) -> tuple[str, str]:
    """Run the command on files of `folder`; return what it printed and complained about."""
    out, err = StringIO(), StringIO()
    named = {"question": "question.toml", "human": "human.csv", **files}
    arguments = [f"--{kind}={folder / name}" for kind, name in named.items() if name]
    call_command("import_labels", f"--study={study}", *arguments, *flags, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refusal(folder: Path, *flags: str, **given: str) -> str:
    with pytest.raises(CommandError) as caught:
        bring(folder, *flags, **given)
    return str(caught.value)


def test_a_new_study_is_made(folder: Path) -> None:
    """The first import names its study, and says what came of it."""
    said, complaints = bring(folder)
    assert said == (
        "Imported into pilot, question fits: 2 answers (0 already there, 0 replaced older ones,"
        " 0 without a value), 2 new items, 1 new raters, 0 references;"
        " 0 lines for other questions, 0 bad lines.\n"
    )
    assert complaints == ""
    assert Study.objects.get().name == "pilot"
    assert answers() == {("x", "ann", "yes"), ("y", "ann", "no")}


def test_a_second_run_adds_nothing(folder: Path) -> None:
    """It goes to the same study, and says that all was there."""
    bring(folder)
    said, _complaints = bring(folder)
    assert "0 answers (2 already there" in said
    assert (Study.objects.count(), Judgment.objects.count()) == (1, 2)


def test_bad_lines_are_named_and_the_others_imported(folder: Path) -> None:
    """Each bad line by file and number; a run that imports something ends well."""
    (folder / "human.csv").write_text(GOOD + "z,ann,maybe\nz,bob\n")
    said, complaints = bring(folder)
    assert "2 answers" in said
    assert said.endswith("2 bad lines.\n")
    assert complaints.splitlines() == [
        "human.csv line 4: the value 'maybe' is not among the options: no, yes.",
        "human.csv line 5: has 2 cells where the heading has 3.",
    ]


def test_twenty_bad_lines_are_enough_to_read(folder: Path) -> None:
    """The rest is counted."""
    (folder / "human.csv").write_text(GOOD + "z,ann,maybe\n" * 50)
    _said, complaints = bring(folder)
    assert len(complaints.splitlines()) == 21
    assert complaints.endswith("... and 30 more lines.\n")


def test_strict_refuses_all(folder: Path) -> None:
    """One bad line: an error, and neither study nor question is left."""
    (folder / "human.csv").write_text(GOOD + "z,ann,maybe\n")
    message = refusal(folder, "--strict")
    assert message == "Nothing was imported: 1 bad lines and --strict."
    assert not Study.objects.exists()
    assert not Question.objects.exists()


def test_a_dry_run_says_what_it_would_do(folder: Path) -> None:
    """The counts are those of the real run; no study is left, either."""
    said, _complaints = bring(folder, "--dry-run")
    assert said.startswith("Would import into pilot, question fits: 2 answers")
    assert not Study.objects.exists()


def test_a_changed_question_is_said(folder: Path) -> None:
    """Whoever changes the options is told that the labels belong to another version."""
    bring(folder)
    (folder / "question.toml").write_text(TOML.replace('"yes"]', '"yes", "maybe"]'))
    said, _complaints = bring(folder)
    assert said.startswith("The question has changed: these labels belong to version 2.\n")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("human.csv", "", "human.csv is empty."),
        ("human.csv", "item,rater,value\n", "has a heading but no rows"),
        ("human.csv", "id,rater,value\nx,ann,yes\n", "human.csv has no column item."),
        ("human.csv", "item;rater;value\nx;ann;yes\n", "save it with commas"),
        ("question.toml", "key = ", "question.toml is not valid TOML"),
        ("question.toml", TOML + "colour = 1\n", "unknown key colour"),
        ("question.toml", 'key = "fits"\n', "level is missing"),
    ],
)
def test_a_file_that_cannot_be_used(folder: Path, name: str, content: str, message: str) -> None:
    """An error that says what is wrong, and nothing is left, not even the study."""
    (folder / name).write_text(content)
    said = refusal(folder)
    assert said.startswith("Nothing was imported.\n")
    assert message in said
    assert not Study.objects.exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"question": "other.toml"}, "other.toml cannot be read"),
        ({"human": "other.csv"}, "other.csv cannot be read: No such file or directory"),
        ({"human": "."}, "cannot be read: Is a directory"),
        ({"human": ""}, "No file given: name items, human labels or judges."),
        ({"study": "My Study!"}, "--study My Study!: Use lower-case letters, digits"),
    ],
    ids=["no question", "no labels", "a folder", "nothing", "a bad name"],
)
def test_wrong_arguments(folder: Path, given: dict[str, str], message: str) -> None:
    """A path or name that cannot be is told, and nothing is left."""
    assert message in refusal(folder, **given)
    assert not Study.objects.exists()


def test_a_question_in_another_encoding(folder: Path) -> None:
    """question.toml itself must be UTF-8; Notepad's mark at its beginning does no harm."""
    (folder / "question.toml").write_bytes(TOML.replace("fits", "paßt").encode("latin-1"))
    assert "question.toml cannot be read" in refusal(folder)
    (folder / "question.toml").write_bytes(b"\xef\xbb\xbf" + TOML.encode())
    assert "2 answers" in bring(folder)[0]


def test_other_studies_are_left_alone(folder: Path) -> None:
    """The same names in two studies are two questions, two items, two raters."""
    other = factories.study(name="other")
    bring(folder)
    bring(folder, study="other")
    assert other.questions.count() == 1
    assert Judgment.objects.filter(question__study=other).count() == 2
    assert Judgment.objects.count() == 4
