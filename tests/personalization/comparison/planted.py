"""A study with arms of every step and labels whose numbers can be counted by hand.

Twelve people (10 are needed for an interval). Of each, our extractor has three attributes of its own
and the imported one two; "The user sails." is in both.
"""

from dataclasses import dataclass, field

from annotation import models as m
from annotation.protocol import Protocol, protocol
from annotation.sheets import rater_of
from personalization.models import Arm, ArmAttribute, ArmResponse, Extraction
from tests import factories as make

PEOPLE = 12
SHARED = "The user sails."
OURS = ("The user swims.", "The user reads.", "The user sings.")
THEIRS = ("The user is a doctor.", "The user likes tea.")
REJECTED, UNCERTAIN, ACCEPTED = range(3)
OVERGENERALIZED, NO_EVIDENCE = range(2)
NO, YES = range(2)


@dataclass(slots=True)
class Planted:
    """The study, its arms by what they are called here, its people and three strangers."""

    study: m.Study
    asked: Protocol
    arms: dict[str, Arm] = field(default_factory=dict)
    people: list[m.Enrollment] = field(default_factory=list)
    strangers: list[m.Rater] = field(default_factory=list)
    given: list[m.Judgment] = field(default_factory=list)

    def answer(self, item: m.Item, rater: m.Rater, role: str, value: int) -> None:
        """Let somebody answer an item; `save` writes all answers at once."""
        self.given.append(
            m.Judgment(item=item, question=item.question, rater=rater, role=role, value=value)
        )

    def save(self) -> "Planted":
        """Write what was answered."""
        m.Judgment.objects.bulk_create(self.given)
        self.given = []
        return self

    def says(
        self, item: m.Item, person: m.Enrollment, owner: int, strangers: tuple[int, ...]
    ) -> None:
        """Let the owner answer an item, and strangers, one answer each."""
        self.answer(item, rater_of(person), "first_person", owner)
        for rater, value in zip(self.strangers, strangers, strict=False):
            self.answer(item, rater, "third_party", value)

    def sheet(self, person: m.Enrollment, stage: str) -> m.Sheet:
        """Make an empty sheet about a person."""
        return make.sheet(study=self.study, owner=rater_of(person), stage=stage)


def planted(people: int = PEOPLE) -> Planted:
    """Make the study with its people, without anything that arms have made."""
    study = make.study()
    data = Planted(study, protocol(study))
    data.people = [make.enrolled(study=study) for _person in range(people)]
    data.strangers = [make.person_rater() for _stranger in range(3)]
    return data


def with_attributes(data: Planted) -> Planted:
    """Let two extractors find attributes, and people label them.

    Owners: of ours they accept 2 and, if their number is odd, the third, else they reject it as
    overgeneralized; of theirs they reject one as without evidence and accept one; they are uncertain
    of the shared one. Strangers accept all but the doctor, of whom each says something else.
    """
    ours = make.arm(study=data.study, name="ours")
    theirs = Arm.objects.create(
        study=data.study, step="extraction", name="theirs", source="imported", fingerprint="theirs"
    )
    data.arms |= {"ours": ours, "theirs": theirs}
    for number, person in enumerate(data.people):
        chat = make.conversation(study=data.study, of=person.participant)
        turn = make.turn(conversation=chat)
        Extraction.objects.create(
            arm=ours,
            conversation=chat,
            found=4,
            dropped={"below_floor": 1},
            settled_at="2026-01-01T00:00Z",
        )
        sheet = data.sheet(person, "review")
        for text in (*OURS, SHARED, *THEIRS):
            one = make.attribute(study=data.study, of=person.participant, text=text)
            arms = [ours] if text in OURS else [theirs] if text in THEIRS else [ours, theirs]
            for arm in arms:
                ArmAttribute.objects.create(arm=arm, attribute=one)
            m.AttributeVariant.objects.create(attribute=one, text=text)
            if text in OURS:
                m.Evidence.objects.create(attribute=one, turn=turn)
            _review(data, sheet, person, one, number)
    return data.save()


