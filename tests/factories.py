"""Rows for tests: each function makes one row, and whatever that row needs."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from annotation import models as m
from personalization.models import Arm, Endpoint, Price
from personalization.sealing import seal

Subject = m.Attribute | m.RelevancePair | m.ResponsePair | m.Response | m.Record
COLUMNS: dict[type[Subject], str] = {
    m.Attribute: "attribute",
    m.RelevancePair: "relevance_pair",
    m.ResponsePair: "response_pair",
    m.Response: "response",
    m.Record: "record",
}
numbers = count(1)


def new(word: str) -> str:
    """Return `word` with a number that no other row of this process has."""
    return f"{word}-{next(numbers)}"


def study(*, name: str | None = None) -> m.Study:
    return m.Study.objects.create(name=name or new("study"))


# Where an argument has its name.
make_study = study


def participant() -> m.Participant:
    return m.Participant.objects.create()


def user(*, role: str = "researcher") -> m.User:
    name = new("user")
    return m.User.objects.create(username=name, email=f"{name}@example.org", role=role)


def enrollment(
    *,
    of: m.Participant | None = None,
    study: m.Study | None = None,
    external_hash: str | None = None,
    completion_code: str | None = None,
) -> m.Enrollment:
    return m.Enrollment.objects.create(
        participant=of or participant(),
        study=study or a_study(),
        external_hash=external_hash,
        completion_code=completion_code,
    )


def consent_text(
    *, study: m.Study | None = None, version: int = 1, provider: str = ""
) -> m.ConsentText:
    return m.ConsentText.objects.create(
        study=study or a_study(), version=version, text="We study chats.", provider=provider
    )


def invite(*, study: m.Study | None = None, way: str = "whole") -> m.Invite:
    return m.Invite.objects.create(study=study or a_study(), way=way)


def enrolled(
    *,
    study: m.Study | None = None,
    way: str = "whole",
    part: str = "chat",
    scopes: tuple[str, ...] = ("use", "release", "show", "provider"),
) -> m.Enrollment:
    """Make a person who has consented to version 1 of the study's text."""
    study = study or a_study()
    if not study.consent_texts.filter(version=1).exists():
        consent_text(study=study)
    return m.Enrollment.objects.create(
        participant=participant(),
        study=study,
        way=way,
        part=part,
        scopes=list(scopes),
        consent_version=1,
        consented_at=timezone.now(),
    )


def person_rater(*, of: m.Participant | None = None) -> m.Rater:
    of = of or participant()
    name = of.pseudonym
    return m.Rater.objects.create(kind="person", name=name, fingerprint=name, participant=of)


def judge(*, name: str | None = None, kind: str = "judge") -> m.Rater:
    name = name or new(kind)
    return m.Rater.objects.create(kind=kind, name=name, fingerprint=name)


def question(
    *,
    study: m.Study | None = None,
    key: str | None = None,
    version: int = 1,
    kind: str = "custom",
    level: str = "nominal",
    options: tuple[str, ...] = ("no", "yes"),
) -> m.Question:
    """Make a question with an option per key, coded in the order given."""
    asked = m.Question.objects.create(
        study=study or a_study(),
        key=key or new("question"),
        version=version,
        kind=kind,
        level=level,
        wording="Is this true?",
    )
    for code, name in enumerate(options):
        option(question=asked, code=code, key=name)
    return asked


def option(*, question: m.Question, code: int, key: str, audience: str = "all") -> m.Option:
    return m.Option.objects.create(question=question, code=code, key=key, audience=audience)


def record(*, study: m.Study | None = None, key: str | None = None) -> m.Record:
    fields = {"text": "A card to read."}
    return m.Record.objects.create(study=study or a_study(), key=key or new("card"), fields=fields)


def conversation(
    *, study: m.Study | None = None, of: m.Participant | None = None, key: str | None = None
) -> m.Conversation:
    return m.Conversation.objects.create(
        study=study or a_study(), participant=of or participant(), key=key
    )


def turn(
    *,
    conversation: m.Conversation | None = None,
    text: str = "I sail every summer.",
    speaker: str = "user",
    source: str = "typed",
) -> m.Turn:
    chat = conversation or a_conversation()
    place = chat.turns.count()
    return chat.turns.create(position=place, speaker=speaker, source=source, text=text)


def attribute(
    *, study: m.Study | None = None, of: m.Participant | None = None, text: str = "The user sails."
) -> m.Attribute:
    return m.Attribute.objects.create(
        study=study or a_study(), participant=of or participant(), text=text
    )


def query(*, study: m.Study | None = None, text: str = "Where should I go?") -> m.Query:
    return m.Query.objects.create(study=study or a_study(), key=new("query"), text=text)


def relevance_pair(
    *, attribute: m.Attribute | None = None, query: m.Query | None = None
) -> m.RelevancePair:
    attribute = attribute or an_attribute(study=query.study if query else None)
    query = query or a_query(study=attribute.study)
    return m.RelevancePair.objects.create(attribute=attribute, query=query)


def author(*, name: str | None = None, kind: str = "model") -> m.Author:
    return m.Author.objects.create(kind=kind, name=name or new("author"))


