"""The pages of prompts: lists, texts, what sets versions apart, own versions."""

import pytest
from django.test import Client

from annotation import models as m
from personalization import prompt_versions as verbs
from personalization.models import JudgeRun, PromptVersion
from personalization.prompts import body_of, prompt
from tests import factories as make
from tests.personalization.views.cost import queries_of
from tests.personalization.views.kept_arms import arm, run_of
from tests.personalization.views.pages import Node, read
from tests.visits import visiting

pytestmark = pytest.mark.django_db
NAME = "judge_pair"
NEWEST = prompt(NAME).version


def text(version: int = NEWEST) -> str:
    return body_of(PromptVersion.objects.get(name=NAME, version=version).text)


def written(more: str = "Be brief.", by: m.User | None = None) -> PromptVersion:
    """Make an own version with one more line."""
    body = text().replace("\n\n## user", f"\n\n{more}\n\n## user")
    return verbs.add(NAME, body, "shorter answers", by)


def used(one: PromptVersion) -> m.Rater:
    """Make a judge that has used a version."""
    rater = make.judge()
    rater.configuration = {"prompts": {one.name: {"version": one.version, "hash": one.hash}}}
    rater.save()
    verbs.use(rater.configuration)
    return rater


def links(page: Node) -> dict[str, str]:
    return {a.text: a.attributes["href"] for a in page.all("a")}


def test_a_prompt_of_arms(researcher: Client) -> None:
    """Its arms and their tests stand with it; it has own versions, and no injection check."""
    run = run_of(arm(make.study(), name="finder"), trial=True)
    version = verbs.newest("extraction")
    assert "No arm has used it yet" in read(researcher.get("/prompts/extraction/1/")).text
    verbs.use(run.arm.configuration)
    page = read(researcher.get(f"/prompts/extraction/{version.version}/"))
    assert "An arm has used it." in page.text
    study = run.study.name
    found = [a.attributes["href"] for a in page.all("a") if a.text == "finder"]
    assert found == [
        f"/studies/{study}/pipeline/arms/{run.arm_id}/",
        f"/studies/{study}/pipeline/trials/{run.pk}/",
    ]
    assert "New version from this one" in links(page)
    assert "Injection check" not in page.text
    assert "Arms of the pipeline" in read(researcher.get("/prompts/")).text


@pytest.mark.parametrize("name", [*verbs.ARMS, "extraction_plain", "generation_matched"])
def test_own_versions_of_arms_keep_the_places(researcher: Client, name: str) -> None:
    """What an arm fills in must stand in every version; the page says which places these are."""
    shipped = verbs.newest(name)
    address = f"/prompts/{name}/{shipped.version}/edit/"
    page = read(researcher.get(address))
    places = [one.text for one in page.all("code")]
    assert prompt(name).places <= {one.strip("{}") for one in places}
    body = body_of(shipped.text).replace("## user\n", "## user\nMind. ")
    response = researcher.post(address, {"text": body, "note": "", "to": "new"})
    assert response["Location"].startswith(f"/prompts/{name}/10")
    bare = "## system\nDo it.\n\n## user\nNow."
    response = researcher.post(address, {"text": bare, "note": "", "to": "new"})
    assert response.status_code == 422
    assert "is missing: without it the model lacks what it needs" in read(response).text


# Lists.


def test_the_list_says_what_there_is(researcher: Client, user: m.User) -> None:
    """Every prompt with its newest version, whether it was used, by whom."""
    used(written(by=user))
    page = read(researcher.get("/prompts/"))
    rows = {row.inside[1].text: row.text for row in page.all("tr") if "judge_" in row.text}  # type: ignore[union-attr]
    assert len(rows) == 5
    assert "101" in rows[NAME]
    assert "Used, frozen" in rows[NAME]
    assert user.username in rows[NAME]
    assert "Not used" in rows["judge_gain"]
    assert "Concord" in rows["judge_gain"]
    assert links(page)["judge_gain"] == "/prompts/judge_gain/"
    assert links(page)["Prompts"] == "/prompts/"  # where endpoints are linked, too


