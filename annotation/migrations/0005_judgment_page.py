"""The index by which the REST API pages through a question's answers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0004_consent_rules"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="judgment",
            index=models.Index(fields=["question", "id"], name="judgment_page"),
        ),
    ]