def response(
    *,
    query: m.Query | None = None,
    of: m.Participant | None = None,
    by: m.Author | None = None,
    condition: str = "none",
    text: str = "Try Lake Constance.",
) -> m.Response:
    query, by = query or a_query(), by or author()
    return m.Response.objects.create(
        query=query, participant=of, author=by, condition=condition, text=text
    )


def response_pair(
    *, query: m.Query | None = None, of: m.Participant | None = None
) -> m.ResponsePair:
    """Make two responses to one query, without and with attributes, and their pair."""
    query = query or a_query()
    a, b = (response(query=query, of=of, condition=given) for given in ("none", "all"))
    return m.ResponsePair.objects.create(query=query, participant=of, a=a, b=b)


def sheet(
    *, study: m.Study | None = None, owner: m.Rater | None = None, stage: str = "label"
) -> m.Sheet:
    return m.Sheet.objects.create(study=study or a_study(), owner=owner, stage=stage)


def study_of(row: Subject | m.Sheet | m.Question) -> m.Study:
    """Return the study that a subject, sheet or question belongs to."""
    if isinstance(row, m.RelevancePair | m.ResponsePair | m.Response):
        return row.query.study
    return row.study


def item(
    *,
    subject: Subject | None = None,
    question: m.Question | None = None,
    sheet: m.Sheet | None = None,
    gain_of: m.Attribute | None = None,
) -> m.Item:
    """Make an item in the study of what is given; `gain_of` is the attribute of a pair's item."""
    given = sheet or question or subject
    study = study_of(given) if given else a_study()
    subject = subject or record(study=study)
    columns: dict[str, Any] = {COLUMNS[type(subject)]: subject}
    if gain_of is not None:
        columns["attribute"] = gain_of
    return m.Item.objects.create(
        study=study,
        sheet=sheet or a_sheet(study=study),
        question=question or a_question(study=study),
        **columns,
    )


def slot(
    *,
    sheet: m.Sheet | None = None,
    role: str = "third_party",
    purpose: str = "label",
    ordinal: int | None = None,
    occasion: int = 0,
    reserved_for: m.Rater | None = None,
    rater: m.Rater | None = None,
) -> m.Slot:
    """Make a slot: a label takes the next ordinal, a rater holds a lease of an hour."""
    sheet = sheet or a_sheet()
    if purpose == "label" and ordinal is None:
        ordinal = sheet.slots.filter(role=role, purpose="label").count()
    place = m.Slot.objects.create(
        sheet=sheet,
        role=role,
        purpose=purpose,
        ordinal=ordinal,
        occasion=occasion,
        reserved_for=reserved_for,
        rater=rater,
        leased_at=timezone.now() if rater else None,
        leased_until=timezone.now() + timedelta(hours=1) if rater else None,
    )
    place.refresh_from_db()  # the database copies the owner
    return place


def judgment(
    *,
    item: m.Item | None = None,
    rater: m.Rater | None = None,
    role: str = "third_party",
    use: str = "label",
    occasion: int = 0,
    slot: m.Slot | None = None,
    value: int | None = 1,
    reason: str | None = None,
    score: float | None = None,
    certainty: int | None = None,
    distribution: list[float] | None = None,
    distribution_source: str | None = None,
) -> m.Judgment:
    """Make an answer, of a new person or (where the role is machine) of a new judge."""
    item = item or an_item()
    return m.Judgment.objects.create(
        item=item,
        question_id=item.question_id,
        rater=rater or (judge() if role == "machine" else person_rater()),
        role=role,
        use=use,
        occasion=occasion,
        slot=slot,
        value=value,
        reason=reason,
        score=score,
        certainty=certainty,
        distribution=distribution,
        distribution_source=distribution_source,
    )


def endpoint(
    *,
    url: str,
    key: str | None = None,
    name: str | None = None,
    model: str = "fake",
    timeout_s: float = 5,
    **settings: Any,  # noqa: ANN401 - other columns
) -> Endpoint:
    """Make an endpoint as the settings page does, such as `endpoint(url=llm_server.url)`."""
    return Endpoint.objects.create(
        name=name or new("endpoint"),
        url=url,
        sealed_key=seal(key) if key is not None else None,
        model=model,
        timeout_s=timeout_s,
        **settings,
    )


def arm(*, step: str = "extraction", study: m.Study | None = None, name: str | None = None) -> Arm:
    """Return the arm of this name, made where there is none; it asks nobody."""
    said, of = name or new("arm"), study or make_study()
    made, _new = Arm.objects.get_or_create(
        study=of, step=step, name=said, defaults={"source": "called", "fingerprint": said}
    )
    return made


def price(
    *,
    at: Endpoint,
    model: str | None = None,
    since: date = date(2026, 1, 1),
    **columns: Any,  # noqa: ANN401 - other columns
) -> Price:
    """Make a price of the endpoint's model: 10 micros for a token read, 100 for one written."""
    given = {"input_micros": 10_000_000, "output_micros": 100_000_000, "source": "a list"}
    return Price.objects.create(
        endpoint=at, model=model or at.model, since=since, **given | columns
    )


# The same functions, for use where a parameter has taken the name.
a_study, a_conversation, an_attribute, a_query = study, conversation, attribute, query
a_sheet, a_question, an_item = sheet, question, item
