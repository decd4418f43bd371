"""Units, positions, delegations, groups and grants; an appointment is to a position (RM-336).

Appointments are few, so their table is made anew: each distinct title and role of a body becomes a
position. The events that appointed people stand in the ledger as they were.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from tangthu.ledger.protection import Protect

_ASIDE = """
CREATE TABLE identity_appointment_before AS SELECT * FROM identity_appointment;
DROP TABLE identity_appointment;
"""
_BACK = """
INSERT INTO identity_position (id, body_id, title, role, effective_from)
    SELECT gen_random_uuid(), body_id, position, role, min(effective_from)
    FROM identity_appointment_before GROUP BY body_id, position, role;
INSERT INTO identity_appointment
    (id, person_id, position_id, kind, effective_from, effective_to, decision, asked_at, alone,
     confirmed_at)
    SELECT a.id, a.person_id, p.id, 'main', a.effective_from, a.effective_to, '', now(), false,
           now()
    FROM identity_appointment_before a
    JOIN identity_position p
        ON p.body_id = a.body_id AND p.title = a.position AND p.role = a.role;
DROP TABLE identity_appointment_before;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0005_body_of_the_mode'),
        ('ledger', '0001_schema'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_ASIDE)],
            state_operations=[migrations.DeleteModel('Appointment')],
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('sort_key', models.CharField(max_length=400)),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='identity.body')),
            ],
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('asked_by', models.UUIDField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('alone', models.BooleanField(default=False)),
                ('confirmed_by', models.UUIDField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('refused_by', models.UUIDField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('ended_by', models.UUIDField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_confirmed_at', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('effective_from', models.DateField()),
                ('effective_to', models.DateField(blank=True, null=True)),
                ('decision', models.CharField(max_length=200)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='identity.group')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='identity.person')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=120)),
                ('role', models.CharField(choices=[('leader', 'Người đứng đầu'), ('deputy', 'Cấp phó'), ('unit_head', 'Lãnh đạo đơn vị'), ('officer', 'Chuyên viên'), ('clerk', 'Văn thư'), ('form_checker', 'Người kiểm tra thể thức'), ('follow_up', 'Người theo dõi, đôn đốc'), ('archivist', 'Lưu trữ viên'), ('historical_archivist', 'Lưu trữ viên lưu trữ lịch sử'), ('administrator', 'Quản trị'), ('security_officer', 'Phụ trách an toàn thông tin'), ('inspector', 'Người kiểm tra')], max_length=20)),
                ('effective_from', models.DateField()),
                ('effective_to', models.DateField(blank=True, null=True)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='identity.body')),
            ],
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('asked_by', models.UUIDField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('alone', models.BooleanField(default=False)),
                ('confirmed_by', models.UUIDField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('refused_by', models.UUIDField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('ended_by', models.UUIDField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_confirmed_at', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('main', 'Chính thức'), ('concurrent', 'Kiêm nhiệm'), ('acting', 'Quyền, phụ trách')], default='main', max_length=10)),
                ('effective_from', models.DateField()),
                ('effective_to', models.DateField(blank=True, null=True)),
                ('decision', models.CharField(default='', max_length=200)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='identity.person')),
                ('position', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='identity.position')),
            ],
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('sort_key', models.CharField(max_length=400)),
                ('effective_from', models.DateField()),
                ('effective_to', models.DateField(blank=True, null=True)),
                ('decision', models.CharField(default='', max_length=200)),
                ('end_decision', models.CharField(default='', max_length=200)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='identity.body')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='identity.unit')),
                ('succeeds', models.ManyToManyField(related_name='succeeded_by', to='identity.unit')),
            ],
        ),
        migrations.AddField(
            model_name='position',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='identity.unit'),
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rights', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('effective_from', models.DateField()),
                ('effective_to', models.DateField()),
                ('decision', models.CharField(max_length=200)),
                ('given_at', models.DateTimeField()),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.body')),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations_given', to='identity.person')),
                ('receiver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to='identity.person')),
            ],
            options={
                'indexes': [models.Index(fields=['body', 'effective_to'], name='delegation_of_body')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('asked_by', models.UUIDField(null=True)),
                ('asked_at', models.DateTimeField()),
                ('alone', models.BooleanField(default=False)),
                ('confirmed_by', models.UUIDField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('refused_by', models.UUIDField(null=True)),
                ('refused_at', models.DateTimeField(null=True)),
                ('ended_by', models.UUIDField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_confirmed_at', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('right', models.CharField(max_length=40)),
                ('scope_kind', models.CharField(choices=[('body', 'Toàn cơ quan'), ('fonds', 'Phông'), ('dossier', 'Hồ sơ'), ('document', 'Tài liệu')], max_length=10)),
                ('scope', models.UUIDField()),
                ('holder_kind', models.CharField(choices=[('person', 'Người'), ('position', 'Chức vụ'), ('unit', 'Đơn vị'), ('group', 'Nhóm')], max_length=10)),
                ('holder', models.UUIDField()),
                ('effective_from', models.DateField()),
                ('effective_to', models.DateField(blank=True, null=True)),
                ('decision', models.CharField(max_length=200)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='identity.body')),
            ],
            options={
                'indexes': [models.Index(fields=['holder'], name='grant_holder'), models.Index(fields=['scope'], name='grant_scope'), models.Index(fields=['body', 'asked_at', 'id'], name='grant_of_body')],
            },
        ),
        migrations.AddIndex(
            model_name='group',
            index=models.Index(fields=['body', 'sort_key'], name='group_of_body'),
        ),
        migrations.AddIndex(
            model_name='appointment',
            index=models.Index(condition=models.Q(('confirmed_at', None), ('refused_at', None)), fields=['asked_at'], name='appointment_waits'),
        ),
        migrations.AddIndex(
            model_name='unit',
            index=models.Index(fields=['body', 'sort_key'], name='unit_of_body'),
        ),
        migrations.AddIndex(
            model_name='position',
            index=models.Index(fields=['body', 'role'], name='position_role'),
        ),
        migrations.RunSQL(_BACK),
        Protect("identity_unit", "id"),
        Protect("identity_position", "id"),
        Protect("identity_appointment", "person_id"),
        Protect("identity_delegation", "giver_id"),
        Protect("identity_group", "id"),
        Protect("identity_groupmember", "group_id"),
        Protect("identity_grant", "id"),
    ]
