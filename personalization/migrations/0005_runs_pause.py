"""A run can pause until a person mends something, and says what it may not send."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("personalization", "0004_offline_stand_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="judgerun",
            name="paused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="judgerun",
            name="withheld",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
