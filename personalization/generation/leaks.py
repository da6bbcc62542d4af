"""What a response gives away: who wrote it, how it was asked for, or that somebody is known; pure.

Some finds are FATAL: the text is no answer, or it tells raters what they must not know. The model is
asked again, and at last the row fails, with the reason `leak: ...`. Others are recorded with the row
(`Generation.leaks`), because ordinary texts may look the same, or because they are what is measured:

- `knows`: says that it knows or remembers something of the user ("I remember that you ...", "in our
  last conversation"). A letter that a user asked for may say so too, so it does not fail, but no
  pair is laid from it (BLINDING).
- `machine`: says that it is an AI, without a name. People who compare answers know that already.
- `verbatim`: repeats an attribute word for word, though the prompt forbids it. Such responses are
  compared: whether naming an attribute is liked is a question of the study (mention effect).

Everything that the request says itself is no find: who asks for help with a profile gets profiles.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from personalization.generation.repeating import attribute_in, passage_in
from personalization.llm.fences import MARK_LENGTH

FATAL = ("error", "unfinished", "prompt", "author", "profile", "known")
RECORDED = ("knows", "machine", "verbatim")
# Recorded, but what raters would recognize the personalized response by.
BLINDING = frozenset({*FATAL, "knows"})
CUT = ("length", "max_tokens")
SHORT = 400  # characters: whatever is longer is no bare error of an API
PROMPT_WORDS = 8  # so many words of a prompt in a row are no chance

MAKERS = (
    "openai|anthropic|google(?: deepmind)?|deepmind|meta(?: ai)?|mistral(?: ai)?|microsoft|"
    "alibaba(?: cloud)?|deepseek|xai|cohere|amazon|nvidia|apple|moonshot(?: ai)?|zhipu(?: ai)?"
)
MODELS = (
    "chatgpt|gpt|claude|gemini|gemma|llama|mistral|mixtral|qwen|deepseek|grok|command|copilot|phi|"
    "nemotron|kimi|glm|bard"
)
MACHINE = (
    r"an? (?:ai|artificial intelligence|(?:large )?language)"
    r"(?: (?:language )?(?:model|assistant|chatbot|system))?"
)
ERROR = re.compile(
    r"""\A\s*(?:
        \{\s*"(?:error|detail|errors|fault)"\s*:
        | <(?:!doctype\ html|html|\?xml)\b
        | (?:error\s*:?\s+|error\ code\s*:?\s*|http(?:/[\d.]+)?\s+)?[45]\d\d\s*[-:]?\s*
          (?:internal\ server\ error|bad\ gateway|service\ unavailable|too\ many\ requests|
          gateway\ time-?out|unauthorized|forbidden|bad\ request|not\ found)\b[^\w]*\Z
        | (?:error\ code\s*:\s*[45]\d\d\b.*)\Z
        | (?:rate\ limit\ (?:exceeded|reached)|internal\ server\ error|service\ unavailable|
          upstream\ (?:connect\ error|request\ timeout)|context\ length\ exceeded|
          insufficient\ quota|invalid\ api\ key|model\ overloaded)\b[^\n]{0,200}\Z
        | Traceback\ \(most\ recent\ call\ last\)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
MARKS = re.compile(
    rf"^[^\S\n]*===\s*(?:begin|end)\s+\w+\s+[0-9a-f]{{{MARK_LENGTH}}}\s*===|^Task: \w+$"
    r"|<\|(?:im_start|im_end|endoftext|eot_id|start_header_id|end_header_id)\|>|\[/?INST\]",
    re.IGNORECASE | re.MULTILINE,
)
NAMED = (
    re.compile(
        rf"\b(?:i am|i'm|my name is)\s+(?:{MACHINE},?\s+(?:called\s+|named\s+)?)?"
        rf"(?:{MODELS})(?:[- ]?\d[\w.]*)?\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:i am|i'm|as)\s+{MACHINE},?\s+(?:(?:who|which|that) (?:was|is)\s+)?"
        rf"(?:(?:developed|created|trained|made|built|designed)\s+)?(?:by|from)\s+(?:{MAKERS})\b",
        re.IGNORECASE,
    ),
    re.compile(rf"\bi was\s+(?:developed|created|made|built)\s+by\s+(?:{MAKERS})\b", re.IGNORECASE),
)
IS_MACHINE = re.compile(
    r"\bas an (?:ai|artificial intelligence)(?: (?:language )?(?:model|assistant|chatbot))?"
    r"(?=\s*,|\s+(?:i|my)\b)|\bi(?:'m| am) (?:just |only )?(?:an ai(?: language)? (?:model|assistant)"
    r"|an ai|a (?:large )?language model)\b(?!\s+(?:engineer|researcher|expert|developer))",
    re.IGNORECASE,
)
# The beginning of a sentence that leans on a profile.
PROFILE = re.compile(
    r"(?:\A|[.!?:;\n]\s*|\b(?:and|so|but) )(?:based on|given|according to|judging by|from|"
    r"considering|looking at|per) (?:your (?:user )?profile|the (?:background|profile|information|"
    r"details|facts|attributes) (?:about you|of yours|provided about you)|"
    r"what i (?:know|have been told|was told) (?:about|of) you)\b"
    r"|\byour (?:user )?profile (?:says|mentions|shows|states|tells me|indicates|notes)\b",
    re.IGNORECASE,
)
# "I know that you can do it" cheers somebody up, and says nothing of anybody.
CHEER = r"(?!'ll|'d|\s?(?:can|could|may|might|must|will|would|want|need|asked|said|wrote|asking)\b)"
KNOWS = re.compile(
    r"\bi (?:already )?(?:know|remember|recall),? (?:that )?(?:you|your)\b" + CHEER + r"|"
    r"\bin (?:our|one of our) (?:previous|earlier|last|past) (?:chats?|conversations?|sessions?)\b"
    r"|\bas you(?:'ve| have)? (?:told me|mentioned(?: to me)?|said) "
    r"(?:before|previously|in the past|last time)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A response, and what its author was given: all that can leak from it.

    `given`: the attributes in its prompt; `others`: the person's other ones, for a response that
    was written without any. `asked`: the prompt's own words, without the texts of people in it.
    """

    text: str
    query: str
    finish: str = "stop"
    model: str = ""
    given: Sequence[str] = ()
    others: Sequence[str] = ()
    asked: Sequence[str] = ()


def leaks(written: Written) -> list[str]:
    """Return the kinds of what a response gives away, fatal ones first; empty for a clean one."""
    text, query = _plain(written.text), _plain(written.query)
    found = {
        "error": len(text) <= SHORT and ERROR.search(text) is not None,
        "unfinished": written.finish in CUT,
        "prompt": _shows_prompt(text, query, written.asked),
        "author": _names_author(text, query, written.model),
        "profile": _new(PROFILE, text, query) and "profile" not in query.casefold(),
        "known": not written.given and _repeats(text, query, written.others),
        "knows": _new(KNOWS, text, query),
        "machine": _new(IS_MACHINE, text, query),
        "verbatim": _repeats(text, query, written.given),
    }
    return [kind for kind in (*FATAL, *RECORDED) if found[kind]]


def fatal(found: Iterable[str]) -> list[str]:
    """Return those leaks with which a text is no response."""
    return [kind for kind in found if kind in FATAL]


def is_clean(found: Collection[str]) -> bool:
    """Return whether raters may see a response with these leaks: nothing tells what it is."""
    return BLINDING.isdisjoint(found)


def _plain(text: str) -> str:
    return text.replace("\u2019", "'")


def _new(pattern: re.Pattern[str], text: str, query: str) -> bool:
    """Return whether a text says what the request does not say itself."""
    return any(each[0].casefold() not in query.casefold() for each in pattern.finditer(text))


def _shows_prompt(text: str, query: str, asked: Sequence[str]) -> bool:
    if _new(MARKS, text, query):
        return True
    return any(passage_in(text, one, PROMPT_WORDS, but=query) for one in asked)


def _names_author(text: str, query: str, model: str) -> bool:
    if any(_new(pattern, text, query) for pattern in NAMED):
        return True
    # A name such as `gpt-5.4` is no word; `mistral` is also a wind.
    name = model.rpartition("/")[2].casefold()
    if len(name) < 4 or not re.search(r"\d", name) or name in query.casefold():
        return False
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text.casefold()) is not None


def _repeats(text: str, query: str, attributes: Sequence[str]) -> bool:
    return any(attribute_in(text, one, but=query) for one in attributes)