def _review(
    data: Planted, sheet: m.Sheet, person: m.Enrollment, one: m.Attribute, number: int
) -> None:
    fits, code = (
        m.Item.objects.create(study=data.study, sheet=sheet, question=question, attribute=one)
        for question in (data.asked.attribute, data.asked.error_code)
    )
    if one.text == THEIRS[0]:
        data.says(fits, person, REJECTED, (REJECTED, UNCERTAIN, ACCEPTED))
        data.says(code, person, NO_EVIDENCE, (NO_EVIDENCE,))
        return
    owner = UNCERTAIN if one.text == SHARED else ACCEPTED
    if one.text == OURS[2] and number % 2 == 0:
        owner = REJECTED
        data.says(code, person, OVERGENERALIZED, ())
    data.says(fits, person, owner, (ACCEPTED, ACCEPTED, UNCERTAIN))


def with_relevance(data: Planted) -> Planted:
    """Ask which of five attributes matter: the first one, says everybody; a judge says the first two."""
    judge = make.judge(name="eager")
    for person in data.people:
        query, sheet = make.query(study=data.study), data.sheet(person, "relevance")
        for number in range(5):
            one = make.attribute(
                study=data.study, of=person.participant, text=f"The user {number}."
            )
            pair = make.relevance_pair(attribute=one, query=query)
            item = m.Item.objects.create(
                study=data.study, sheet=sheet, question=data.asked.relevance, relevance_pair=pair
            )
            right = YES if number == 0 else NO
            data.says(item, person, right, (right, right, NO))
            data.answer(item, judge, "machine", YES if number < 2 else NO)
    return data.save()


def with_responses(data: Planted, longer: int = 1) -> Planted:
    """Let a plain arm and two personalized ones answer; each personalized one is twice as long.

    `longer`: how many times more so are those of `some`.

    Owners rate the gain for two attributes: 4 and 4 for the arm `all`, 3 and 2 for `some`; a judge one
    point more. Only the first attribute is named. Strangers say "no difference" throughout.
    """
    judge, flags = make.judge(name="flatterer"), make.judge(name="flags")
    author = make.author(name="writer")
    mention = make.question(study=data.study, key="mention", kind="mention")
    conditions = {"plain": "none", "all": "all", "some": "relevant_owner"}
    for name in conditions:
        data.arms[name] = make.arm(study=data.study, name=name, step="generation")
    for number, person in enumerate(data.people):
        query = make.query(study=data.study)
        order = list(conditions) if number % 2 else ["all", "some", "plain"]
        written = {
            name: make.response(
                query=query, of=person.participant, by=author, condition=conditions[name],
                text="Sail." * {"plain": 1, "all": 2, "some": 2 * longer}[name],
            )
            for name in order
        }  # fmt: skip
        for name, one in written.items():
            ArmResponse.objects.create(arm=data.arms[name], response=one)
        for name, ratings in (("all", (4, 4)), ("some", (3, 2))):
            a, b = sorted((written["plain"], written[name]), key=lambda one: one.pk)
            pair = m.ResponsePair.objects.create(
                query=query, participant=person.participant, a=a, b=b
            )
            sheet = data.sheet(person, "comparison")
            for place, rating in enumerate(ratings):
                about = make.attribute(study=data.study, of=person.participant, text=f"It {place}.")
                item, named = (
                    m.Item.objects.create(
                        study=data.study, sheet=sheet, question=question, response_pair=pair,
                        attribute=about,
                    )
                    for question in (data.asked.gain, mention)
                )  # fmt: skip
                first = a == written[name]  # then a low code speaks for the personalized one
                data.says(item, person, _code(rating, first), (2, 2, 2))
                data.answer(item, judge, "machine", _code(rating + 1, first))
                data.answer(named, flags, "machine", YES if place == 0 else NO)
    return data.save()


def _code(rating: int, first: bool) -> int:
    """Return the option on the canonical scale (1 = a is much better) of a rating of the personalized."""
    return (6 - rating if first else rating) - 1
