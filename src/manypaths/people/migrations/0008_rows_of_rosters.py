"""Remember which rows of a roster say who is where."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0007_told_apart")]

    operations = [
        migrations.AddField(
            model_name=model,
            name="source_rows",
            field=models.TextField(blank=True, db_default="", default=""),
        )
        for model in ("membership", "relationship", "roleheld")
    ]
