"""Whether TT05 binds a body (AR-03), and whose words its screens use (RM-013)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0008_practice'),
    ]

    operations = [
        migrations.AddField(
            model_name='body',
            name='applies_tt05',
            field=models.CharField(choices=[('mandatory', 'Bắt buộc (cơ quan, đơn vị, doanh nghiệp nhà nước)'), ('voluntary', 'Tự nguyện (lưu trữ tư)')], db_default='mandatory', default='mandatory', max_length=10),
        ),
        migrations.AddField(
            model_name='body',
            name='terms',
            field=models.CharField(choices=[('law2024', 'Theo Luật Lưu trữ 2024'), ('nd30', 'Theo Nghị định 30/2020')], db_default='law2024', default='law2024', max_length=10),
        ),
    ]
