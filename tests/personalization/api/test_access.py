"""Who may use the API, and what it refuses before it looks at a study."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone
from rules.permissions import set_perm
from rules.predicates import predicate

from annotation import models as m
from annotation import permissions
from personalization.models import ApiToken
from tests import factories as make
from tests.personalization.api.conftest import JSON, Program, Whole, program_of

READS = ("me/", "schema/", "studies/", "{}/", "{}/questions/", "{}/items/", "{}/judgments/",
         "{}/agreement/?question=attribute", "items/{item}/")  # fmt: skip


def reads(whole: Whole) -> Iterator[str]:
    for path in READS:
        yield path.format(whole.path, item=whole.items["record"].pk)


def problem(response: Any, status: int, code: str) -> dict[str, Any]:  # noqa: ANN401
    """Expect a documented error; return it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == JSON
    assert response["X-Content-Type-Options"] == "nosniff"
    body: dict[str, Any] = response.json()
    assert body.keys() == {"error", "detail", "fields"}
    assert body["error"] == code
    return body


def body_of(whole: Whole) -> dict[str, Any]:
    answer = {"item": whole.items["record"].pk, "value": "yes"}
    return {"judge": {"name": "a judge"}, "judgments": [answer]}


def test_a_researcher_reads_everything(program: Program, whole: Whole) -> None:
    for path in reads(whole):
        response = program.get(path)
        assert response.status_code == 200, path
        assert response["Cache-Control"] == "private, no-store"


def test_a_stranger_reads_and_posts_nothing(client: Client, whole: Whole) -> None:
    for path in reads(whole):
        response = client.get(f"/api/v1/{path}")
        problem(response, 401, "not_authenticated")
        assert response["WWW-Authenticate"] == "Token"
    posted = client.post(f"/api/v1/{whole.path}/judgments/", body_of(whole), content_type=JSON)
    problem(posted, 401, "not_authenticated")
    assert not m.Rater.objects.filter(name="a judge").exists()


