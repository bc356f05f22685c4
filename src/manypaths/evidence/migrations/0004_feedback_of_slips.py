from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0003_drafts_contests_and_looks"),
    ]

    operations = [
        migrations.AddField(
            model_name="slip",
            name="feedback",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
