"""Make the study in which whoever runs Concord can take part at once, and see all of it work."""

from django.db import transaction

from annotation.models import ConsentText, Invite, Study
from annotation.models.consent import Way
from annotation.models.person import Scope
from personalization.demo import labels, people, sheets
from personalization.demo.nouns import Query, Topic
from personalization.demo.rows import labels as label_rows
from personalization.demo.rows import people as people_rows
from personalization.demo.rows import sheets as sheet_rows
from personalization.demo.rows import times
from personalization.demo.sheets import Plan
from personalization.endpoints import usual

NAME = "try-it"
TITLE = "Try it: take part yourself"
DESCRIPTION = (
    "A small study to go through yourself: talk to the assistant, check what was read from the"
    " conversation, and compare two responses. Four of its people are synthetic, made by a script, so"
    " that there are sheets of other people to label from the beginning; each of their conversations"
    " says so. Whoever takes part by its links is real."
)
TASK = (
    "Think of something that you would like help with: a trip, a meal, a hobby, something at home or"
    " at work. Tell the assistant about it as you would tell a friend, and what is special about"
    " your situation."
)
CONSENT = (
    "This is a study to try out. You talk to a computer program for a few minutes. The program then"
    " writes down sentences about you, and you say which of them are true. After that you say which"
    " of these matter to new requests, and which of two answers you like better.\n\n"
    "What you write is kept by whoever runs this site, under a made-up name. Please do not write your"
    " real name, your address or anything that you want to keep to yourself.\n\n"
    "It takes about ten minutes. There is no pay. You may stop at any time. You may also take back"
    " what you wrote: then nobody is shown it any more, and it is in no publication.\n\n"
    "There are no right answers. What counts is what you think."
)
NOTE = (
    "(This conversation is synthetic: a script wrote both sides of it, and nobody ever said this.)"
)
TOPICS = (
    Topic.COOKING,
    Topic.TRAVEL,
    Topic.STUDY,
    Topic.WORK,
    Topic.FITNESS,
    Topic.WRITING,
    Topic.HOME,
    Topic.LEISURE,
)
PEOPLE, QUERIES_EACH, STRANGERS, SHEETS_EACH = 4, 2, 2, 3
TURNS = (2, 8)


@transaction.atomic
def add(seed: int) -> Study:
    """Return the new study, with its two invites and with sheets that are free to be labelled."""
    study = Study.objects.create(
        name=NAME,
        title=TITLE,
        description=DESCRIPTION,
        chat_task=TASK,
        turns_min=TURNS[0],
        turns_max=TURNS[1],
        queries_each=QUERIES_EACH,
        strangers=STRANGERS,
        sheets_each=SHEETS_EACH,
    )
    # Named where the site's models are somebody else's: nobody's words go there unasked.
    ConsentText.objects.create(study=study, version=1, text=CONSENT, provider=usual().provider)
    Invite.objects.create(study=study, way=Way.WHOLE, label="Take part in all of it")
    Invite.objects.create(study=study, way=Way.LABELS, label="Label other people's sheets only")
    queries = [_first(topic) for topic in TOPICS]
    # Others than those of the demo, so that nobody meets the same person twice.
    persons = people.draw(seed + 1)[:PEOPLE]
    # Consent to release is missing, so that no export counts them as people.
    crowd = people_rows.add(
        study,
        seed,
        persons,
        scopes=[Scope.USE, Scope.SHOW],
        finished_at=times.CLOSED,
        note=NOTE,
    )
    plan = _plan(persons, queries)
    laid = sheet_rows.lay(study, crowd, plan, sheet_rows.add_queries(study, queries))
    visits = [labels.of_owner(sheet) for sheet in plan.sheets]
    label_rows.add(crowd, laid, visits, seed, STRANGERS)
    return study


def _first(topic: Topic) -> Query:
    return next(one for one in people.QUERIES if one.topic == topic)


def _plan(persons: list[people.Person], queries: list[Query]) -> Plan:
    """Return a review for each person, and the queries to which most of the person matters."""
    relevance = []
    for person in persons:
        closest = sorted(queries, key=lambda query: -len(person.relevant(query)))
        relevance += [
            sheets.relevance(person, query, person.attributes) for query in closest[:QUERIES_EACH]
        ]
    return Plan([sheets.review(person) for person in persons], relevance, [])
