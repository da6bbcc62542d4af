"""Attributes that others have extracted come in as an arm, beside ours."""

import json
from typing import Any

import pytest
from django.utils import timezone

from annotation import models as m
from annotation.sheets import lay_review
from personalization.arms.holding import hold, profile
from personalization.imports.attributes import import_attributes
from personalization.imports.errors import ImportRefusedError
from personalization.imports.output_arms import ArmSaid
from personalization.models import Arm, ArmAttribute, Extracted, Extraction
from personalization.releases import pseudonyms
from tests import factories as make
from tests.personalization.imports.files import label_file
from tests.personalization.imports.outputs import Someone, counted, found, messages, someone

SAILS, CHILDREN = "The user sails.", "The user has children."


@pytest.fixture
def one(study: m.Study) -> Someone:
    return someone(study)


def texts(arm: str) -> set[str]:
    held = ArmAttribute.objects.filter(arm__name=arm, left_out=None)
    return set(held.values_list("attribute__text", flat=True))


def test_an_extractor_from_elsewhere_is_an_arm(study: m.Study, one: Someone) -> None:
    """Text, reason, confidence, wordings, evidence by place, and the conversation that was read."""
    line = one.says(
        attribute="The user sails.",
        reason="Says so.",
        confidence=0.9,
        conversation=one.chat.pk,
        evidence=[0],
        variants=[
            "The user likes boats.",
            {"attribute": "The user goes sailing.", "confidence": 1},
        ],
    )
    outcome = found(study, line, arm_model="llama", arm_sampling={"temperature": 0.8})
    assert outcome.arms == ["theirs"]
    arm = Arm.objects.get(study=study)
    assert (arm.step, arm.source, arm.author, arm.model) == (
        "extraction", "imported", "model", "llama",
    )  # fmt: skip
    assert arm.configuration["sampling"] == {"temperature": 0.8}
    (attribute,) = profile(arm, one.enrollment.participant)
    assert (attribute.text, attribute.reason, attribute.confidence) == (SAILS, "Says so.", 0.9)
    assert [row.turn_id for row in attribute.evidence.all()] == [one.turns[0].pk]
    wordings = attribute.variants.order_by("pk").values_list("text", "confidence", "conversation")
    assert list(wordings) == [
        (SAILS, 0.9, one.chat.pk),
        ("The user likes boats.", None, one.chat.pk),
        ("The user goes sailing.", 1.0, one.chat.pk),
    ]
    row = Extraction.objects.get(arm=arm, conversation=one.chat)
    assert (row.found, row.run, row.failure) == (1, None, None)
    assert row.settled_at
    assert row.extracted.count() == 3


def test_a_second_import_of_the_same_file_adds_nothing(study: m.Study, one: Someone) -> None:
    lines = [
        one.says(attribute=SAILS, conversation=one.chat.key, evidence=[0, 2], variants=["The user rows."]),
        one.says(attribute=CHILDREN, reason="Mentions them."),
        one.says(conversation=one.chat.pk, attributes=[]),
    ]  # fmt: skip
    first = counted(found(study, *lines))
    assert (first.new, first.variants, first.evidence, first.conversations) == (2, 3, 2, 1)
    tables = (Arm, m.Attribute, m.AttributeVariant, m.Evidence, ArmAttribute, Extraction, Extracted)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    again = counted(found(study, *lines))
    assert (again.new, again.unchanged, again.variants, again.evidence) == (0, 2, 0, 0)
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_the_same_text_of_two_arms_is_one_attribute(study: m.Study, one: Someone) -> None:
    """Rule 2: case, spaces and a final full stop do not make another one; both arms hold it."""
    ours = make.arm(study=study, name="ours")
    known = make.attribute(study=study, of=one.enrollment.participant, text=SAILS)
    hold(ours, [known])
    outcome = found(
        study,
        one.says(attribute="The user  SAILS", reason="Theirs.", conversation=one.chat.pk),
        one.says(attribute="The user sails a lot."),
    )
    assert (counted(outcome).shared, counted(outcome).new) == (1, 1)
    assert set(known.in_arms.values_list("arm__name", flat=True)) == {"ours", "theirs"}
    assert known.variants.get().text == "The user SAILS"
    known.refresh_from_db()
    assert (known.text, known.reason) == (SAILS, "")
    other = someone(study)
    assert counted(found(study, other.says(attribute=SAILS))).new == 1  # of another person


