"""Rules of single columns and of uniqueness: a table each, and the proof that none is forgotten."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, models

from annotation.models import (
    Cursor,
    Demographic,
    Evidence,
    Lane,
    Lapse,
    MissingAttribute,
    Plan,
    QueryList,
    Reference,
    Stamp,
    Tally,
)
from tests import factories as make
from tests.annotation.refusal import Row, copy, refused, update

pytestmark = pytest.mark.django_db

Make = Callable[[], models.Model]
# The same in every process that collects these tests: it stands in their names.
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def variant() -> models.Model:
    chat = make.conversation()
    return make.attribute().variants.create(conversation=chat, text="The user sails.")


def evidence() -> Evidence:
    return Evidence.objects.create(attribute=make.attribute(), turn=make.turn())


def lapse() -> Lapse:
    slot = make.slot()
    return slot.lapses.create(sheet=slot.sheet, rater=make.person_rater(), why="expired")


def missing() -> MissingAttribute:
    rater, slot = make.person_rater(), make.slot()
    return slot.missing_attributes.create(
        participant=make.participant(), rater=rater, text="The user cooks."
    )


def reference() -> Reference:
    return Reference.objects.create(item=make.item(), kind="gold", accepted=[0])


def demographic() -> Demographic:
    return Demographic.objects.create(
        study=make.study(), participant=make.participant(), key="age_band", value="18-29"
    )


def query_list() -> QueryList:
    return QueryList.objects.create(study=make.study(), name=make.new("list"))


def option() -> models.Model:
    return make.question().options.get(code=1)


def option_a() -> models.Model:
    row = option()
    update(row, side="a")
    return row


def consented() -> models.Model:
    """Make somebody who consented to version 1 of two."""
    row = make.enrolled(scopes=())
    make.consent_text(study=row.study, version=2)
    return row


def invite() -> models.Model:
    row = make.invite()
    update(row, most=2, used=1)
    return row


def stamp() -> Stamp:
    return Stamp.objects.create(question=make.question(), shard=1, changes=1)


def plan() -> Plan:
    return Plan.objects.create(study=make.study(), stage="review")


def lane() -> Lane:
    return make.slot().lane


def tally() -> Tally:
    """Return the one shard of a new place's lane."""
    return make.slot().lane.tallies.get()


def cursor() -> Cursor:
    return Cursor.objects.create(rater=make.person_rater(), lane=lane(), position=1)


