"""Every page: its address, who sees it, and the states worth looking at."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from sesame.utils import get_token

from tests.browser.content import Content

STRANGER, RESEARCHER = "stranger", "researcher"


@dataclass(frozen=True, slots=True)
class Page:
    """A page in one state. `name` is also the folder of its pictures; `url` the name of its URL."""

    name: str
    url: str
    address: Callable[[Content], str]
    role: str = RESEARCHER
    status: int = 200


def judged(content: Content, url: str, **query: str) -> str:
    """Return the address of a page of the demo's main question."""
    return f"{reverse(url, args=[content.study, content.question])}?{urlencode(query)}"


PAGES = [
    Page("home", "home", lambda c: reverse("home"), STRANGER),
    Page("signin", "signin", lambda c: reverse("signin"), STRANGER),
    Page("signin-link", "signin_link", lambda c: _link(c), STRANGER),
    Page(
        "signin-failed", "signin_link", lambda c: reverse("signin_link", args=["x"]), STRANGER, 403
    ),
    Page("missing", "", lambda c: "/nowhere/", STRANGER, 404),
    Page("studies", "studies", lambda c: reverse("studies")),
    Page("study-new", "study_new", lambda c: reverse("study_new")),
    Page("study", "study", lambda c: reverse("study", args=[c.study])),
    Page("study-imports", "study", lambda c: reverse("study", args=[c.cards_study])),
    Page("study-empty", "study", lambda c: reverse("study", args=[c.empty_study])),
    Page("agreement", "agreement", lambda c: reverse("agreement", args=[c.study, c.question])),
    Page(
        "agreement-ordinal", "agreement", lambda c: reverse("agreement", args=[c.study, c.ordinal])
    ),
    Page(
        "agreement-reference",
        "agreement",
        lambda c: reverse("agreement", args=[c.cards_study, c.cards_question]),
    ),
    Page(
        "votes",
        "votes",
        lambda c: judged(c, "votes", panel="third_party", statistic="krippendorff_alpha"),
    ),
    Page(
        "votes-pair",
        "votes",
        lambda c: judged(c, "votes", panel=f"judge:{c.judge}", against="first_person"),
    ),
    Page(
        "votes-none",
        "votes",
        lambda c: judged(c, "votes", panel="third_party", after="999999999"),
    ),
    Page("disagreements", "disagreements", lambda c: judged(c, "disagreements")),
    Page(
        "disagreements-judge",
        "disagreements",
        lambda c: judged(c, "disagreements", judge=f"judge:{c.judge}", role="third_party"),
    ),
    Page("item", "item", lambda c: reverse("item", args=[c.study, c.item])),
    Page("item-reference", "item", lambda c: reverse("item", args=[c.cards_study, c.cards_item])),
    Page("import-new", "import_new", lambda c: reverse("import_new", args=[c.study])),
    Page("import-mapping", "import", lambda c: reverse("import", args=[c.checking])),
    Page("import-waiting", "import", lambda c: reverse("import", args=[c.waiting])),
    Page("import-running", "import", lambda c: reverse("import", args=[c.running])),
    Page("import-done", "import", lambda c: reverse("import", args=[c.done])),
    Page("import-refused", "import", lambda c: reverse("import", args=[c.refused])),
    Page("design", "design", lambda c: reverse("design")),
]
# URL names that answer GET with something else than a page.
FILES = {"agreement_json", "agreement_csv", "votes_csv"}
DETOURS = {"study_agreement", "set_language"}


def page(name: str) -> Page:
    """Return the page of that name."""
    (found,) = (one for one in PAGES if one.name == name)
    return found


def _link(content: Content) -> str:
    content.user.refresh_from_db()  # a sign-in elsewhere has used the older link up
    return reverse("signin_link", args=[get_token(content.user)])
