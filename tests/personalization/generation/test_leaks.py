"""What a response gives away, and ordinary texts that give away nothing."""

import pytest

from personalization.generation.leaks import Written, fatal, is_clean, leaks
from personalization.llm.fences import fence
from personalization.prompts import prompt

CUP = "The user always carries their own cup to work."
NIGHT = "The user works night shifts in a hospital in Leeds."
ASKED = [text for _role, text in prompt("generation", 1).sections]

LEAKING = [
    ("As an AI model by OpenAI, I suggest the lake.", "author"),
    ("As an AI language model created by Anthropic, I suggest the lake.", "author"),
    ("Hi, I am Claude. Go to the lake.", "author"),
    ("I'm an AI assistant called Qwen2.5, and I suggest the lake.", "author"),
    ("I was developed by Mistral AI. Go to the lake.", "author"),
    ("Go to the lake (gpt-5.4).", "author"),
    ('{"error": {"message": "quota", "code": 429}}', "error"),
    ("Error code: 429 - {'message': 'Rate limit reached for requests'}", "error"),
    ("503 Service Unavailable", "error"),
    ("Internal Server Error", "error"),
    ("<!DOCTYPE html><html><body>Bad gateway</body></html>", "error"),
    (fence("query", "Where?", "0123456789abcdef") + "\nGo to the lake.", "prompt"),
    ("Go to the lake.<|im_end|>", "prompt"),
    ("Task: generation\nGo to the lake.", "prompt"),
    ("I was told: let it shape the answer where it really helps, so go to the lake.", "prompt"),
    ("Based on your profile, the lake is best.", "profile"),
    ("Go to the lake. Given what I know about you, stay two days.", "profile"),
    ("Your profile says that you sail, so go to the lake.", "profile"),
    ("I know that you sail, so go to the lake.", "knows"),
    ("I remember your boat: go to the lake.", "knows"),
    ("As you told me before, water calms you.", "knows"),
    ("In our last conversation the sea came up.", "knows"),
    ("As an AI, I cannot swim. Go to the lake.", "machine"),
    ("I am a large language model and have no favourites.", "machine"),
]

ORDINARY = [
    "Go to the lake, and take a towel.",
    "As an AI engineer in Zurich you can swim after work.",
    "OpenAI and Google both have offices near the lake.",
    "The price is the same as from Amazon.",
    "I'm a Gemini, says the friend in your story.",
    "A claim that Llama was trained by Meta is in the paper.",
    "I know that you can do it!",
    "I know you'll love the water, whatever the weather.",
    "Error 404 means that a page was not found. Look at the address first.",
    "Error: the file is missing. That is what the log says when the path is wrong, so check it.",
    '{"name": "lake", "error_margin": 3}',
    "Recruiters look at a profile first, so keep it short.",
    "What is known about the lake: it is 12 km long and cold.",
    "Given the information in the timetable, leave at nine.",
    "Previously unknown paths lead to the lake. As you said yes, book now.",
    "The mistral is a wind; when it blows, stay at home.",
    "=== Plan ===\nFirst the lake, then the hills.",
    "Carry a cup to the lake.",
    "Work can be hard in a hospital; night buses run until two.",
    "Die Antwort: Fahren Sie an den See, und nehmen Sie ein Handtuch mit.",
    "湖に行って、タオルを持って行ってください。",
]


@pytest.mark.parametrize(("text", "kind"), LEAKING)
def test_what_gives_something_away(text: str, kind: str) -> None:
    found = leaks(Written(text, "Where should I go?", model="maker/gpt-5.4", asked=ASKED))
    assert kind in found
    assert bool(fatal(found)) == (kind not in ("knows", "machine"))
    assert is_clean(found) == (kind == "machine")


@pytest.mark.parametrize("text", ORDINARY)
@pytest.mark.parametrize("given", [(), (CUP, NIGHT)])
def test_ordinary_texts_are_clean(text: str, given: tuple[str, ...]) -> None:
    """Whether or not the author was given anything."""
    others = () if given else (CUP, NIGHT)
    asked = Written(text, "Where?", model="mistral", given=given, others=others, asked=ASKED)
    assert leaks(asked) == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Based on your profile, recruiters will call.", "Improve my LinkedIn profile."),
        ("I am Claude, your neighbour.", "Write a note that begins: I am Claude, your neighbour"),
        ("As an AI, I dream.", "Continue: as an AI, I dream"),
        ("gpt-5.4 is the newer one.", "Is gpt-5.4 newer than gpt-5?"),
        ("Yes: === begin query 0123456789abcdef === is a fence.",
         "Is === begin query 0123456789abcdef === a fence?"),
        ("You always carry your own cup to work, so bring it.",
         "I always carry my own cup to work: where to?"),
    ],
)  # fmt: skip
def test_what_the_request_says_itself_is_no_leak(text: str, query: str) -> None:
    asked = Written(text, query, model="gpt-5.4", given=(CUP,), asked=ASKED)
    assert leaks(asked) == []


def test_an_answer_that_was_cut_is_none() -> None:
    for finish in ("length", "max_tokens"):
        assert leaks(Written("Go to the", "Where?", finish=finish)) == ["unfinished"]
    assert leaks(Written("Go to the lake.", "Where?", finish="stop")) == []


@pytest.mark.parametrize(
    "text",
    [
        "You always carry your own cup to work: bring it.",
        "As you Always Carry Your Own Cup -- to work, bring it.",
        "The user always carries their own cup to work.",
        "As somebody who carries their own cup to work, bring it.",
    ],
)
def test_an_attribute_repeated_word_for_word(text: str) -> None:
    """With attributes this is recorded and compared; without any, the author cannot know it."""
    personal = leaks(Written(text, "Where?", given=(CUP,)))
    assert personal == ["verbatim"]
    assert is_clean(personal)
    assert not fatal(personal)
    generic = leaks(Written(text, "Where?", others=(CUP,)))
    assert generic == ["known"] == fatal(generic)


def test_short_facts_are_no_passages() -> None:
    """What three words say, anybody may say."""
    text = "Try a vegetarian place, and sail in summer."
    for fact in ("The user is vegetarian.", "The user sails in summer."):
        assert leaks(Written(text, "Where?", others=(fact,))) == []
