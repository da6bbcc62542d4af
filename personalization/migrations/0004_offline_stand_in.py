"""The stand-in is an endpoint like any other: it is there from the start."""

from django.db import migrations

ADD = """
INSERT INTO personalization_endpoint (name, kind, url, provider, model, fixed)
VALUES ('offline-stand-in', 'offline', '', '', 'offline-stand-in', true)
"""
REMOVE = "DELETE FROM personalization_endpoint WHERE name = 'offline-stand-in'"


class Migration(migrations.Migration):
    dependencies = [("personalization", "0003_machine")]

    operations = [migrations.RunSQL(ADD, REMOVE)]