def test_what_people_are_asked_about_stays_as_it_is(study: m.Study, one: Someone) -> None:
    """An attribute with items gets another wording below it, and no other evidence."""
    known = make.attribute(study=study, of=one.enrollment.participant, text=SAILS)
    lay_review(one.enrollment, [one.chat], [known])
    found(study, one.says(attribute="The user sails", conversation=one.chat.pk, evidence=[0]))
    assert not known.evidence.exists()
    assert known.variants.count() == 1


def test_pointers_that_lead_nowhere_are_dropped_and_counted(study: m.Study, one: Someone) -> None:
    """No such turn, the assistant's, somebody else's; the attribute goes in, without evidence."""
    other = someone(study)
    outcome = found(
        study,
        one.says(attribute=SAILS, conversation=one.chat.pk, evidence=[9, 1, -1, "0", 1.5, 2**40]),
        one.says(
            attribute=CHILDREN,
            evidence=[
                {"turn": other.turns[0].pk},
                {"turn": one.turns[2].pk},
                {"conversation": other.chat.key, "position": 0},
                {"conversation": one.chat.key, "position": 0},
                2**62,
            ],
        ),
    )
    assert counted(outcome).pointers_dropped == 6 + 3
    assert set(m.Evidence.objects.values_list("attribute__text", "turn")) == {
        (CHILDREN, one.turns[2].pk),
        (CHILDREN, one.turns[0].pk),
    }


def test_a_conversation_may_hold_nothing(study: m.Study, one: Someone) -> None:
    """The grouped form: all of a conversation in a line, and an empty list is a finding."""
    other = someone(study)
    outcome = found(
        study,
        one.says(conversation=one.chat.pk, attributes=[SAILS, {"attribute": CHILDREN, "evidence": [2]}]),
        other.says(conversation=other.chat.pk, attributes=[]),
    )  # fmt: skip
    assert texts("theirs") == {SAILS, CHILDREN}
    assert m.Evidence.objects.get().turn == one.turns[2]
    assert list(Extraction.objects.order_by("pk").values_list("conversation", "found")) == [
        (one.chat.pk, 2),
        (other.chat.pk, 0),
    ]
    assert counted(outcome).people == 2


def test_what_is_said_of_an_arm_is_part_of_it(study: m.Study, one: Someone) -> None:
    """Under the same name, another model is another arm."""
    assert found(study, one.says(attribute=SAILS), arm_model="a").arms == ["theirs"]
    assert found(study, one.says(attribute=SAILS), arm_model="b").arms == ["theirs 2"]
    assert found(study, one.says(attribute=SAILS), arm_model="a").arms == ["theirs"]


def test_people_are_named_as_an_export_names_them(study: m.Study, one: Someone) -> None:
    key = pseudonyms.key(study.name)
    name = pseudonyms.person(key, one.enrollment.participant_id)
    assert counted(found(study, {"participant": name, "attribute": SAILS})).new == 1


def test_nothing_is_added_about_people_who_left(study: m.Study, one: Someone) -> None:
    """Whoever withdrew, declined, kept their texts here, only looks, or is in another study."""
    gone, declined, inside, looks = (someone(study) for _ in range(4))
    for person, values in (
        (gone, {"withdrawn_at": timezone.now()}),
        (
            declined,
            {
                "declined_at": timezone.now(),
                "consented_at": None,
                "consent_version": None,
                "scopes": [],
            },
        ),
        (inside, {"scopes": ["use", "show"]}),
        (looks, {"preview": True}),
    ):
        m.Enrollment.objects.filter(pk=person.enrollment.pk).update(**values)
    stranger = someone(make.study())
    people = (gone, declined, inside, looks, stranger, one)
    outcome = found(study, *(person.says(attribute=SAILS) for person in people))
    told = messages(outcome)
    assert sorted(told) == [1, 2, 3, 4, 5]
    for line, why in enumerate(
        ("has left", "did not agree to take part", "leave this place", "looks at sheets", "nobody"), 1
    ):  # fmt: skip
        assert why in told[line]
    assert m.Attribute.objects.get().participant == one.enrollment.participant


