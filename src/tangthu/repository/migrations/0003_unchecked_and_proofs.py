"""A copy that could not be looked at is not a bad copy; the proof kept beside a copy."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repository", "0002_protect")]
    operations = [
        migrations.AddField("copy", "proof_version", models.PositiveIntegerField(default=0)),
        migrations.AlterField(
            "copy",
            "state",
            models.CharField(
                choices=[
                    ("good", "Nguyên vẹn"),
                    ("bad", "Hỏng"),
                    ("unrepairable", "Không phục hồi được"),
                    ("unchecked", "Chưa kiểm tra được"),
                ],
                default="good",
                max_length=12,
            ),
        ),
    ]
