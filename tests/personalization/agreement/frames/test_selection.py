"""Filters come from an allow-list: what is unknown or meant otherwise is refused, with the way out."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from annotation.models import Judgment, Question, ResponsePair
from personalization.agreement import frames
from personalization.agreement.frames import EVERYTHING, Selection, SelectionError, check
from personalization.agreement.frames.selection import FILTERS
from personalization.agreement.frames.statements import Statements
from personalization.arms.holding import hold
from tests import factories as make
from tests.personalization.agreement.frames.labelled import mixed

INJECTION = "x') OR 1=1; DROP TABLE annotation_judgment; --%(question)s %s {current} \\"
REFUSED = [
    ("rôle", "x", "There is no such filter. There are: role, arm,"),
    ("question_id", "1 OR 1=1", "There is no such filter."),
    ("role", "machine", "'machine' is no panel of people. Write one of: first_person, third"),
    ("role", ["first_person", "third_party"], "Give this once."),
    ("arm", "none", "'none' is no arm. Write one of: condition:<name>"),
    ("arm", "condition:", "'condition:' is no arm."),
    ("arm", "condition:some", "There is no condition 'some'. There are: none, all,"),
    ("arm", "source:dreamt", "There is no source 'dreamt'. There are: typed,"),
    ("language", "x" * 201, "This is longer than 200 characters."),
    ("category", "a\x00b", "Write it without control characters."),
    ("demographic", "\ud800", "Write it without control characters."),
    ("since", "yesterday", "'yesterday' is no time. Write 2026-01-31 or"),
    ("until", "2026-02-30", "'2026-02-30' is no time."),
    ("overlap", "0", "'0' is no overlap. Write a whole number from 1 to 1000."),
    ("overlap", "1e3", "'1e3' is no overlap."),
    ("overlap", "-1", "'-1' is no overlap."),
    ("overlap", "٣", "'٣' is no overlap."),
    ("rater", [f"r{place}" for place in range(101)], "Name at most 100."),
]
MISSPELT: list[tuple[dict[str, object], str]] = [
    ({"arm": "author:nobody"}, "There is no author 'nobody' here. There are: writer-a"),
    ({"arm": "extractor:v9"}, "There is no extractor 'v9' here. There are: none."),
    ({"language": "fr"}, "There is no language 'fr' here. There are: de, en."),
    ({"category": "pets"}, "There is no category 'pets' here. There are: food, work."),
    ({"demographic": "income"}, "There is no demographic 'income' here. There are: age_band"),
    ({"rater": ["zoe"]}, "There is no rater 'zoe' here. There are: judge-"),
]


def faults(**given: object) -> dict[str, str]:
    with pytest.raises(SelectionError) as caught:
        Selection.read(given)
    return caught.value.faults


def test_nothing_is_everything() -> None:
    """No filter and empty ones are the same selection, with an empty key."""
    empty = dict.fromkeys(FILTERS, "")
    assert Selection.read({}) == Selection.read(empty) == EVERYTHING
    assert (EVERYTHING.key, EVERYTHING.digest, EVERYTHING.parameters) == ("", "", [])
    assert EVERYTHING.roles == ("first_person", "third_party")


def test_an_address_and_a_mapping_say_the_same() -> None:
    """A page's parameters, several values too, and the values themselves."""
    address = QueryDict("rater=bob&rater=ann&overlap=3&since=2026-01-31&role=third_party")
    found = Selection.read(address)
    assert found == Selection.read(
        {
            "rater": ["ann", "bob", "ann"],
            "overlap": 3,
            "since": datetime(2026, 1, 31, tzinfo=UTC),
            "role": "third_party",
        }
    )
    assert found.roles == ("third_party",)
    assert found.raters == ("ann", "bob")


@pytest.mark.parametrize(
    "moment",
    ["2026-01-31", "2026-01-31T00:00", "2026-01-31T01:00+01:00", "2026-01-31T00:00:00 00:00"],
)
def test_one_moment_has_one_key(moment: str) -> None:
    """However a time is written, and also where an address has turned its plus into a space."""
    assert Selection.read({"since": moment}).key == "since=2026-01-31T00%3A00%3A00%2B00%3A00"


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "role": st.sampled_from(["first_person", "third_party"]),
            "arm": st.sampled_from(["condition:all", "author:a&b=c", "source:typed"]),
            "language": st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20),
            "rater": st.lists(
                st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=9), max_size=3
            ),
            "since": st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 1, 1)),  # noqa: DTZ001
            "overlap": st.integers(1, 1000),
        },
    )
)
def test_a_key_leads_back_to_its_selection(given: dict[str, object]) -> None:
    """The key is an address; read again, it is the same selection: two never share a cache row."""
    selection = Selection.read(given)
    assert Selection.read(QueryDict(selection.key)) == selection


