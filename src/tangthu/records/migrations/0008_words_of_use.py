"""A copy that states its source is called so, for it is no certified copy: words only, no table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("records", "0007_leaving"),
    ]

    operations = [
        migrations.AlterField(
            model_name="use",
            name="kind",
            field=models.CharField(
                choices=[
                    ("view", "Xem"), ("print", "In"), ("download", "Tải tệp gốc"),
                    ("marked", "Tải bản có ghi nguồn"), ("dip", "Tải gói sử dụng"),
                    ("list_print", "In danh sách"), ("list_export", "Xuất danh sách"),
                    ("list_download", "Tải danh sách đã xuất"),
                ],
                max_length=20,
            ),
        ),
    ]