COLUMNS: list[tuple[str, Make, Row, Row]] = [
    # rule, row, columns that it may have, columns that it may not
    ("study_name_plain", make.study, {"name": "pilot-2_b"}, {"name": "Pilot"}),
    ("study_name_plain", make.study, {"name": "2nd"}, {"name": "-pilot"}),
    ("study_name_plain", make.study, {"name": "a"}, {"name": "a b"}),
    ("study_name_plain", make.study, {"name": "a" * 63}, {"name": "a" * 64}),
    ("study_name_plain", make.study, {"name": "b"}, {"name": ""}),
    ("study_name_plain", make.study, {"name": "line"}, {"name": "line\n"}),
    ("user_role_known", make.user, {"role": "admin"}, {"role": "root"}),
    ("rater_kind_known", make.judge, {"kind": "position"}, {"kind": "oracle"}),
    ("rater_person_is_participant", make.judge, {"kind": "model"}, {"kind": "person"}),
    ("rater_person_is_participant", make.person_rater, {"name": "Ann"}, {"kind": "judge"}),
    ("rater_person_is_participant", make.person_rater, {"name": "Ann"}, {"participant": None}),
    ("study_turns_ordered", make.study, {"turns_min": 2, "turns_max": 2}, {"turns_max": 1}),
    ("study_turns_ordered", make.study, {"turns_min": 1}, {"turns_min": 0}),
    ("study_lease_not_empty", make.study, {"lease_minutes": 1}, {"lease_minutes": 0}),
    ("study_pay_rule_known", make.study, {"pay_rule": "share"}, {"pay_rule": "tips"}),
    ("plan_extra_bounded", plan, {"extra_most": 2}, {"extra_most": 3}),
    ("plan_repeats_percent", plan, {"owner_repeats": 100}, {"owner_repeats": 101}),
    ("plan_repeats_percent", plan, {"stranger_repeats": 100}, {"stranger_repeats": 101}),
    ("sheet_use_known", make.sheet, {"use": "training"}, {"use": "extra"}),
    ("invite_way_known", invite, {"way": "labels"}, {"way": "window"}),
    ("invite_not_overused", invite, {"used": 2}, {"used": 3}),
    ("invite_not_overused", invite, {"most": None, "used": 9}, {"most": 8}),
    ("enrollment_way_known", make.enrollment, {"way": "labels"}, {"way": "window"}),
    ("enrollment_part_known", make.enrollment, {"part": "review"}, {"part": "lunch"}),
    ("enrollment_ending_known", make.enrollment, {"ended_by": "no_work"}, {"ended_by": "bored"}),
    ("enrollment_ending_known", make.enrollment, {"ended_by": None}, {"ended_by": ""}),
    ("enrollment_scopes_known", consented, {"scopes": ["use"]}, {"scopes": ["use", "sell"]}),
    ("enrollment_scopes_known", consented, {"scopes": []}, {"scopes": [None]}),
    ("enrollment_consents_or_declines", consented, {"declined_at": None}, {"declined_at": NOW}),
    ("enrollment_consent_of_study", consented, {"consent_version": 2}, {"consent_version": 3}),
    (
        "enrollment_consent_versioned",
        consented,
        {"consent_version": 2, "consented_at": NOW},
        {"consent_version": 2, "consented_at": None},
    ),
    (
        "enrollment_consent_versioned",
        make.enrollment,
        {"consent_version": None, "consented_at": None},
        {"consent_version": None, "consented_at": NOW},
    ),
    ("turn_speaker_known", make.turn, {"speaker": "user"}, {"speaker": "robot"}),
    ("turn_source_known", make.turn, {"source": "scripted"}, {"source": "guessed"}),
    (
        "turn_source_fits_speaker",
        make.turn,
        {"speaker": "assistant", "source": "model"},
        {"speaker": "assistant", "source": "typed"},
    ),
    ("turn_source_fits_speaker", make.turn, {"source": "imported"}, {"source": "model"}),
    ("attribute_has_text", make.attribute, {"text": "The user cooks."}, {"text": ""}),
    ("attribute_confidence_share", make.attribute, {"confidence": 1}, {"confidence": 1.01}),
    ("attribute_confidence_share", make.attribute, {"confidence": 0}, {"confidence": -0.01}),
    ("attribute_confidence_share", make.attribute, {"confidence": None}, {"confidence": "NaN"}),
    ("variant_confidence_share", variant, {"confidence": 0.5}, {"confidence": 50}),
    ("missing_attribute_has_text", missing, {"text": "The user has a dog."}, {"text": ""}),
    ("query_list_named", query_list, {"name": "LMSYS"}, {"name": ""}),
    ("query_has_text", make.query, {"text": "Why?"}, {"text": ""}),
    ("record_has_key", make.record, {"key": "7"}, {"key": ""}),
    ("author_kind_known", make.author, {"kind": "human"}, {"kind": "parrot"}),
    ("response_condition_known", make.response, {"condition": "human"}, {"condition": "some"}),
    ("response_has_text", make.response, {"text": "Yes."}, {"text": ""}),
    ("question_kind_known", make.question, {"kind": "gain"}, {"kind": "riddle"}),
    ("question_level_known", make.question, {"level": "interval"}, {"level": "ratio"}),
    ("question_has_key", make.question, {"key": "about"}, {"key": ""}),
    ("option_code_from_zero", option, {"code": 2}, {"code": -1}),
    ("option_audience_known", option, {"audience": "judges"}, {"audience": "cats"}),
    ("option_side_known", option, {"side": "b"}, {"side": "left"}),
    ("lapse_reason_known", lapse, {"why": "returned"}, {"why": "bored"}),
    ("slot_role_known", make.slot, {"role": "first_person"}, {"role": "machine"}),
    (
        "slot_purpose_known",
        make.slot,
        {"purpose": "preview", "ordinal": None},
        {"purpose": "bonus", "ordinal": None},
    ),
    ("demographic_not_empty", demographic, {"value": "30-39"}, {"value": ""}),
    ("demographic_not_empty", demographic, {"key": "gender"}, {"key": ""}),
    ("reference_kind_known", reference, {"kind": "adjudicated"}, {"kind": "guess"}),
    ("reference_not_empty", reference, {"accepted": [0, 1]}, {"accepted": []}),
]


@pytest.mark.parametrize(
    ("rule", "row", "good", "bad"), COLUMNS, ids=[f"{rule}-{bad}" for rule, _, _, bad in COLUMNS]
)
def test_columns(rule: str, row: Make, good: Row, bad: Row) -> None:
    """A row may take the good columns; the database refuses the bad ones, by name."""
    kept = row()
    update(kept, **good)
    with refused(rule):
        update(kept, **bad)