@pytest.mark.parametrize(("name", "value", "says"), REFUSED)
def test_what_cannot_be_meant_is_refused(name: str, value: object, says: str) -> None:
    """The error names the filter, what is wrong with it, and what would be right."""
    found = faults(**{name: value})
    assert list(found) == [name]
    assert found[name].startswith(says)


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Translations that say their language before the English text."""

    def said(text: str) -> str:
        return f"[{translation.get_language()}] {text}"

    def counted(one: str, many: str, count: int) -> str:
        return said(one if count == 1 else many)

    monkeypatch.setattr("django.utils.translation._trans.gettext", said, raising=False)
    monkeypatch.setattr("django.utils.translation._trans.ngettext", counted, raising=False)


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize(("name", "value", "says"), REFUSED)
def test_it_is_refused_in_the_reader_s_language(name: str, value: object, says: str) -> None:
    """Every text, with what was given filled in after it was translated; English where nobody reads."""
    with translation.override("ar"):
        assert faults(**{name: value})[name].startswith(f"[ar] {says}"[:40])
    assert faults(**{name: value})[name].startswith("[en] ")


@pytest.mark.usefixtures("spoken")
def test_contradictions_are_in_the_reader_s_language() -> None:
    with translation.override("zh-hans"):
        found = faults(since="2026-02-01", until="2026-02-01") | faults(
            rater="ann", without_rater="ann"
        )
    assert {text[:9] for text in found.values()} == {"[zh-hans]"}


def test_every_fault_is_named_at_once() -> None:
    """One look is enough; the text says where."""
    found = faults(overlap="x", since="x", color="red")
    assert set(found) == {"overlap", "since", "color"}
    assert "overlap: 'x' is no overlap." in str(SelectionError(found))


def test_contradictions() -> None:
    """A time that ends before it begins, and somebody both kept and left out."""
    assert "until" in faults(since="2026-02-01", until="2026-02-01")
    assert "ann" in faults(rater=["ann", "bob"], without_rater="ann")["without_rater"]


def answers(question: Question, selection: Selection) -> int:
    panels = frames.load(question, selection).panels
    return sum(labels.value.size for labels in panels.values())


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["language", "category", "demographic", "rater", "without_rater"])
def test_input_is_never_sql(name: str) -> None:
    """What looks like SQL, a placeholder or a format is a value that nothing has."""
    data = mixed(1, items=4)
    count = Judgment.objects.count()
    selection = Selection.read({name: INJECTION})
    left = answers(data.question, selection)
    assert left == (answers(data.question, EVERYTHING) if name == "without_rater" else 0)
    frames.load_patterns(data.question, "third_party", selection)
    assert Judgment.objects.count() == count
    with pytest.raises(SelectionError):
        check(data.question, selection)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["author", "extractor"])
def test_arms_are_never_sql(kind: str) -> None:
    """The open arms likewise."""
    data = mixed(1, items=4)
    frame = frames.load(data.question, Selection.read({"arm": f"{kind}:{INJECTION}"}))
    assert (frame.n_items, frame.panels) == (0, {})


@pytest.mark.django_db
def test_named_raters_of_one_kind_leave_the_other_alone() -> None:
    """People are chosen among people, judges among judges."""
    data = mixed(6)
    ann, gpt = data.people[0], data.judges[0]

    def who(**given: object) -> tuple[set[int], set[int]]:
        frame = frames.load(data.question, Selection.read(given))
        people = {int(pk) for one in frame.panels.values() for pk in one.rater_ids}
        return people, {judge.rater_id for judge in frame.judges}

    people, judges = {one.pk for one in data.people}, {one.pk for one in data.judges}
    assert who() == (people, judges)
    assert who(rater=ann.name) == ({ann.pk}, judges)
    assert who(rater=gpt.name) == (people, {gpt.pk})
    assert who(rater=[ann.name, gpt.name]) == ({ann.pk}, {gpt.pk})
    assert who(without_rater=ann.name) == (people - {ann.pk}, judges)
    assert who(without_rater=gpt.name) == (people, judges - {gpt.pk})
    assert who(rater="nobody") == (set(), set())


@pytest.mark.django_db
def test_one_panel_alone() -> None:
    """A role leaves the other people out, and no judge."""
    frame = frames.load(mixed(6).question, Selection(role="third_party"))
    assert list(frame.panels) == ["third_party"]
    assert len(frame.judges) == 2


@pytest.mark.django_db
def test_judges_are_asked_about_the_chosen_items_alone() -> None:
    """Filters of items hold for judges and references; filters of people do not."""
    data = mixed(6)
    by_item = frames.load(data.question, Selection(category="food"))
    assert 0 < by_item.n_items < frames.load(data.question).n_items
    assert all(len(judge.value) == by_item.n_items for judge in by_item.judges)
    by_person = frames.load(data.question, Selection.read({"until": "2025-01-01"}))
    whole = frames.load(data.question)
    assert by_person.panels == {}
    assert [one.value.tolist() for one in by_person.judges] == [
        one.value.tolist() for one in whole.judges
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("given", "says"), MISSPELT)
def test_a_typing_error_lists_what_there_is(given: dict[str, object], says: str) -> None:
    """An empty panel would look like a finding."""
    with pytest.raises(SelectionError) as caught:
        check(mixed(1).question, Selection.read(given))
    assert next(iter(caught.value.faults.values())).startswith(says)


@pytest.mark.django_db
@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize(("given", "says"), MISSPELT)
def test_a_typing_error_is_told_in_the_reader_s_language(
    given: dict[str, object], says: str
) -> None:
    question = mixed(1).question
    with translation.override("ar"), pytest.raises(SelectionError) as caught:
        check(question, Selection.read(given))
    assert next(iter(caught.value.faults.values())).startswith(f"[ar] {says}"[:30])


@pytest.mark.django_db
def test_of_many_names_the_first_are_listed() -> None:
    """And how many more there are."""
    question = make.question()
    for number in range(23):
        make.judgment(
            item=make.item(question=question),
            rater=make.judge(name=f"j{number:02}"),
            role="machine",
        )
    with pytest.raises(SelectionError, match=r"There are: j00, .*, j19 and 3 more\.$"):
        check(question, Selection(raters=("x",)))


@pytest.mark.django_db
def test_attributes_are_in_the_arm_of_what_found_them() -> None:
    """Of an item about an attribute, and of one about an attribute and a query; merged ones in both."""
    question = make.question()
    found = {}
    for name, extractors in (("one", ["v1"]), ("both", ["v1", "v2"]), ("nobody", [])):
        attribute = found[name] = make.attribute(study=question.study, text=f"The user {name}.")
        for extractor in extractors:
            hold(make.arm(study=question.study, name=extractor), [attribute])
    relevance = make.relevance_pair(attribute=found["both"])
    items = {
        name: make.item(subject=attribute, question=question).pk
        for name, attribute in found.items()
    }
    items["relevance"] = make.item(subject=relevance, question=question).pk

    def kept(arm: str) -> set[int]:
        return set(frames.load(question, Selection.read({"arm": arm})).item_ids.tolist())

    assert kept("extractor:v1") == {items["one"], items["both"], items["relevance"]}
    assert kept("extractor:v2") == {items["both"], items["relevance"]}
    check(question, Selection(arm="extractor:v2"))


@pytest.mark.django_db
def test_a_single_response_is_in_the_arm_of_its_condition_and_author() -> None:
    """As the responses of a pair are."""
    question = make.question()
    responses = [
        make.response(query=make.query(study=question.study), condition=condition)
        for condition in ("all", "none")
    ]
    items = [make.item(subject=response, question=question).pk for response in responses]
    for arm in ("condition:all", f"author:{responses[0].author.name}"):
        frame = frames.load(question, Selection.read({"arm": arm}))
        assert frame.item_ids.tolist() == items[:1]


@pytest.mark.django_db
def test_people_who_write_are_one_author_without_a_name() -> None:
    """Nobody's name can be asked for, or comes back as something to choose."""
    ann, query = make.author(name="Ann Smith", kind="human"), make.query()
    a, b = make.response(query=query), make.response(query=query, by=ann)
    pair = ResponsePair.objects.create(query=query, a=a, b=b)
    item = make.item(subject=pair)
    make.judgment(item=item)

    def kept(author: str) -> int:
        return frames.load(item.question, Selection(arm=f"author:{author}")).n_items

    assert (kept("human"), kept(a.author.name), kept("Ann Smith")) == (1, 1, 0)
    with pytest.raises(SelectionError) as caught:
        check(item.question, Selection(arm="author:nobody"))
    assert "human" in caught.value.faults["arm"]
    assert "Ann" not in caught.value.faults["arm"]


