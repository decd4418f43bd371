"""A document that went out in a use package is a use of its own kind: names only, no table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("records", "0005_secrecy"),
    ]

    operations = [
        migrations.AlterField(
            model_name="use",
            name="kind",
            field=models.CharField(
                choices=[
                    ("view", "Xem"), ("print", "In"), ("download", "Tải tệp gốc"),
                    ("marked", "Tải bản có dấu"), ("dip", "Tải gói sử dụng"),
                    ("list_print", "In danh sách"), ("list_export", "Xuất danh sách"),
                    ("list_download", "Tải danh sách đã xuất"),
                ],
                max_length=20,
            ),
        ),
    ]
