"""The OpenAPI schema is true: schemathesis finds no answer that it does not describe."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from config.wsgi import application
from tests.personalization.api.conftest import Program, Whole

BOUNDED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
def test_the_schema_is_valid_and_complete(program: Program) -> None:
    """The same as `manage.py spectacular --validate --fail-on-warn`."""
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    assert "/api/v1/studies/{name}/judgments/" in out.getvalue()
    schema = program.read("schema/")
    assert {code for path in schema["paths"].values() for one in path.values() for code in
            one["responses"]} >= {"200", "201", "400", "401", "403", "404", "409", "413", "415", "429"}  # fmt: skip


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the test's transaction: a request of its own would close the connection around it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize(("known", "examples"), [(False, 4), (True, 10)])
def test_schemathesis_is_clean(program: Program, whole: Whole, known: bool, examples: int) -> None:
    """Good and bad input to every operation, on names made up and on what is there."""
    headers = {"Authorization": f"Token {program.token}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application, headers=headers)
    # Which items there are, and what their options are, no schema says: name none that is there.
    answer = schema.raw_schema["components"]["schemas"]["AnswerRequest"]
    answer["properties"]["item"]["minimum"] = 2**40
    operations = [one for path in schema.raw_schema["paths"].values() for one in path.values()]
    for one in operations:
        del one["security"]  # tokens have tests of their own
        if known:
            name_what_is_there(one.get("parameters", []), whole)
    for result in schema.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]
        # A name in an address is any text: nothing that can be sent there is of a wrong type.
        typed = [one for one in operation.iter_parameters() if one.name != "name"]
        wrongable = [*typed, *operation.body]
        for mode in GenerationMode if wrongable else [GenerationMode.POSITIVE]:
            check(operation.as_strategy(generation_mode=mode), headers, examples)
    assert len(operations) == 9


def name_what_is_there(parameters: list[dict[str, Any]], whole: Whole) -> None:
    there: dict[str, list[Any]] = {
        "name": [whole.study.name],
        "id": [item.pk for item in whole.items.values()],
        "question": list(whole.items),
    }
    for one in parameters:
        if one["name"] in there:
            one["schema"]["enum"] = there[one["name"]]


def check(cases: Any, headers: dict[str, str], examples: int) -> None:  # noqa: ANN401 - a strategy of cases
    @settings(BOUNDED, max_examples=examples)
    @given(cases)
    def holds(case: Any) -> None:  # noqa: ANN401
        cache.clear()  # no 429 here
        case.call_and_validate(headers=headers)

    holds()