def test_the_list_costs_the_same_with_many(researcher: Client) -> None:
    before = queries_of(researcher, "/prompts/")
    for n in range(5):
        written(f"Note {n}.", make.user())
    assert queries_of(researcher, "/prompts/") == before <= 6


def test_all_versions_of_one(researcher: Client, user: m.User) -> None:
    written(by=user)
    page = read(researcher.get(f"/prompts/{NAME}/"))
    assert links(page)["Version 101"] == f"/prompts/{NAME}/101/"
    assert "shorter answers" in page.text
    assert "Draft, not used" in page.text
    assert links(page)["New version"] == f"/prompts/{NAME}/101/edit/"


def test_what_is_part_of_the_program_has_no_own_versions(researcher: Client) -> None:
    page = read(researcher.get("/prompts/reply/"))
    assert "New version" not in links(page)
    assert researcher.get("/prompts/reply/1/edit/").status_code == 404
    assert researcher.get("/prompts/reply/1/test/").status_code == 404


def test_a_prompt_of_another_time_is_still_shown(researcher: Client) -> None:
    """Its rows are there, its files are not: nothing can be checked against them."""
    PromptVersion.objects.create(name="judge_old", version=1, text="x", hash="y", shipped=True)
    assert researcher.get("/prompts/judge_old/1/").status_code == 200
    assert researcher.get("/prompts/judge_old/1/edit/").status_code == 404


# One version.


def test_the_text_with_its_hash_and_its_judges(researcher: Client) -> None:
    one = written()
    rater = used(one)
    run = JudgeRun.objects.create(study=make.study(), rater=rater, source="computed")
    page = read(researcher.get(f"/prompts/{NAME}/101/"))
    (shown,) = page.all("pre")
    assert shown.raw == one.text
    assert one.hash in page.text
    assert links(page)[rater.name] == f"/studies/{run.study.name}/runs/{run.pk}/"
    assert "It stays as it is, for good" in page.text
    assert "New version from this one" in links(page)
    other = read(researcher.get(f"/prompts/{NAME}/{NEWEST}/"))
    assert rater.name not in other.text


def test_the_text_as_a_file(researcher: Client) -> None:
    """It is the file word for word, and comes as one."""
    answer = researcher.get(f"/prompts/{NAME}/1/prompt.md")
    assert answer.content.decode() == PromptVersion.objects.get(name=NAME, version=1).text
    assert answer["Content-Disposition"] == 'attachment; filename="judge_pair-v1.md"'
    assert answer["Content-Type"].startswith("text/markdown")


@pytest.mark.parametrize(
    "path",
    ["nothing/", "nothing/1/", "judge_pair/99/", "judge_pair/99999999999999999999/",
     "judge_pair/0/", "judge_pair/difference/?old=77", "judge_pair/difference/?new=x",
     "judge_pair/99/prompt.md", "judge_pair/99/edit/", "judge_pair/99/test/",
     "judge_pair/1/test/?study=nothing", "..%2f..%2fetc/1/prompt.md", "judge_pair/-1/prompt.md"],
)  # fmt: skip
def test_there_is_no_such_thing(researcher: Client, path: str) -> None:
    assert researcher.get(f"/prompts/{path}").status_code == 404


# Two versions.


def test_what_sets_two_versions_apart(researcher: Client) -> None:
    """Words that came are marked by more than a colour, lines are said to be new."""
    verbs.add(NAME, text().replace("Which one is called", "Who is called"), "", None)
    page = read(researcher.get(f"/prompts/{NAME}/difference/?old={NEWEST}&new=101"))
    assert "1 line removed, 1 line added" in page.text
    assert [one.text for one in page.all("del")] == ["Which one"]
    assert [one.text for one in page.all("ins")] == ["Who"]
    signs = [one.text for one in page.all("td", "line-sign") if one.text]
    assert signs == ["−removed", "+added"]


