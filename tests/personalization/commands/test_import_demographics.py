"""manage.py import_demographics: all of a table or nothing, and every fault with its way out."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from annotation.leaving import withdraw
from annotation.models import Demographic, Enrollment, Study
from tests import factories as make
from tests.personalization.report.studies import asked, every, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(db: None) -> Study:
    """Two people who came in with their labels."""
    study = make.study(name="pilot")
    asked(rows(4, ann=every(2), bob=every(4)), study=study)
    return study


def bring(folder: Path, text: str, name: str = "people.csv", study: str = "pilot") -> str:
    file, out = folder / name, StringIO()
    file.write_text(text)
    call_command("import_demographics", f"--study={study}", f"--file={file}", stdout=out)
    return out.getvalue().strip()


def refusal(folder: Path, text: str, **where: str) -> list[str]:
    with pytest.raises(CommandError) as caught:
        bring(folder, text, **where)
    assert Demographic.objects.count() == 0
    return str(caught.value).splitlines()[1:]


def kept() -> set[tuple[str, str, str]]:
    found = Demographic.objects.values_list("participant__rater__name", "key", "value")
    return {(str(name), key, value) for name, key, value in found}


def test_people_are_found_by_name_or_pseudonym(study: Study, tmp_path: Path) -> None:
    """Imported raters by the name in their labels, everybody by pseudonym; empty says nothing."""
    person = make.enrolled(study=study)
    make.person_rater(of=person.participant)
    pseudonym = person.participant.pseudonym
    text = f"rater,age_band,country\nann,18-29,DE\nbob,,FR\n{pseudonym},30-39,\n"
    assert bring(tmp_path, text) == "Kept 4 properties of 3 people in pilot."
    assert kept() == {
        ("ann", "age_band", "18-29"),
        ("ann", "country", "DE"),
        ("bob", "country", "FR"),
        (pseudonym, "age_band", "30-39"),
    }


def test_a_second_file_replaces_what_it_names(study: Study, tmp_path: Path) -> None:
    """The same person and property: the newer value; others stay."""
    bring(tmp_path, "rater,age_band\nann,18-29\nbob,18-29\n")
    bring(tmp_path, '{"rater": "ann", "age_band": "30-39"}\n', name="people.jsonl")
    assert kept() == {("ann", "age_band", "30-39"), ("bob", "age_band", "18-29")}


def test_every_fault_has_its_line_and_its_way_out(study: Study, tmp_path: Path) -> None:
    """Nothing is kept where one line is wrong."""
    text = f"rater,age_band,Größe\nann,18-29,\nann,30-39,\nzoe,x,\nbob,{'x' * 201},170\n"
    again, unknown, long = refusal(tmp_path, text)
    assert again.startswith("people.csv line 3: ann stands in an earlier line already.")
    assert unknown.startswith("people.csv line 4: 'zoe' is nobody of this study. Write a pseudonym")
    assert long.startswith("people.csv line 5: age_band is longer than 200 characters")
    assert "'Größe' is no name of a property: use a-z, 0-9 and _, such as age_band." in long


@pytest.mark.parametrize(
    "change",
    [
        {"withdrawn_at": timezone.now()},
        {"scopes": [], "consented_at": None, "consent_version": None},
        {
            "scopes": [],
            "consented_at": None,
            "consent_version": None,
            "declined_at": timezone.now(),
        },
    ],
    ids=["left", "never asked", "declined"],
)
def test_without_consent_nothing_is_kept(
    study: Study, tmp_path: Path, change: dict[str, object]
) -> None:
    """Consent to the use of answers is what the properties rest on."""
    person = make.enrolled(study=study)
    Enrollment.objects.filter(pk=person.pk).update(**change)
    (fault,) = refusal(tmp_path, f"rater,age_band\n{person.participant.pseudonym},18-29\n")
    assert "has not agreed to the use of answers, or has left" in fault


def test_who_withdrew_is_not_brought_back(study: Study, tmp_path: Path) -> None:
    """The file that was kept before is refused after."""
    person = make.enrolled(study=study)
    text = f"rater,age_band\n{person.participant.pseudonym},18-29\n"
    bring(tmp_path, text)
    withdraw(person)
    (fault,) = refusal(tmp_path, text)
    assert "leave the line out" in fault


def test_files_that_cannot_be_read(study: Study, tmp_path: Path) -> None:
    """No column of people, nothing in it, nothing there, and no such study."""
    (fault,) = refusal(tmp_path, "name,age_band\nann,18-29\n")
    assert fault == "people.csv has no column rater. It has: name, age_band."
    assert refusal(tmp_path, "") == ["people.csv is empty."]
    with pytest.raises(CommandError, match=r"none\.csv cannot be read: No such file"):
        call_command("import_demographics", "--study=pilot", f"--file={tmp_path / 'none.csv'}")
    with pytest.raises(CommandError, match=r"There is no study pilott\. Studies here: pilot\."):
        bring(tmp_path, "rater\nann\n", study="pilott")