def test_what_somebody_took_back_does_not_come_again(study: m.Study, one: Someone) -> None:
    known = make.attribute(study=study, of=one.enrollment.participant, text=SAILS)
    m.Attribute.objects.filter(pk=known.pk).update(withdrawn_at=timezone.now())
    assert "taken back" in messages(found(study, one.says(attribute="The user SAILS")))[1]
    assert not known.in_arms.exists()


BAD: dict[str, dict[str, object]] = {
    "missing": {},
    "empty": {"attribute": " "},
    "begins": {"attribute": "Sails."},
    "long": {"attribute": "The user " + "x" * 2000},
    "confidence": {"attribute": SAILS, "confidence": 1.01},
    "nan": {"attribute": SAILS, "confidence": float("nan")},
    "huge": {"attribute": SAILS, "confidence": 10**300},
    "true": {"attribute": SAILS, "confidence": True},
    "evidence": {"attribute": SAILS, "evidence": "turn 3"},
    "many": {"attribute": SAILS, "evidence": list(range(300))},
    "variants": {"attribute": SAILS, "variants": [7]},
    "NUL": {"attribute": "The user \0 sails."},
    "nested NUL": {"attributes": ["The user \0 sails."], "conversation": "1"},
    "half": {"attribute": "The user \ud800 sails."},
    "nested half": {"attribute": SAILS, "variants": ["The user \ud800 sails."]},
    "conversation": {"attribute": SAILS, "conversation": 10**17},
    "huge conversation": {"attribute": SAILS, "conversation": 10**40},
    "both": {"attribute": SAILS, "attributes": [SAILS]},
    "nothing": {"attributes": []},
    "entry": {"attributes": [SAILS, 7]},
    "object": {"attributes": {"a": 1}},
    "refined": {"attribute": SAILS, "refined_from": "The user rows."},
}


def test_bad_lines_are_named_and_the_others_go_in(study: m.Study, one: Someone) -> None:
    """Every fault says the line and how to mend it; nothing of a bad line is kept."""
    lines = [one.says(**each) for each in BAD.values()]
    outcome = found(study, *lines, one.says(attribute=CHILDREN))
    told = messages(outcome)
    assert sorted(told) == list(range(1, len(BAD) + 1))
    assert outcome.counts.bad == len(BAD)
    assert all(len(message) > 20 for message in told.values())
    assert texts("theirs") == {CHILDREN}
    assert not Extraction.objects.exists()
    said = dict(zip(BAD, (told[line] for line in sorted(told)), strict=True))
    assert "missing" in said["missing"]
    assert '"The user"' in said["begins"]
    assert "from 0 to 1" in said["confidence"]
    assert "entry 2" in said["entry"]
    assert "NUL" in said["nested NUL"]


def test_files_that_are_no_lines_of_json(study: m.Study, one: Someone) -> None:
    """A cut line, a list, a deep one: named; a BOM and empty lines: read; UTF-16: refused."""
    good = json.dumps(one.says(attribute=SAILS))
    raw = f'\ufeff{good}\n\n[1]\n{{"participant": "x\n{{"a":{"[" * 100_000}\n'
    said = ArmSaid("theirs")
    outcome = import_attributes(study, said, label_file(raw, "a.jsonl"))
    assert sorted(messages(outcome)) == [3, 4, 5]
    assert texts("theirs") == {SAILS}
    with pytest.raises(ImportRefusedError, match="UTF-16"):
        import_attributes(study, said, label_file(good.encode("utf-16"), "a.jsonl"))
    with pytest.raises(ImportRefusedError, match="empty"):
        import_attributes(study, said, label_file("", "a.jsonl"))


def test_a_table_says_the_same(study: m.Study, one: Someone) -> None:
    """CSV with a heading: lists are JSON in a cell; a list that is none is named."""
    table = (
        "participant,attribute,confidence,conversation,evidence,colour\n"
        f'{one.name},{SAILS},0.5,{one.chat.pk},"[0, 2]",red\n'
        f"{one.name},{CHILDREN},,,[0,\n"
    )
    outcome = import_attributes(study, ArmSaid("theirs"), label_file(table, "a.csv"))
    assert (counted(outcome).new, counted(outcome).evidence) == (1, 2)
    assert "JSON" in messages(outcome)[3]
    assert outcome.unread == ["colour"]


