"""Composite foreign keys of verdicts: the item's own question, and a value among its options."""

from django.db import migrations

KEYS = [
    ("verdict_item_of_question", "item_id, question_id", "annotation_item (id, question_id)"),
    ("verdict_value_is_option", "question_id, value", "annotation_option (question_id, code)"),
]


class Migration(migrations.Migration):
    dependencies = [("annotation", "0002_rules"), ("personalization", "0001_spine")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE personalization_verdict ADD CONSTRAINT {name}"
            f" FOREIGN KEY ({columns}) REFERENCES {target}",
            f"ALTER TABLE personalization_verdict DROP CONSTRAINT {name}",
        )
        for name, columns, target in KEYS
    ]
