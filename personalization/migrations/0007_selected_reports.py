"""Reports of a chosen part of the answers, and pattern counts, are kept as well."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("annotation", "0008_stamps_of_all"),
        ("personalization", "0006_api_token"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementPatterns",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("selection", models.TextField(blank=True, db_default="", default="")),
                ("stamp", models.BigIntegerField()),
                ("kernel", models.PositiveSmallIntegerField()),
                ("computed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("role", models.TextField()),
                ("content", models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name="agreementreport",
            name="selection",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="agreementreport",
            name="question",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="agreement_reports",
                related_query_name="agreement_report",
                to="annotation.question",
            ),
        ),
        migrations.AlterField(
            model_name="agreementreport",
            name="stamp",
            field=models.BigIntegerField(),
        ),
        migrations.AddConstraint(
            model_name="agreementreport",
            constraint=models.UniqueConstraint(
                fields=("question", "selection"), name="report_kept_once"
            ),
        ),
        migrations.AddField(
            model_name="agreementpatterns",
            name="question",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="annotation.question",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementpatterns",
            constraint=models.UniqueConstraint(
                fields=("question", "role", "selection"), name="patterns_kept_once"
            ),
        ),
    ]
