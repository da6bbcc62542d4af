"""What is planted in the demo study, so that its pages have something to recover; pure, no Django."""

from dataclasses import dataclass

# How much there is. Every fixed count is exact for every seed.
PEOPLE = 24
CREW = 6  # people label the sheets of their own crew, so that pairs of raters share enough items
QUERIES_EACH = 5  # one pair of responses for each person and query: 120 pairs
RESPONSE_PAIRS = PEOPLE * QUERIES_EACH
RELEVANCE_PAIRS = 300
GAINS_ASKED = 5  # attributes, at most, that a comparison asks about
STRANGERS, MORE_STRANGERS = 3, 5
MORE_SHARE = 1 / 3  # of the sheets of each stage, which MORE_STRANGERS label

# The owner's own answers are the truth of the study; owners answer all their items.
RELEVANT_SHARE = 0.20  # of attributes, to a query
# How much better the personalized response is than the other one, in points: how many of 120 pairs.
# Mean +.15: hardly better.
GAINS = {-2: 8, -1: 26, 0: 38, 1: 36, 2: 12}


@dataclass(frozen=True, slots=True)
class Author:
    """A made-up model that wrote responses."""

    name: str
    family: str


# Each writes half of the personalized and half of the other responses, always against the other.
AUTHORS = (
    Author("demo-writer-a", "demo-family-a"),
    Author("demo-writer-b", "demo-family-b"),
)


@dataclass(frozen=True, slots=True)
class YesRates:
    """How often a rater says yes where the owner does, and where the owner does not."""

    if_yes: float
    if_no: float

    @property
    def overall(self) -> float:
        """Return the rate of yes over all items."""
        return RELEVANT_SHARE * self.if_yes + (1 - RELEVANT_SHARE) * self.if_no

    @property
    def agreement(self) -> float:
        """Return the share of answers equal to the owner's."""
        return RELEVANT_SHARE * self.if_yes + (1 - RELEVANT_SHARE) * (1 - self.if_no)


# Strangers. With these rates their majority says yes as often as owners do (.2016 against .20), so
# over-selection is the same against either; two strangers have a kappa of .43.
STRANGER_YES = YesRates(0.80, 0.10)  # the owner's answer in .88
STRANGER_SAME_FITS = 0.75  # the owner's answer on an attribute
STRANGER_SAME_CODE = 0.60  # the code that the mistake deserves, where an attribute is rejected
STRANGER_SAME_POINT = 0.60  # the owner's point on a comparison; otherwise a point next to it
SKIPPED = 0.02  # of strangers' answers
MISSED_BY_STRANGER = 0.3  # of what the extractor missed; owners name all of it

# Judges. Each has one effect and is otherwise an ordinary judge.
UNREADABLE = 0.03  # of judges' readings
SLIP = 0.10  # a reading of a pair in one order moves by a point, so that orders differ now and then


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge: how often it gives the owner's answer, and what is planted in it."""

    name: str
    family: str
    yes: YesRates
    same_fits: float
    same_point: float
    # Points that it adds to personalized responses, on average, over what owners give them.
    inflation: float = 0.0
    # Share of pairs in which it takes what stands first, in both orders.
    by_position: float = 0.0
    # How much more often than owners it prefers what its own family wrote.
    self_preference: float = 0.0


ORDINARY_YES = YesRates(0.70, 0.075)  # yes in .20: as often as owners
EAGER_YES = YesRates(0.90, 0.375)  # yes in .48
OVER_SELECTION = 2.4  # = .48 / .20
INFLATION = 0.8
BY_POSITION = 0.44
FIRST_POSITION_SHARE = 0.72  # = .44 + (1 - .44) / 2
SELF_PREFERENCE = 0.25
SELFISH_AUTHOR = AUTHORS[1]

CAREFUL = Judge("demo-judge-careful", "demo-family-c", YesRates(0.80, 0.05), 0.88, 0.80)
EAGER = Judge("demo-judge-eager", "demo-family-d", EAGER_YES, 0.75, 0.60)
INFLATING = Judge(
    "demo-judge-inflating", "demo-family-e", ORDINARY_YES, 0.75, 0.60, inflation=INFLATION
)
POSITION = Judge(
    "demo-judge-position", "demo-family-f", ORDINARY_YES, 0.75, 0.60, by_position=BY_POSITION
)
SELFISH = Judge(
    "demo-judge-selfish",
    SELFISH_AUTHOR.family,
    ORDINARY_YES,
    0.75,
    0.60,
    self_preference=SELF_PREFERENCE,
)
JUDGES = (CAREFUL, EAGER, INFLATING, POSITION, SELFISH)

# Arms of extraction: ours has 150 attributes, of which owners accept 108.
OURS, THEIRS = "demo extractor (a script)", "another lab's extractor (imported)"
REVISED = "demo verifier (a script)"
OURS_ACCEPTED = 108 / 150  # .72
# Theirs has 120: 48 that are true and also ours, 12 doubtful ones that are also ours, 36 that go too
# far, and 24 that take the task for a trait.
SHARED_TRUE, SHARED_DOUBTFUL, TOO_FAR, TASKS = 48, 12, 36, 24
FAR_REJECTED = 24  # of those that go too far; owners are uncertain about the other ones
THEIRS_ACCEPTED = SHARED_TRUE / (SHARED_TRUE + SHARED_DOUBTFUL + TOO_FAR + TASKS)  # .40
# The verifier mends all 24 doubtful ones of ours, of which 18 then hold, and withdraws the 18 wrong.
MENDED, MENDED_ACCEPTED, WITHDRAWN = 24, 18, 18
REVISED_ACCEPTED = (108 + MENDED_ACCEPTED) / (108 + MENDED)  # .955
BELOW_FLOOR = 0.4  # sentences for each conversation that our extractor dropped as too unsure

# Who flags which attributes a response names: never wrong. How much better owners find a response
# where it names an attribute follows from the chances in sheets.py: .77 points.
MENTIONS = "demo-mention-flag"
MENTION_GAP = 0.77