def test_without_a_choice_the_last_two(researcher: Client) -> None:
    written()
    page = read(researcher.get(f"/prompts/{NAME}/difference/"))
    chosen = [one.text for one in page.all("option") if "selected" in one.attributes]
    assert chosen == [f"Version {NEWEST}", "Version 101"]
    same = read(researcher.get(f"/prompts/{NAME}/difference/?old=101&new=101"))
    assert "The two say the same" in same.text


# A new version.


def test_a_new_version_from_an_old_one(researcher: Client, user: m.User) -> None:
    """The form holds the old text; what a browser sends has other line ends, and is the same."""
    page = read(researcher.get(f"/prompts/{NAME}/1/edit/"))
    (area,) = page.all("textarea")
    assert area.raw.strip() == text(1).strip()
    body = text().replace("\n\n## user", "\n\nBe brief.  \n\n## user").replace("\n", "\r\n")
    answer = researcher.post(
        f"/prompts/{NAME}/1/edit/", {"text": body, "note": "brief", "to": "new"}
    )
    assert answer["Location"] == f"/prompts/{NAME}/101/"
    made = PromptVersion.objects.get(name=NAME, version=101)
    assert (made.note, made.by, made.shipped) == ("brief", user, False)
    assert made.text.startswith("---\nname: judge_pair\nversion: 101\n---\n## system\n")
    assert "\r" not in made.text
    assert "Be brief.\n" in made.text


def test_a_saved_file_can_be_sent_back(researcher: Client) -> None:
    """With its head, whose number is that of the old version."""
    whole = PromptVersion.objects.get(name=NAME, version=NEWEST).text.replace("user's", "person's")
    whole = whole.replace("## user", "Be brief.\n\n## user")
    answer = researcher.post(f"/prompts/{NAME}/{NEWEST}/edit/", {"text": whole, "to": "new"})
    assert answer["Location"] == f"/prompts/{NAME}/101/"
    other = whole.replace("name: judge_pair", "name: judge_gain")
    answer = researcher.post(f"/prompts/{NAME}/{NEWEST}/edit/", {"text": other, "to": "new"})
    assert answer.status_code == 422
    assert "The head names another prompt" in read(answer).text


def test_what_is_wrong_is_said_and_nothing_is_lost(researcher: Client) -> None:
    """Peers 6.2: no own version can bare the texts of people, or take the warning away."""
    body = text().replace("{{response_a}}", "{response_a}").replace("the mark {mark}", "a mark")
    answer = researcher.post(f"/prompts/{NAME}/1/edit/", {"text": body, "note": "n", "to": "new"})
    assert answer.status_code == 422
    page = read(answer)
    assert "write {{response_a}}, alone on its line" in page.text
    assert "{{response_a}} is missing" in page.text
    assert "The sentence with {mark} is missing" in page.text
    (area,) = page.all("textarea")
    assert area.raw.strip() == body.strip()
    assert not PromptVersion.objects.filter(shipped=False).exists()


@pytest.mark.parametrize("bad", ["", "  ", "x" * 50_001, "a\0b", "---\nname: x\n---"])
def test_bad_input(researcher: Client, bad: str) -> None:
    answer = researcher.post(f"/prompts/{NAME}/1/edit/", {"text": bad, "to": "new"})
    assert answer.status_code == 422
    assert not PromptVersion.objects.filter(shipped=False).exists()


def test_a_version_that_nobody_used_is_changed_in_place(researcher: Client) -> None:
    one = written()
    page = read(researcher.get(f"/prompts/{NAME}/101/edit/"))
    assert [b.text for b in page.all("button", "button-primary")] == ["Save"]
    body = body_of(one.text).replace("Be brief.", "Be very brief.")
    answer = researcher.post(f"/prompts/{NAME}/101/edit/", {"text": body, "note": "", "to": "here"})
    assert answer["Location"] == f"/prompts/{NAME}/101/"
    one.refresh_from_db()
    assert "Be very brief." in one.text
    assert one.hash == verbs.load(NAME, 101).hash
    assert PromptVersion.objects.filter(name=NAME, shipped=False).count() == 1


