"""People at every page of their way through a study, each with a browser of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db.models import QuerySet
from django.utils import timezone

from annotation.answers import Answers
from annotation.assignment import submit
from annotation.enrollment import finish
from annotation.leaving import withdraw
from annotation.mentions import lay_mention
from annotation.models import (
    Attribute,
    Conversation,
    Enrollment,
    Evidence,
    Invite,
    ProfileField,
    Reference,
    ResponsePair,
    Sheet,
    Slot,
    Study,
)
from annotation.models.judgment import Reason
from annotation.models.person import Ending, Scope
from annotation.sheets import lay_comparison, lay_relevance, lay_review, rater_of
from annotation.visits import SESSION_KEY
from personalization.models import Reply
from tests import factories as make
from tests.telling import field, telling

Text = Callable[[str], str]

TITLE = "A weekend away"
CONSENT = (
    "You talk to a computer program about a journey. It writes down sentences about you, and you"
    " say which of them are true.\n\nYou may stop at any time."
)
SAID = (
    "I want to see the lake with my two children in the autumn, but one of them gets seasick.",
    "A train along the shore would suit you: it stops in every harbour, and nobody gets seasick."
    "\n\nHow long do you want to stay?",
    "Three days. I work at night until Friday, so we leave on Saturday.",
    "Then take the slow train on Saturday morning, and come back on Monday.",
)
OWNERS = ("reviewing", "relating", "comparing")
NOTICED = (
    "The user has two children.",
    "The user wants to travel in the autumn.",
    "One of the user's children gets seasick.",
    "The user works at night.",
    "The user prefers slow trains.",
    "The user lives near a lake.",
)
ASKED = "Where could we go for a weekend in the spring, without a car?"
ANSWERS = (
    "Take the night train to the coast: you sleep on the way, and the beach begins at the station.",
    "With two children, go to the islands by train and bridge, so that nobody gets seasick:\n\n"
    "1. Leave on Saturday, after your last night at work.\n2. Stay near the harbour station.",
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part: the session of their browser, their study, their place at a sheet."""

    session: str
    study: str
    enrollment: Enrollment
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody, by what they are doing, and the two invites to their study."""

    by: dict[str, Person]
    invite: Invite
    expired: Invite
    streamed: str  # what arrives of an answer while somebody looks
    field: int  # of the profile, that nobody has answered


def enter(name: str, text: Text = str) -> Crowd:
    """Fill a study with people, and one beside it where nothing is left to do."""
    study = _study(name, text, turns_min=2, turns_max=6)
    quiet = _study(f"{name}-quiet", text)
    for one in (study, quiet):
        make.consent_text(study=one)
    study.consent_texts.create(version=2, text=text(CONSENT), provider=text("Example Models"))
    yesterday = timezone.now() - timedelta(days=1)
    expired = study.invites.create(expires_at=yesterday, label=text("Autumn"))
    by = {
        **_chatting(study, text),
        **_labelling(study, text),
        "reading": _here(make.enrolled(study=study)),
        "waiting": _here(_walking(study, part="review", waiting_since=timezone.now())),
        "idle": _here(make.enrolled(study=quiet, way="labels", part="others")),
        "left out": _here(_left_out(_study(f"{name}-held", text), text)),
        **_leaving(study, quiet),
        **_asked_again(study, text),
        "over": _here(_over(_study(f"{name}-over", text), text)),
    }
    asked = _telling(study, text, [by[one].enrollment for one in ("talking", *OWNERS)])
    streamed = text("Here it comes: take the train")
    return Crowd(by, make.invite(study=study), expired, streamed, asked.pk)


def _study(name: str, text: Text, **columns: int) -> Study:
    return Study.objects.create(
        name=name,
        title=text(TITLE),
        description=text("What assistants remember of journeys."),
        chat_task=text("Tell the assistant about a journey that you want to make."),
        pay_minor=900,
        pay_partial_minor=300,
        pay_currency="EUR",
        **columns,
    )


def _walking(study: Study, **columns: object) -> Enrollment:
    """Make somebody who agreed to the newest text."""
    one = make.enrolled(study=study)
    Enrollment.objects.filter(pk=one.pk).update(consent_version=2, **columns)
    one.refresh_from_db()
    return one


def _here(enrollment: Enrollment, slot: Slot | None = None) -> Person:
    """Return a person with a browser that is theirs."""
    store = SessionStore()
    store[SESSION_KEY] = enrollment.participant_id
    store.create()
    study = enrollment.study.name
    return Person(str(store.session_key), study, enrollment, slot.pk if slot else 0)


def _telling(study: Study, text: Text, people: list[Enrollment]) -> ProfileField:
    """Let people say something of themselves; return a field that nobody has answered."""
    field(study, "age", label=text("How old are you?"), choices=["25 to 34", text("45 to 54")])
    field(study, "travels", label=text("How do you travel?"), sentence="{value}")
    field(study, "faith", label=text("What is your religion?"), sensitive=True)
    for one in people:
        slow = text("The person takes slow trains.")
        telling(one, age=(text("45 to 54"), True), travels=(slow, True), faith=("none", False))
        Enrollment.objects.filter(pk=one.pk).update(profile_at=timezone.now())
        one.refresh_from_db()
    return field(study, "food", label=text("What do you eat?"), choices=["meat", text("plants")])


def _over(study: Study, text: Text) -> Enrollment:
    """Make somebody who is through a study that is closed, and shares something."""
    person = make.enrolled(study=study, part="done")
    _telling(study, text, [person])
    finish(person.pk)
    Study.objects.filter(pk=study.pk).update(closed_at=timezone.now())
    return person


def _conversation(person: Enrollment, text: Text, turns: int = 4) -> Conversation:
    chat = make.conversation(study=person.study, of=person.participant)
    for number, said in enumerate(SAID[:turns]):
        speaker, source = ("assistant", "model") if number % 2 else ("user", "typed")
        make.turn(conversation=chat, text=text(said), speaker=speaker, source=source)
    return chat


def _chatting(study: Study, text: Text) -> dict[str, Person]:
    arriving, talking, pending, failed = (_walking(study) for _number in range(4))
    _conversation(talking, text)
    begun = _conversation(pending, text, 3).turns.latest("position")
    Reply.objects.create(turn=begun, text=text("Here it"))
    given_up = _conversation(failed, text, 3).turns.latest("position")
    why = text("unavailable: no connection")
    Reply.objects.create(turn=given_up, failure=why, settled_at=timezone.now())
    people = {"arriving": arriving, "talking": talking, "pending": pending, "failed": failed}
    return {name: _here(person) for name, person in people.items()}


def _noticed(person: Enrollment, text: Text) -> list[Attribute]:
    made = [
        make.attribute(study=person.study, of=person.participant, text=text(one)) for one in NOTICED
    ]
    reason = text("The person speaks of “my two children”.")
    Attribute.objects.filter(pk=made[0].pk).update(reason=reason)
    return made


def _labelling(study: Study, text: Text) -> dict[str, Person]:
    """Lay a sheet of each stage, for its owner and for a stranger."""
    reviewing = _walking(study, part="review")
    chat, noticed = _conversation(reviewing, text), _noticed(reviewing, text)
    for turn in chat.turns.filter(speaker="user"):
        Evidence.objects.create(attribute=noticed[0], turn=turn)
    review = lay_review(reviewing, [chat], noticed)

    relating = _walking(study, part="relevance")
    query = make.query(study=study, text=text(ASKED))
    pairs = [make.relevance_pair(attribute=one, query=query) for one in _noticed(relating, text)]
    relevance = lay_relevance(relating, pairs)

    comparing = _walking(study, part="comparison")
    a, b = (
        make.response(query=query, of=comparing.participant, condition=given, text=text(answer))
        for given, answer in zip(("none", "all"), ANSWERS, strict=True)
    )
    pair = ResponsePair.objects.create(query=query, participant=comparing.participant, a=a, b=b)
    known = _noticed(comparing, text)
    comparison = lay_comparison(comparing, pair, known)
    mention = lay_mention(comparing, pair, known[:3], percent=100)
    assert mention is not None

    owners = {"reviewing": (reviewing, review), "relating": (relating, relevance)}
    owners |= {"comparing": (comparing, comparison)}
    people = {
        name: _here(person, sheet.slots.get(role="first_person"))
        for name, (person, sheet) in owners.items()
    }
    for name, (_person, sheet) in owners.items():
        people[f"{name} for others"] = _stranger(study, sheet.slots.filter(role="third_party"))
    people["mentioning for others"] = _stranger(study, mention.slots.filter(role="third_party"))
    return people


def _stranger(study: Study, places: "QuerySet[Slot]") -> Person:
    """Make somebody who labels for others, with one of these places."""
    one = _walking(study, way="labels", part="others")
    slot = places.earliest("ordinal")
    now = timezone.now()
    places.filter(pk=slot.pk).update(
        rater=rater_of(one), leased_at=now, leased_until=now + timedelta(hours=1)
    )
    return _here(one, slot)


def _left_out(study: Study, text: Text) -> Enrollment:
    """Make somebody for whom there is no sheet: somebody else has the only place for a while."""
    for version in (1, 2):
        make.consent_text(study=study, version=version)
    study.strangers = 1
    study.save()
    owner = make.enrolled(study=study)
    sheet = lay_review(owner, [_conversation(owner, text)], _noticed(owner, text))
    _stranger(study, sheet.slots.filter(role="third_party"))
    return _walking(study, way="labels", part="others")


def flagged(crowd: Crowd, text: Text = str) -> Sheet:
    """Lay a sheet that somebody sent, somebody else flagged, and of which it is known what is right."""
    study = crowd.by["relating"].enrollment.study
    owner = _walking(study, part="done")
    query = make.query(study=study, text=text(ASKED))
    sheet = lay_relevance(
        owner,
        [make.relevance_pair(attribute=one, query=query) for one in _noticed(owner, text)[:3]],
    )
    places = sheet.slots.filter(role="third_party")
    rater = rater_of(_stranger(study, places.filter(ordinal=0)).enrollment)
    slot = places.get(ordinal=1)
    slot.lapses.create(sheet=sheet, rater=rater, why="skipped", note="unclear")
    note = text("I think that I know this person.")
    slot.lapses.create(sheet=sheet, rater=rater, why="flagged", note=f"flagged: {note}")
    for item in sheet.items.all():
        why = text("The request is about a journey.")
        Reference.objects.create(item=item, kind="gold", accepted=[1], note=why)
    Sheet.objects.filter(pk=sheet.pk).update(hidden_at=timezone.now(), stratum=text("autumn")[:99])
    return sheet


def _leaving(study: Study, quiet: Study) -> dict[str, Person]:
    done = _walking(study, part="done")
    stopped, gone = _walking(study, part="review"), _walking(study)
    for person in (done, stopped):
        finish(person.pk)
    withdraw(gone)
    ran_out = make.enrolled(study=quiet, way="labels", part="others")
    finish(ran_out.pk, by=Ending.NO_WORK)
    # One of them goes on in another study.
    Enrollment.objects.create(
        participant=done.participant,
        study=quiet,
        consent_version=1,
        consented_at=timezone.now(),
        scopes=[Scope.USE],
        way="labels",
        part="others",
    )
    return {
        "done": _here(done),
        "stopped": _here(stopped),
        "ran out": _here(ran_out),
        "withdrawn": _here(gone),
    }


def _asked_again(study: Study, text: Text) -> dict[str, Person]:
    """Make people at a training sheet and after it, and one who may answer an own sheet once more."""
    query = make.query(study=study, text=text(ASKED))

    def sheet(person: Enrollment) -> Sheet:
        noticed = _noticed(person, text)[:3]
        return lay_relevance(
            person, [make.relevance_pair(attribute=one, query=query) for one in noticed]
        )

    steady, author = _walking(study, part="done"), _walking(study, part="done")
    trained = _walking(study, way="labels", part="others")
    own = {"role": "first_person", "purpose": "repeat", "occasion": 1}
    sheet(steady).slots.create(reserved_for=rater_of(steady), **own)
    training = sheet(author)
    training.slots.all().delete()
    items = list(training.items.order_by("pk"))
    why = text("The request is about a journey, and the person travels with children.")
    Sheet.objects.filter(pk=training.pk).update(use="training")
    for item, accepted in zip(items, ([1], [0], [0, 1]), strict=True):
        Reference.objects.create(item=item, kind="gold", accepted=accepted, note=why)
    kind = {"role": "third_party", "purpose": "training"}
    practising = _walking(study, way="labels", part="others")
    before = training.slots.create(reserved_for=rater_of(practising), **kind)
    slot = training.slots.create(reserved_for=rater_of(trained), **kind)
    submit(
        trained, slot.pk, Answers({items[0].pk: 1, items[1].pk: 1, items[2].pk: Reason.CANNOT_TELL})
    )
    for person in (steady, author):
        finish(person.pk)
    people = {"trained": _here(trained, slot), "practising": _here(practising, before)}
    return {"steady": _here(steady), **people}
