"""Who may open the pages of a study, and how; what each does is in a file of its own."""

import pytest
from django.test import Client

from annotation import models as m
from annotation.progress import Standing
from tests import busy
from tests import factories as make
from tests.personalization.views.cost import queries_of

PAGES = ["", "settings/", "queries/", "consent/", "invites/", "people/", "plan/", "plan/share/"]
# Pages that only take forms, with what they need.
FORMS = {
    "retry/": {"step": "reply"},
    "settings/models/": {},
    "settings/close/": {"to": "closed"},
    "queries/1/delete/": {},
    "invites/1/close/": {},
    "plan/open/": {},
    "plan/share/back/": {"person": "p-nobody", "stage": "review"},
}
TAKING = {
    "settings/": {"title": "Taken"},
    "queries/": {"texts": "Taken?"},
    "consent/": {"text": "Taken."},
    "invites/": {"way": "whole", "label": "Taken"},
    "plan/": {"gold_every": "5"},
    "plan/share/": {"stage": "review", "people": "p-nobody 1"},
    **FORMS,
}


@pytest.fixture
def study(db: None) -> m.Study:
    return make.study(name="one")


def rows() -> list[int]:
    """Return how much there is of what these pages make or change."""
    return [
        m.Study.objects.filter(title="", closed_at=None).count(),
        m.Query.objects.count(),
        m.ConsentText.objects.count(),
        m.Invite.objects.count(),
    ]


@pytest.mark.parametrize("page", PAGES)
def test_they_open(researcher: Client, study: m.Study, page: str) -> None:
    """Also where nothing is there yet."""
    assert researcher.get(f"/studies/one/{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_not_for_a_stranger(client: Client, study: m.Study, page: str) -> None:
    path = f"/studies/one/{page}"
    assert client.get(path)["Location"] == f"/signin/?next={path}"


@pytest.mark.parametrize("page", PAGES)
def test_not_for_somebody_who_takes_part(client: Client, study: m.Study, page: str) -> None:
    """A participant's browser is a stranger's here."""
    session = client.session
    session["participant"] = make.participant().pk
    session.save()
    assert client.get(f"/studies/one/{page}").status_code == 302


@pytest.mark.parametrize("page", TAKING)
def test_nothing_is_taken_from_a_stranger(client: Client, study: m.Study, page: str) -> None:
    before = rows()
    response = client.post(f"/studies/one/{page}", TAKING[page])
    assert response["Location"].startswith("/signin/")
    assert rows() == before


@pytest.mark.parametrize("page", PAGES)
def test_not_for_an_inactive_account(researcher: Client, user: m.User, page: str) -> None:
    make.study(name="one")
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get(f"/studies/one/{page}").status_code == 302


@pytest.mark.parametrize("page", TAKING)
def test_nothing_is_taken_without_the_token(careful: Client, study: m.Study, page: str) -> None:
    """A form of another site changes nothing."""
    before = rows()
    assert careful.post(f"/studies/one/{page}", TAKING[page]).status_code == 403
    assert rows() == before


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_wrong_method(researcher: Client, study: m.Study, method: str) -> None:
    for page in (*PAGES, *FORMS):
        assert getattr(researcher, method)(f"/studies/one/{page}").status_code == 405


@pytest.mark.parametrize("page", FORMS)
def test_forms_are_no_pages(researcher: Client, study: m.Study, page: str) -> None:
    assert researcher.get(f"/studies/one/{page}").status_code == 405


@pytest.mark.parametrize("page", [*PAGES, *FORMS])
def test_no_such_study(researcher: Client, study: m.Study, page: str) -> None:
    path = f"/studies/two/{page}"
    response = researcher.post(path, FORMS[page]) if page in FORMS else researcher.get(path)
    assert response.status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_they_cost_the_same_with_many(researcher: Client, db: None, page: str) -> None:
    """Ten times as many people, sheets, failures, queries, texts and invites: as many queries."""
    costs = []
    for many in (1, 10):
        study = busy.study(people=many)
        for number in range(many):
            make.query(study=study)
            study.invites.create(label=str(number))
            busy.consent(study)
        costs.append(queries_of(researcher, f"/studies/{study.name}/{page}"))
    assert costs[0] == costs[1] <= 26


def test_the_moving_part_costs_less(researcher: Client, db: None) -> None:
    """What is asked for every ten seconds does not look at questions, reports and imports."""
    study = busy.study()
    busy.person(study, Standing.CHATTING)
    path = f"/studies/{study.name}/"
    whole = queries_of(researcher, path)
    researcher.defaults["HTTP_HX_REQUEST"] = "true"
    assert queries_of(researcher, path) < whole
