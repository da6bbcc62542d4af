"""The declared tables keep up with the database."""

import re

import pytest
from django.apps import apps

from personalization.releases.schema import TYPES, Table
from personalization.releases.tables import TABLES


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_of_the_database_is_exported_or_held_back_with_a_reason(table: Table) -> None:
    (model,) = (model for model in apps.get_models() if model._meta.db_table == table.base)
    exported = {name for column in table.columns for name in re.findall(r"\bt\.(\w+)", column.sql)}
    assert exported | set(table.held_back) == {f.column for f in model._meta.concrete_fields}, (
        "A column came or went: say in personalization/releases/tables.py whether exports hold it,"
        " and raise SCHEMA_VERSION."
    )


def test_names_are_unique_and_types_known() -> None:
    assert len({table.name for table in TABLES}) == len(TABLES)
    for table in TABLES:
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        assert {column.type for column in table.columns} <= set(TYPES)
