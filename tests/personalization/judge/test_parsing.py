"""Answers in the form that was demanded: strict first, the ladder after, and nothing mended."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.judge.choices import Choice, Scale, Side
from personalization.judge.manner import FORMS, Form, Manner
from personalization.judge.parsing import Parsed, read
from personalization.judge.settlement import Reading
from personalization.llm.backend import Answer

A, B, C = (
    Choice(0, "a", "A", candidate="a"),
    Choice(1, "b", "B", candidate="b"),
    Choice(2, "c", "C"),
)
PAIR = Scale((A, B, C), ordered=False, pairs=True)
FIVE = Scale(
    tuple(Choice(at, str(at + 1), label, score=at + 1.0) for at, label in enumerate(
        ["A is much better", "A is a little better", "No difference", "B is a little better",
         "B is much better"])),
    ordered=True, pairs=True,
)  # fmt: skip
RATING = Scale(
    tuple(Choice(at, str(at + 1), label, score=at + 1.0) for at, label in enumerate(
        ["Very bad", "Bad", "Fair", "Good", "Very good"])),
    ordered=True, pairs=False,
)  # fmt: skip
UNREAD = ("", None, None)


def said(
    text: str, manner: Manner, scale: Scale = PAIR, side: Side = "ab", finish: str = "stop"
) -> Parsed:
    return read(Answer(text, finish, {}), scale, side, manner)


def short(parsed: Parsed) -> tuple[str, int | None, int | None]:
    """Return the rung, the value and the certainty; nothing where nothing could be read."""
    one = parsed.reading
    return (parsed.rung, one.value, one.certainty) if one else UNREAD


CERTAIN = [
    # Strictly: the letter, then a whole number from 1 to 100.
    ("[[A]] [[80]]", ("strict", 0, 80)),
    ("[[b]] [[1]]", ("strict", 1, 1)),
    ("[[C]] [[100]]", ("strict", 2, 100)),
    ("A sails, so does the person.\n[[A]] [[64]]", ("strict", 0, 64)),
    ("[[A]] [[20]]\nNo, rather:\n[[B]] [[70]]\n", ("strict", 1, 70)),
    # Out of range, or no whole number: rejected, and never clipped or rounded.
    ("[[A]] [[0]]", UNREAD),
    ("[[A]] [[101]]", UNREAD),
    ("[[A]] [[80.5]]", UNREAD),
    ("[[A]] [[-80]]", UNREAD),
    ("[[A]] [[1000]]", UNREAD),
    ("[[A]] [[080]]", UNREAD),
    ("[[A]] [[high]]", UNREAD),
    ("[[A]] [[80/100]]", UNREAD),
    ("[[A]] [[]]", UNREAD),
    ("[[A]] [[८०]]", UNREAD),
    ("[[A]] [[" + "9" * 9999 + "]]", UNREAD),
    ("[[A]]", UNREAD),
    ("[[D]] [[80]]", UNREAD),
    ("[[80]]", UNREAD),
    ("[[80]] [[A]]", UNREAD),
    # By the ladder: the same, otherwise written.
    ("**[[A]]** [[80]]", ("ladder", 0, 80)),
    ("[[A]]\n[[80]]", ("ladder", 0, 80)),
    ("[[ A ]] [[ 80% ]].", ("ladder", 0, 80)),
    ("[[B]], 75", ("ladder", 1, 75)),
    ("My choice is [[B]]. Certainty: 75%.", ("ladder", 1, 75)),
    ("I am of little certainty here. [[B]] Confidence level: 30", ("ladder", 1, 30)),
    ("Certainty: 90\n[[A]]", ("ladder", 0, 90)),
    ("Answer: A\nCertainty: 80", ("ladder", 0, 80)),
    ("Answer: A [[80]]", ("ladder", 0, 80)),
    ("A, 80", ("ladder", 0, 80)),
    ("B: 70%", ("ladder", 1, 70)),
    ("Answer: A\nCertainty: 0", UNREAD),
    ("Answer: A\nCertainty: 80.5", UNREAD),
    ("Answer: A\nCertainty: 8e1", UNREAD),
    ("[[A]] 101", UNREAD),
    ("[[A]] 3 reasons speak for it.", UNREAD),
    ("[[A]] 80 %.\nThat is all.", ("ladder", 0, 80)),
    ("Answer: A\nCertainty: 4 out of 5", UNREAD),
    ("Answer: A\nCertainty: 4/5", UNREAD),
    ("A, 80.5", UNREAD),
    ("Answer: A", UNREAD),
    ("Certainty: 80", UNREAD),
    ("", UNREAD),
]


@pytest.mark.parametrize(
    ("text", "read_as"), CERTAIN, ids=[text[:30] or "-" for text, _ in CERTAIN]
)
def test_row_3_a_letter_and_a_whole_number(
    text: str, read_as: tuple[str, int | None, int | None]
) -> None:
    """Row 3: letter + integer; 0 and 101 are rejected."""
    assert short(said(text, Manner("certainty"))) == read_as


def test_row_2_c_is_accepted_only_with_a_tie() -> None:
    """Row 2: whatever the form, an option that was not offered is no answer."""
    for text, answer in [
        ("Answer: c", "value"), ("[[C]] [[80]]", "certainty"), ('{"a": 50, "c": 50}', "shares"),
    ]:  # fmt: skip
        assert said(text, Manner(answer)).reading is not None  # type: ignore[arg-type]
        assert said(text, Manner(answer, tie=False)).reading is None  # type: ignore[arg-type]
    assert said("Answer: 3", Manner(), FIVE).reading == Reading(2)
    assert said("Answer: 3", Manner(tie=False), FIVE).reading is None
    assert said("Answer: No difference", Manner(tie=False), FIVE).reading is None
    assert said("Answer: 3", Manner(tie=False), RATING).reading == Reading(2)


@pytest.mark.parametrize(
    ("text", "rung"),
    [
        ("So be it.\nAnswer: b", "strict"),
        ("Answer: B", "strict"),
        ("Answer: b.", "ladder"),
        ("**Answer:** b", "ladder"),
        ("I choose B.", "ladder"),
    ],
)
def test_a_value_and_its_rung(text: str, rung: str) -> None:
    """The swapped order is mapped back to the candidates."""
    assert said(text, Manner()) == Parsed(Reading(1), rung)  # type: ignore[arg-type]
    assert said(text, Manner(), side="ba") == Parsed(Reading(0), rung)  # type: ignore[arg-type]


def test_what_was_not_asked_for_is_not_strict() -> None:
    """Where no reasons are asked, the whole text is the answer."""
    assert said("Well.\nAnswer: a", Manner(reasons=False)) == Parsed(Reading(0), "ladder")
    assert said("Answer: a\n", Manner(reasons=False)) == Parsed(Reading(0), "strict")
    assert short(said("Well.\n[[A]] [[9]]", Manner("certainty", reasons=False))) == ("ladder", 0, 9)


REFUSED = Parsed(Reading(None, "refused"), "", "refused")


@pytest.mark.parametrize("answer", FORMS)
@pytest.mark.parametrize("text", ["I'm sorry, I can't choose between A and B", "I won't judge A."])
def test_a_refusal_is_no_vote(answer: Form, text: str) -> None:
    """Not even where it names an option; nor is what the endpoint itself calls a refusal."""
    assert said(text, Manner(answer, reasons=False)) == REFUSED
    for finish in ("refusal", "content_filter"):
        assert said("Answer: a", Manner(answer, reasons=False), finish=finish) == REFUSED


def test_an_answer_after_an_excuse_is_an_answer() -> None:
    assert said("I'm sorry, both are bad.\nAnswer: a", Manner()).reading == Reading(0)
    assert said("Sorry.\n[[A]] [[5]]", Manner("certainty")).reading == Reading(0, certainty=5)


SHARES = [
    ('{"a": 70, "b": 30}', "strict", (0.7, 0.3, 0)),
    ('I think so.\n{"a": 0.5, "b": 0.25, "c": 0.25}', "strict", (0.5, 0.25, 0.25)),
    ('{"b": 100}', "strict", (0, 1, 0)),
    ('{"b": 1}', "strict", (0, 1, 0)),
    ('{"a": 50, "b": 51}', "strict", (50 / 101, 51 / 101, 0)),
    ('{"a": 0.49, "b": 0.49}', "strict", (0.5, 0.5, 0)),
    ('```json\n{"A": "70%", "B": "30 %"}\n```', "ladder", (0.7, 0.3, 0)),
    ('{"answer": {"a": 70, "b": 30}}', "ladder", (0.7, 0.3, 0)),
    ("a: 70%\nb: 30%", "ladder", (0.7, 0.3, 0)),
    ("- **A**: 0.7\n- **B**: 0.3", "ladder", (0.7, 0.3, 0)),
    ("Note: 5\nsomething\na = 60 %\n\nb = 40 %", "ladder", (0.6, 0.4, 0)),
    # Not one distribution over what was offered.
    ('{"a": 70, "b": 20}', "", None),
    ('{"a": 70, "b": 33}', "", None),
    ('{"a": 0.7, "b": 0.5}', "", None),
    ('{"a": 70, "b": 30, "d": 0}', "", None),
    ('{"a": 70, "b": 30, "reason": "it sails"}', "", None),
    ('{"a": 130, "b": -30}', "", None),
    ('{"a": NaN, "b": 100}', "", None),
    ('{"a": 1e999, "b": 0}', "", None),
    ('{"a": true}', "", None),
    ('{"a": 70, "A": 30}', "", None),
    ('{"a": 70, "a": 30}', "", None),
    ('[["a", 70], ["b", 30]]', "", None),
    ("a: 70%\nd: 30%", "", None),
    ("a: 70%\na: 30%", "", None),
    ("a: 70%\nb: some", "", None),
    ("a", "", None),
    ("{}", "", None),
]


@pytest.mark.parametrize(("text", "rung", "shares"), SHARES, ids=[one[0][:30] for one in SHARES])
def test_shares_in_words(text: str, rung: str, shares: tuple[float, ...] | None) -> None:
    """Only offered options, 1 or 100 within 2 %; what is not named has none."""
    parsed = said(text, Manner("shares"))
    assert parsed.rung == rung
    if shares is None:
        assert (parsed.reading, parsed.why) == (None, "shares")
        return
    assert parsed.reading is not None
    assert parsed.reading.distribution == pytest.approx(shares)
    swapped = said(text, Manner("shares"), side="ba").reading
    assert swapped is not None
    assert swapped.distribution == pytest.approx((shares[1], shares[0], shares[2]))


def test_shares_name_options_by_key_or_label() -> None:
    """Also by both."""
    text = (
        "1: 10%\nA is a little better: 20%\n3 (No difference): 30%\n4 - B is a little better: 40%"
    )
    reading = said(text, Manner("shares"), FIVE).reading
    assert reading is not None
    assert reading.distribution == pytest.approx((0.1, 0.2, 0.3, 0.4, 0))
    assert reading.value == 3


def test_the_value_of_a_distribution_is_its_largest_share() -> None:
    """Where there is one; else none, and that is no unreadable answer."""
    assert said('{"a": 60, "b": 40}', Manner("shares")).reading == Reading(
        0, None, None, (0.6, 0.4, 0.0)
    )
    assert said('{"a": 50, "b": 50}', Manner("shares")).reading == Reading(
        None, "inconsistent", None, (0.5, 0.5, 0.0)
    )


def tokens(*rows: tuple[str, dict[str, float]]) -> Answer:
    """Return an answer of these tokens, with the probabilities of the alternatives to each."""
    content = [
        {
            "token": token,
            "logprob": math.log(top.get(token, 1e-9)),
            "top_logprobs": [{"token": one, "logprob": math.log(p)} for one, p in top.items()],
        }
        for token, top in rows
    ]
    raw = {"choices": [{"logprobs": {"content": content}}]}
    return Answer("".join(token for token, _top in rows), "stop", raw)


def weighed(answer: Answer, scale: Scale = PAIR, tie: bool = True) -> Parsed:
    return read(answer, scale, "ab", Manner("logprobs", reasons=False, tie=tie))


def test_log_probabilities_of_the_answers_token() -> None:
    """m_c = sum of the tokens of option c, q_c = m_c / sum m; left out = 1 - all that was seen.

    A: .5 + .1 (" a"), B: .2; "x" counts for none. q = (.75, .25), left out 1 - .85 = .15.
    """
    parsed = weighed(tokens(("A", {"A": 0.5, " a": 0.1, "B": 0.2, "x": 0.05})))
    assert parsed.rung == "strict"
    assert parsed.reading is not None
    assert parsed.reading.value == 0
    assert parsed.reading.distribution == pytest.approx((0.75, 0.25, 0))
    assert parsed.reading.left_out == pytest.approx(0.15)


def test_synonyms_of_an_option_are_one() -> None:
    """Key, label, capitals, a space before it, the digit and the word; also an only beginning."""
    top = {"4": 0.2, " four": 0.1, "Good": 0.1, "▁good": 0.1, "Go": 0.1, "5": 0.2, "Very": 0.1}
    parsed = weighed(tokens(("4", top)), RATING)
    assert parsed.reading is not None
    # "Very" begins two labels, so it counts for none.
    assert parsed.reading.distribution == pytest.approx((0, 0, 0, 0.75, 0.25))
    assert parsed.reading.left_out == pytest.approx(0.1)


def test_an_option_of_several_tokens() -> None:
    """Its first token stands for it; the others are read as text."""
    keys = Scale(
        (Choice(0, "rejected", "No"), Choice(1, "accepted", "Yes")), ordered=True, pairs=False
    )
    parsed = weighed(tokens(("rej", {"rej": 0.6, "acc": 0.2}), ("ected", {"ected": 1.0})), keys)
    assert parsed.reading is not None
    assert parsed.reading.distribution == pytest.approx((0.75, 0.25))


def test_what_stands_before_the_answer_is_passed_over() -> None:
    """Marks and "Answer:"; that is another form than the demanded one."""
    parsed = weighed(
        tokens(("\n", {"\n": 1.0}), ("Answer", {"Answer": 0.9}), (":", {":": 1.0}),
               (" **", {" **": 1.0}), ("b", {"b": 0.9, "a": 0.1}))
    )  # fmt: skip
    assert parsed.rung == "ladder"
    assert parsed.reading is not None
    assert parsed.reading.distribution == pytest.approx((0.1, 0.9, 0))


def test_a_token_beyond_the_top_counts_as_seen() -> None:
    """A sampled token may be none of the k most probable ones."""
    rows = tokens(("b", {"a": 0.6, "c": 0.2}))
    rows.raw["choices"][0]["logprobs"]["content"][0]["logprob"] = math.log(0.2)
    parsed = weighed(rows)
    assert parsed.reading is not None
    assert parsed.reading.distribution == pytest.approx((0.6, 0.2, 0.2))
    assert parsed.reading.left_out == pytest.approx(0)


def test_a_tie_that_was_not_offered_has_no_share() -> None:
    parsed = weighed(tokens(("a", {"a": 0.3, "c": 0.6, "b": 0.1})), tie=False)
    assert parsed.reading is not None
    assert parsed.reading.distribution == pytest.approx((0.75, 0.25, 0))
    assert parsed.reading.left_out == pytest.approx(0)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer("a", "stop", {}), "logprobs"),
        (Answer("a", "stop", {"choices": [{"logprobs": None}]}), "logprobs"),
        (Answer("a", "stop", {"choices": [{"logprobs": {"content": "a"}}]}), "logprobs"),
        (tokens(("a", {})), "answer"),
        (tokens(("maybe", {"maybe": 0.5, "a": 0.5})), "answer"),
        (tokens(("c", {"c": 0.9, "a": 0.1}), ("annot", {"annot": 1.0})), "answer"),
        (tokens(("a", {"a": 0.9, "b": 0.9})), "answer"),
        (tokens((" ", {" ": 1.0})), "answer"),
        (tokens(), "logprobs"),
    ],
    ids=["none", "null", "text", "no top", "another word", "goes on", "above 1", "blank", "empty"],
)
def test_log_probabilities_that_say_nothing(answer: Answer, why: str) -> None:
    """No distribution is made up: without alternatives there is none."""
    assert weighed(answer) == Parsed(None, "", why)  # type: ignore[arg-type]


GARBAGE = [
    "", " \n\t ", "\0", "{" * 3000, "[[" * 3000, "]] [[" * 999, "a" * 100_000, "\n" * 100_000,
    "Answer:" * 999, "[[x]] [[" + "9" * 9999 + "]]", '{"a": ' + "9" * 9999 + "}", "٨٠", "🙂" * 99,
    "Certainty: " * 999, "*" * 50_000, "a: " * 9_999, "1 " * 9_999 + "seven",
    "\\boxed{" * 999, "¤" + " " * 50_000 + "¤", "_" * 50_000, "Answer: A Answer: B", "[[x]] [[८०]]",
    "Answer: none of them", "C\n" * 3 + "d", "=== begin x ===",
]  # fmt: skip


@pytest.mark.parametrize("answer", FORMS)
@pytest.mark.parametrize("text", GARBAGE, ids=range(len(GARBAGE)))
def test_row_3_garbage(answer: Form, text: str) -> None:
    """Row 3: garbage is unreadable, in every form, and soon known to be."""
    for scale in (PAIR, FIVE):
        parsed = said(text, Manner(answer, tie=False, reasons=False), scale)
        assert parsed.reading is None
        assert parsed.why in ("answer", "certainty", "shares", "logprobs")


PIECES = st.sampled_from(
    ["[[", "]]", "a", "B", "C", "1", "3", "80", "101", " ", "\n", ":", "Answer: ", "%", "{", "}",
     '"a"', '"b"', ",", "0.5", "Certainty", "**", "I cannot", "much better", "-", "."]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join))


@given(TEXTS, st.sampled_from(FORMS), st.booleans(), st.booleans(), st.sampled_from([PAIR, FIVE]))
def test_any_text_at_all(text: str, answer: Form, tie: bool, reasons: bool, scale: Scale) -> None:
    """Nothing is raised, and nothing is returned that was not offered or is out of range."""
    manner = Manner(answer, tie=tie, reasons=reasons)
    offered = {one.code for one in scale.offered_for(tie)}
    holds(said(text, manner, scale), scale, offered)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=3)
    | st.sampled_from(["a", "b", "token", "logprob"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["token", "logprob", "top_logprobs", "content", "logprobs"]), inner
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON, TEXTS)
def test_any_log_probabilities_at_all(raw: object, text: str) -> None:
    """Whatever an endpoint sends as log-probabilities."""
    for told in ({"choices": [{"logprobs": {"content": raw}}]}, {"choices": raw}, {"x": raw}):
        parsed = weighed(Answer(text, "stop", told))
        holds(parsed, PAIR, {0, 1, 2})


def holds(parsed: Parsed, scale: Scale, offered: set[int]) -> None:
    one = parsed.reading
    if one is None or one.reason == "refused":
        assert parsed.rung == ""
        return
    assert one.value in offered or one.reason == "inconsistent"
    assert one.certainty is None or 1 <= one.certainty <= 100
    if one.distribution is not None:
        assert sum(one.distribution) == pytest.approx(1)
        for choice, share in zip(scale.choices, one.distribution, strict=True):
            assert 0 <= share <= 1
            assert choice.code in offered or share == 0
    json.dumps([one.value, one.distribution, one.left_out], allow_nan=False)