@pytest.mark.django_db
def test_where_nothing_is_there_it_says_how_to_bring_it() -> None:
    """A study without demographics names the command."""
    with pytest.raises(SelectionError, match=r"manage\.py import_demographics"):
        check(make.question(), Selection(demographic="age_band"))


@pytest.mark.django_db
def test_what_is_there_passes() -> None:
    """The good neighbour of each typing error."""
    data = mixed(1)
    check(
        data.question,
        Selection(
            arm="author:writer-a",
            language="de",
            category="food",
            demographic="age_band",
            raters=(data.people[0].name,),
            without_raters=(data.judges[0].name,),
        ),
    )
    check(data.question, EVERYTHING)


# What the planner may prefer while there is next to nothing to read.
OTHER_INDEXES = ("judgment_current", "judgment_rater", "judgment_page")


@pytest.mark.django_db
def test_panels_are_read_from_the_covering_index_alone() -> None:
    """The condition of the query is the index's: no look at the table at all."""
    question = make.judgment().question
    sql, parameters = Statements(question, EVERYTHING).patterns("third_party", 2)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL enable_seqscan = off")
        cursor.execute(f"DROP INDEX {', '.join(OTHER_INDEXES)}")
        cursor.execute(f"EXPLAIN {sql}", parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Only Scan using judgment_frame" in plan
