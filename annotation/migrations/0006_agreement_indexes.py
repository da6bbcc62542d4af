"""Find repeats and what judges say beside their values without looking at every answer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0005_judgment_page"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="judgment",
            index=models.Index(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("use", "repeat"), ("value__isnull", False)
                ),
                fields=["question", "role"],
                name="judgment_repeat",
            ),
        ),
        migrations.AddIndex(
            model_name="judgment",
            index=models.Index(
                condition=models.Q(
                    ("occasion", 0),
                    ("role", "machine"),
                    ("superseded_at__isnull", True),
                    ("use", "label"),
                    models.Q(
                        ("score__isnull", False),
                        ("certainty__isnull", False),
                        ("distribution__isnull", False),
                        _connector="OR",
                    ),
                ),
                fields=["question"],
                name="judgment_details",
            ),
        ),
    ]
