"""The living style guide."""

from django.test import Client

from annotation import models as m
from tests.personalization.views.pages import read


def test_it_works(researcher: Client) -> None:
    page = read(researcher.get("/design/"))
    assert len(list(page.all("section"))) > 5


def test_not_for_a_stranger(client: Client, db: None) -> None:
    assert client.get("/design/")["Location"] == "/signin/?next=/design/"


def test_not_for_an_inactive_account(researcher: Client, user: m.User) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get("/design/").status_code == 302


def test_wrong_method(researcher: Client) -> None:
    assert researcher.post("/design/").status_code == 405