def test_used_while_somebody_was_writing(researcher: Client) -> None:
    """It is not changed; what was written stays on the page and can be saved as a new version."""
    one = written()
    body = body_of(one.text).replace("Be brief.", "Be very brief.")
    used(one)
    answer = researcher.post(f"/prompts/{NAME}/101/edit/", {"text": body, "to": "here"})
    assert answer.status_code == 409
    page = read(answer)
    assert "It has been used meanwhile" in page.text
    assert "Be very brief." in next(page.all("textarea")).raw
    assert [b.text for b in page.all("button", "button-primary")] == ["Save as a new version"]
    one.refresh_from_db()
    assert "Be very brief." not in one.text


def test_shipped_texts_cannot_be_changed_by_hand(researcher: Client) -> None:
    """Also not by a form that says so."""
    body = text(1).replace("## user", "More.\n\n## user")
    answer = researcher.post(f"/prompts/{NAME}/{NEWEST}/edit/", {"text": body, "to": "here"})
    assert answer.status_code in (409, 422)
    assert PromptVersion.objects.get(name=NAME, version=NEWEST).hash == prompt(NAME).hash


def test_what_nobody_may_say_is_ignored(researcher: Client, user: m.User) -> None:
    """Peers 6.2, mass assignment: name, number, author and times are not for a form to choose."""
    body = text().replace("## user", "Be brief.\n\n## user")
    more = {"version": "3", "name": "reply", "shipped": "1", "by": "99", "used_at": "2020-01-01"}
    researcher.post(f"/prompts/{NAME}/1/edit/", {"text": body, "to": "new", "hash": "0", **more})
    made = PromptVersion.objects.get(note="", shipped=False)
    assert (made.name, made.version, made.by, made.used_at) == (NAME, 101, user, None)
    assert made.hash == verbs.load(NAME, 101).hash


def test_sent_twice_it_is_one_version(researcher: Client) -> None:
    """Peers 6.2: double submit, or the back button."""
    sent = {"text": text().replace("## user", "Be brief.\n\n## user"), "to": "new"}
    answers = [researcher.post(f"/prompts/{NAME}/1/edit/", sent)["Location"] for _time in range(2)]
    assert answers == [f"/prompts/{NAME}/101/"] * 2
    assert PromptVersion.objects.filter(shipped=False).count() == 1


def test_texts_are_texts(researcher: Client) -> None:
    """Peers 6.1, XSS: in a prompt, in its note, and in what sets it apart."""
    strange = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    body = text().replace("## user", f"{strange}\n\n## user")
    sent = {"text": body, "note": strange, "to": "new"}
    assert researcher.post(f"/prompts/{NAME}/1/edit/", sent).status_code == 302
    for page in ("", "101/", "101/edit/", "101/test/", "difference/"):
        answer = researcher.get(f"/prompts/{NAME}/{page}")
        assert answer.status_code == 200
        assert strange.encode() not in answer.content
        assert page == "101/test/" or b"&lt;script&gt;" in answer.content


def test_only_researchers(client: Client) -> None:
    one = f"/prompts/{NAME}/1/"
    pages = ["/prompts/", f"/prompts/{NAME}/", one, f"{one}edit/", f"{one}test/", f"{one}prompt.md"]
    for page in pages:
        assert client.get(page)["Location"].startswith("/signin/")
    assert client.post(f"{one}edit/", {"text": text(), "to": "new"})["Location"].startswith(
        "/signin"
    )


def test_people_who_take_part_are_strangers_here() -> None:
    client = visiting(make.enrolled())
    for page in (
        "/prompts/",
        f"/prompts/{NAME}/",
        f"/prompts/{NAME}/1/",
        f"/prompts/{NAME}/1/test/",
    ):
        assert client.get(page)["Location"].startswith("/signin/")


def test_wrong_methods(researcher: Client) -> None:
    one = f"/prompts/{NAME}/1/"
    for page in ("/prompts/", f"/prompts/{NAME}/", one, f"{one}prompt.md"):
        assert researcher.post(page).status_code == 405
    assert researcher.delete(f"{one}edit/").status_code == 405