@pytest.mark.parametrize("option", ["dry_run", "strict"])
def test_nothing_is_kept_of_a_trial_or_beside_a_bad_line(
    study: m.Study, one: Someone, option: str
) -> None:
    chosen: dict[str, Any] = {option: True}
    outcome = found(study, one.says(attribute=SAILS), one.says(), **chosen)
    assert (counted(outcome).new, counted(outcome).bad) == (1, 1)
    assert not m.Attribute.objects.exists()
    assert not Arm.objects.exists()


def test_many_lines_go_in_some_hundred_at_a_time(study: m.Study, one: Someone) -> None:
    """The same text in two batches is one attribute; faults are told in the order of the lines."""
    lines = [one.says(attribute=f"The user has {number % 600} boats.") for number in range(1100)]
    lines[700] = one.says()
    lines[20] = one.says()
    outcome = found(study, *lines)
    assert (counted(outcome).new, m.Attribute.objects.count()) == (600, 600)
    assert list(messages(outcome)) == [21, 701]
    outcome = found(study, *lines[:30], name="a part", most=10, dry_run=True)
    assert (outcome.counts.lines, counted(outcome).shared) == (10, 10)


# Verified and rewritten elsewhere.


def test_a_verifier_from_elsewhere_is_a_revision(study: m.Study, one: Someone) -> None:
    """What it keeps, rewrites (by text or number) and withdraws; the base stays as it is."""
    ours = make.arm(study=study, name="ours")
    kept, doubtful, wrong = (
        make.attribute(study=study, of=one.enrollment.participant, text=text)
        for text in (SAILS, "The user only sails.", "The user is a captain.")
    )
    hold(ours, [kept, doubtful, wrong])
    m.Evidence.objects.create(attribute=doubtful, turn=one.turns[0])
    lines = [
        one.says(attribute=SAILS),
        one.says(attribute="The user often sails.", refined_from="the user only sails"),
        one.says(attribute="", refined_from=wrong.pk),
    ]
    options: dict[str, Any] = {"name": "verifier", "arm_revision": True, "arm_revises": "ours"}
    outcome = found(study, *lines, **options)
    assert outcome.faults.kept == []
    arm = Arm.objects.get(name="verifier")
    assert (arm.step, arm.base) == ("revision", ours)
    held = arm.attributes.order_by("pk").values_list("attribute__text", "left_out")
    assert set(held) == {
        (SAILS, None),
        ("The user often sails.", None),
        ("The user only sails.", "refined"),
        ("The user is a captain.", "withdrawn"),
    }
    new = m.Attribute.objects.get(refined_from=doubtful)
    assert new.evidence.get().turn == one.turns[0]
    assert profile(ours, one.enrollment.participant).count() == 3
    before = list(ArmAttribute.objects.order_by("pk").values())
    assert counted(found(study, *lines, **options)).new == 0
    assert list(ArmAttribute.objects.order_by("pk").values()) == before
    told = messages(found(study, one.says(attribute=wrong.text), **options))
    assert "said otherwise" in told[1]


def test_a_revision_of_an_arm_that_is_not_there(study: m.Study, one: Someone) -> None:
    make.arm(study=study, name="ours")
    with pytest.raises(ImportRefusedError, match=r'no extraction called "our"\. It has: ours'):
        found(study, one.says(attribute=SAILS), arm_revision=True, arm_revises="our")


def test_a_person_cannot_be_named_for_what_is_of_another(study: m.Study, one: Someone) -> None:
    other = someone(study)
    theirs = make.attribute(study=study, of=other.enrollment.participant, text=SAILS)
    told = messages(
        found(
            study,
            one.says(attribute=CHILDREN, conversation=other.chat.pk),
            one.says(attribute=CHILDREN, refined_from=theirs.pk),
            arm_revision=True,
        )
    )
    assert "none of this participant" in told[1]
    assert "none of this participant" in told[2]
