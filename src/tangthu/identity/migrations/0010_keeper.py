"""A role for who keeps the house; who has it from before is appointed after the migration, with an
event (identity/actions/keep_house.py, `hand_over`)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0009_body_settings'),
    ]

    operations = [
        migrations.AlterField(
            model_name='position',
            name='role',
            field=models.CharField(choices=[('leader', 'Người đứng đầu'), ('deputy', 'Cấp phó'), ('unit_head', 'Lãnh đạo đơn vị'), ('officer', 'Chuyên viên'), ('clerk', 'Văn thư'), ('form_checker', 'Người kiểm tra thể thức'), ('follow_up', 'Người theo dõi, đôn đốc'), ('archivist', 'Lưu trữ viên'), ('historical_archivist', 'Lưu trữ viên lưu trữ lịch sử'), ('administrator', 'Quản trị cơ quan'), ('keeper', 'Quản trị hệ thống'), ('security_officer', 'Phụ trách an toàn thông tin'), ('inspector', 'Người kiểm tra')], max_length=20),
        ),
    ]