UNIQUE: list[tuple[str, Make, Callable[[], Row], Callable[[], Row]]] = [
    # rule, row, columns of a copy that is refused, columns of a copy that is accepted
    ("annotation_study_name_key", make.study, dict, lambda: {"name": "other"}),
    ("annotation_participant_pseudonym_key", make.participant, dict, lambda: {"pseudonym": "p-2"}),
    ("plan_once", plan, dict, lambda: {"stage": "relevance"}),
    ("lane_once", lane, dict, lambda: {"priority": 7}),
    ("lane_once", lane, dict, lambda: {"stratum": "rare"}),
    ("tally_shard_once", tally, dict, lambda: {"shard": 32}),
    ("cursor_once", cursor, dict, lambda: {"rater": make.person_rater()}),
    ("consent_text_version_once", make.consent_text, dict, lambda: {"version": 2}),
    ("enrollment_once", make.enrollment, dict, lambda: {"study": make.study()}),
    (
        "enrollment_external_once",
        lambda: make.enrollment(external_hash="abc"),
        lambda: {"participant": make.participant()},
        lambda: {"participant": make.participant(), "external_hash": None},
    ),
    (
        "annotation_enrollment_completion_code_key",
        lambda: make.enrollment(completion_code="C0DE"),
        lambda: {"participant": make.participant()},
        lambda: {"participant": make.participant(), "completion_code": None},
    ),
    ("annotation_rater_fingerprint_key", make.judge, dict, lambda: {"fingerprint": "other"}),
    (
        "annotation_rater_participant_id_key",
        make.person_rater,
        lambda: {"fingerprint": "again"},
        lambda: {"fingerprint": "other", "participant": make.participant()},
    ),
    ("conversation_key_once", lambda: make.conversation(key="7"), dict, lambda: {"key": None}),
    ("turn_position_once", make.turn, dict, lambda: {"position": 1}),
    ("evidence_once", evidence, dict, lambda: {"turn": make.turn()}),
    ("query_list_once", query_list, dict, lambda: {"name": "other"}),
    ("query_key_once", make.query, dict, lambda: {"key": "other"}),
    ("relevance_pair_once", make.relevance_pair, dict, lambda: {"query": make.query()}),
    ("record_key_once", make.record, dict, lambda: {"key": "other"}),
    ("author_once", make.author, dict, lambda: {"sampling": {"temperature": 1}}),
    ("question_version_once", make.question, dict, lambda: {"version": 2}),
    ("option_code_once", option, lambda: {"key": "maybe"}, lambda: {"key": "never", "code": 3}),
    ("option_key_once", option, lambda: {"code": 2}, lambda: {"key": "never", "code": 3}),
    (
        "option_side_once",
        option_a,
        lambda: {"code": 2, "key": "maybe"},
        lambda: {"code": 3, "key": "never", "side": "b"},
    ),
    ("demographic_once", demographic, dict, lambda: {"study": make.study()}),
    ("demographic_once", demographic, dict, lambda: {"key": "gender"}),
    ("reference_current", reference, dict, lambda: {"superseded_at": NOW}),
    ("reference_current", reference, dict, lambda: {"kind": "imported"}),
    ("stamp_shard_once", stamp, dict, lambda: {"shard": 2}),
]


@pytest.mark.parametrize(
    ("rule", "row", "bad", "good"), UNIQUE, ids=[rule for rule, _, _, _ in UNIQUE]
)
def test_only_once(rule: str, row: Make, bad: Callable[[], Row], good: Callable[[], Row]) -> None:
    """A second row like it is refused, by name; its neighbour is accepted."""
    kept = row()
    copy(kept, **good())
    with refused(rule):
        copy(kept, **bad())


# Pairs of ids (one of them the primary key) that only serve as targets of composite foreign keys.
TARGETS = {
    "item_of_question",
    "question_of_study",
    "response_of_query",
    "sheet_of_owner",
    "sheet_of_study",
}
# Django's own names for a column's sign (PositiveIntegerField) are no rules of ours.
NAMED_RULES = """
    SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE relname ~ '^(annotation|personalization)_' AND conname !~ '^(annotation|personalization)_'
      AND (contype IN ('c', 'u') OR (contype = 'f' AND cardinality(conkey) > 1))
    UNION
    SELECT indexname FROM pg_indexes
    WHERE indexname !~ '^(annotation|personalization)_' AND indexdef LIKE 'CREATE UNIQUE%'
      AND tablename ~ '^(annotation|personalization)_'
"""


def test_every_rule_has_a_test() -> None:
    """Each named constraint and composite key stands, in quotes, in a test of the rules."""
    tests = Path(__file__).parents[1]
    files = [*tests.glob("annotation/test_*.py"), tests / "personalization/test_rules.py"]
    text = "".join(file.read_text() for file in files)
    with connection.cursor() as cursor:
        cursor.execute(NAMED_RULES)
        names = {name for (name,) in cursor.fetchall()}
    assert {name for name in names - TARGETS if f'"{name}"' not in text} == set()
    assert names > TARGETS