def test_another_role_reads_and_posts_nothing(program: Program, whole: Whole) -> None:
    """Every role that an account can have is a researcher's so far: here none is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(permissions, "UserRole", type("Nobody", (), {"values": []}))
        for path in reads(whole):
            problem(program.get(path), 403, "permission_denied")
        posted = program.post(f"{whole.path}/judgments/", body_of(whole))
        problem(posted, 403, "permission_denied")
    assert not m.Rater.objects.filter(name="a judge").exists()


def test_each_study_asks_its_own_rule(program: Program, whole: Whole) -> None:
    """Object permissions: a study that the account may not see gives nothing of itself."""
    hidden = whole.study.pk

    def may_see(user: object, study: m.Study) -> bool:
        return study.pk != hidden

    other = make.study()
    set_perm(permissions.SEE_STUDY, predicate(may_see))
    try:
        listed = [one["name"] for one in program.read("studies/")["results"]]
        assert listed == [other.name]
        assert program.read(f"studies/{other.name}/")["name"] == other.name
        for path in reads(whole):
            if path not in {"me/", "schema/", "studies/"}:
                problem(program.get(path), 403, "permission_denied")
        problem(program.post(f"{whole.path}/judgments/", body_of(whole)), 403, "permission_denied")
    finally:
        set_perm(permissions.SEE_STUDY, predicate(permissions.may_see))


def test_an_expired_token_opens_nothing(program: Program) -> None:
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    problem(program.get("me/"), 401, "not_authenticated")


def test_a_revoked_token_opens_nothing(program: Program) -> None:
    program.read("me/")
    ApiToken.objects.all().delete()
    problem(program.get("me/"), 401, "not_authenticated")


def test_a_closed_account_opens_nothing(program: Program, user: m.User) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    problem(program.get("me/"), 401, "not_authenticated")


@pytest.mark.parametrize("header", [
    "Token", "Token ", "Token x", "Token a b", "Bearer {}", "{}", "Token {}x", "Token \xff\xfe", "Token \x00",
    "Token concord_" + "0" * 64, "Token " + "a" * 10_000, "Basic dXNlcjpwYXNz",
])  # fmt: skip
def test_a_wrong_header_opens_nothing(program: Program, header: str) -> None:
    """Whatever bytes stand there: 401, never an error."""
    given = header.format(program.token)
    problem(Client(headers={"authorization": given}).get("/api/v1/me/"), 401, "not_authenticated")


def test_only_a_digest_is_stored(program: Program) -> None:
    stored = ApiToken.objects.values().get()
    assert program.token not in str(stored)
    assert program.token[15:] not in str(stored)
    assert len(stored["digest"]) == 128


def test_the_token_says_who_it_is_and_how_long(program: Program, user: m.User) -> None:
    me = program.read("me/")
    assert (me["user"], me["role"], me["token"]["name"]) == (user.username, "researcher", "tests")
    assert ApiToken.objects.get().used_at is not None


def test_a_browser_reads_by_its_session_and_posts_with_the_csrf_token(
    user: m.User, whole: Whole
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.get("/api/v1/me/").json()["token"] is None
    path = f"/api/v1/{whole.path}/judgments/"
    problem(browser.post(path, body_of(whole), content_type=JSON), 403, "permission_denied")
    assert not m.Rater.objects.filter(name="a judge").exists()


def test_two_accounts_are_counted_apart(program: Program, settings: Any) -> None:  # noqa: ANN401
    """429 with the seconds to wait; reads and posts apart, whatever token they come with."""
    rates = {**site.REST_FRAMEWORK, "DEFAULT_THROTTLE_RATES": {"read": "3/min", "post": "1/min"}}
    settings.REST_FRAMEWORK = rates
    for _again in range(3):
        program.read("me/")
    response = program.get("me/")
    problem(response, 429, "throttled")
    assert 0 < int(response["Retry-After"]) <= 60
    account = ApiToken.objects.get().user
    problem(program_of(account).get("me/"), 429, "throttled")
    program_of(make.user()).read("me/")
    assert program.post("studies/none/judgments/", {}).status_code == 404
    problem(program.post("studies/none/judgments/", {}), 429, "throttled")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_refused(program: Program, whole: Whole, method: str) -> None:
    for path in ("me/", "studies/", f"{whole.path}/judgments/"):
        response = getattr(program.client, method)(f"/api/v1/{path}")
        problem(response, 405, "method_not_allowed")
        assert "GET" in response["Allow"]


def test_a_method_cannot_be_overridden(program: Program, whole: Whole) -> None:
    """A read stays a read, whatever headers or parameters call it."""
    path = f"/api/v1/{whole.path}/judgments/"
    count = m.Judgment.objects.count()
    read = program.client.get(path, headers={"x-http-method-override": "DELETE"})
    assert read.status_code == 200
    for name in ("_method", "method", "X-HTTP-Method-Override"):
        problem(program.client.get(path, {name: "DELETE"}), 400, "invalid")
    assert m.Judgment.objects.count() == count


@pytest.mark.parametrize("path", ["", "nowhere/", "studies/x/y/", "items/one/", "items/-1/", "items/9/x/",
                                  "items/" + "9" * 19 + "/", "items/" + "9" * 5000 + "/", "items/0/",
                                  "studies/UPPER/", "studies/a%00b/", "studies/a%0Ab/", "studies/%ff/",
                                  "studies/..%2f..%2fetc/"])  # fmt: skip
def test_what_is_not_there_is_not_found(program: Program, path: str) -> None:
    """Ids and names of nothing: 404 in JSON, never an error."""
    problem(program.get(path), 404, "not_found")
    assert program.post(path, {}).status_code in {404, 405}


def test_errors_are_in_one_language(program: Program) -> None:
    """Programs read them: the language of a browser changes nothing."""
    read = program.client.get("/api/v1/studies/none/", headers={"accept-language": "ar"})
    assert problem(read, 404, "not_found")["detail"] == "No Study matches the given query."


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "", "nonsense"])
def test_the_answer_is_json_whatever_is_accepted(program: Program, accept: str) -> None:
    """HTML in names stays text in JSON that no browser takes for a page."""
    m.Study.objects.create(name="evil", title="<script>alert(1)</script>")
    read = program.client.get("/api/v1/studies/evil/?", headers={"accept": accept})
    assert read.status_code == 200
    assert read["Content-Type"] == JSON
    assert read["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in read["Content-Security-Policy"]
    assert read.json()["title"] == "<script>alert(1)</script>"
