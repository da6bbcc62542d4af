"""Every extraction and generation is of an arm."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("personalization", "0011_arms_known")]

    operations = [
        migrations.AlterField(
            model_name="extraction",
            name="arm",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="personalization.arm",
            ),
        ),
        migrations.AlterField(
            model_name="generation",
            name="arm",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="personalization.arm",
            ),
        ),
        migrations.RemoveField(
            model_name="extraction",
            name="extractor",
        ),
        migrations.RemoveField(
            model_name="generation",
            name="generator",
        ),
    ]
