"""A store can be a bucket behind the S3 API, whose objects may be locked for a time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("repository", "0005_store_register")]

    operations = [
        migrations.AddField(
            "store", "lock_days", models.PositiveIntegerField(default=0)
        ),
        migrations.AlterField(
            "store",
            "kind",
            models.CharField(
                choices=[("folder", "Thư mục"), ("s3", "Kho đối tượng S3")],
                default="folder",
                max_length=10,
            ),
        ),
    ]
