"""Words and small grammar for the stand-in: who speaks of whom, and what two texts have in common."""

import hashlib
import re

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
ENDING = re.compile(r"(?<=\w{3})(ing|ed|es|s)$")
SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMON = _words(
    "a about after all also am an and any are as at be because been before but by can could did do"
    " does for from get had has have he her him his how i if in into is it its just like me more"
    " most much my no not of on one only or our out over really she should so some than that the"
    " their them then there these they this to too up us use used user user's users very was we were"
    " what when where which while who why will with would you your i'm i've don't"
)
# "The user ..." and what follows it, for words that "I" takes.
ABOUT_USER = {
    "am": "is", "'m": "is", "have": "has", "'ve": "has", "do": "does", "don't": "does not",
    "haven't": "has not", "go": "goes", "was": "was", "'ll": "will", "'d": "would",
}  # fmt: skip
UNCHANGED = _words(
    "can can't cannot could couldn't will won't would wouldn't should must may might was wasn't had"
    " did didn't became began bought came did felt found gave got grew had left lost made moved"
    " met ran saw sold spent started studied taught took took went won wrote used"
)
ADVERBS = _words(
    "always never usually often really also just still only mostly sometimes rarely hardly"
    " currently recently actually generally normally mainly almost both now already"
)
# Words of a person about themself, as others say them.
OTHERS = {
    "i": "they", "me": "them", "my": "their", "mine": "theirs", "myself": "themselves",
    "we": "they", "us": "them", "our": "their", "ours": "theirs", "am": "are", "i'm": "they are",
    "i've": "they have", "i'd": "they would", "i'll": "they will", "we're": "they are",
}  # fmt: skip
ADDRESSED = {
    "i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "am": "are",
    "i'm": "you are", "i've": "you have", "i'd": "you would", "i'll": "you will",
    "they": "you", "them": "you", "their": "your", "theirs": "yours", "themselves": "yourself",
}  # fmt: skip


def straight(text: str) -> str:
    """Return the text with plain apostrophes and single spaces."""
    return re.sub(r"\s+", " ", text.replace("’", "'")).strip()


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, with their end marks."""
    return [found.strip() for found in SENTENCE.findall(straight(text)) if found.strip()]


def exchanged(text: str, by: dict[str, str]) -> str:
    """Return the text with every word that `by` knows exchanged."""
    return WORD.sub(lambda word: by.get(word[0].lower(), word[0]), text)


def third(verb: str) -> str:
    """Return a verb as it stands after "The user".

    >>> [third(verb) for verb in ("am", "like", "carry", "watch", "moved", "can")]
    ['is', 'likes', 'carries', 'watches', 'moved', 'can']
    """
    low = verb.lower()
    if low in ABOUT_USER:
        return ABOUT_USER[low]
    if low in UNCHANGED or (low.endswith("ed") and low != "need" and len(low) > 4):
        return low
    if re.search(r"[^aeiou]y$", low):
        return f"{low[:-1]}ies"
    return f"{low}es" if re.search(r"(s|x|z|ch|sh|o)$", low) else f"{low}s"


def base(verb: str) -> str:
    """Return a verb as it stands after "you".

    >>> [base(verb) for verb in ("is", "likes", "carries", "watches", "moved", "can")]
    ['are', 'like', 'carry', 'watch', 'moved', 'can']
    """
    low = verb.lower()
    known = {"is": "are", "has": "have", "does": "do", "goes": "go", "was": "were"}
    if low in known:
        return known[low]
    if low.endswith("ies") and len(low) > 4:
        return f"{low[:-3]}y"
    if re.search(r"(ss|x|zz|ch|sh|o)es$", low):
        return low[:-2]
    return low[:-1] if low.endswith("s") and not low.endswith("ss") else low


def to_you(attribute: str) -> str:
    """Return "The user ..." as words to the user themself, without the full stop.

    >>> to_you("The user always carries their own cup."), to_you("The user's dog is old.")
    ('you always carry your own cup', 'your dog is old')
    """
    text = straight(attribute).rstrip(".!? ")
    if whose := re.match(r"the user's (.+)", text, re.IGNORECASE):
        return f"your {exchanged(whose[1], ADDRESSED)}"
    if not (who := re.match(r"the user (.+)", text, re.IGNORECASE)):
        return exchanged(text, ADDRESSED)
    words = who[1].split(" ")
    at = next((at for at, word in enumerate(words) if word.lower() not in ADVERBS), 0)
    words[at] = base(words[at])
    return f"you {exchanged(' '.join(words), ADDRESSED)}"


def stems(text: str) -> set[str]:
    """Return the words that carry meaning, cut short so that their forms count as one.

    >>> stems("She sails; they were sailing, I sail.") == {"sail"}
    True
    """
    words = (word.lower() for word in WORD.findall(text.replace("’", "'")))
    return {ENDING.sub("", word)[:5] for word in words if word not in COMMON and len(word) > 2}


def common(text: str, other: str) -> float:
    """Return the share of the first text's words that the other has too; 0 without words."""
    own = stems(text)
    return len(own & stems(other)) / len(own) if own else 0.0


def pick(choices: tuple[str, ...], *by: str) -> str:
    """Return one of the choices: always the same for the same texts."""
    digest = hashlib.sha256("\0".join(by).encode("utf-8", "replace")).digest()
    return choices[int.from_bytes(digest[:4]) % len(choices)]
