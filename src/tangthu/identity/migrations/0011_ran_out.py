"""Whether the last position of a person at a body ran out by its own last day, asked on any day."""

from django.db import migrations

# Of positions that end by hand somebody is told, and ends what hung on them (actions/last_post.py).
_FUNCTION = """
CREATE FUNCTION identity_ran_out(person uuid, body uuid, since timestamptz, today date)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM identity_appointment a
        JOIN identity_position p ON p.id = a.position_id AND p.body_id = body
        WHERE a.person_id = person
        AND (a.confirmed_at IS NOT NULL OR a.alone) AND a.refused_at IS NULL
        AND a.ended_at IS NULL
        AND a.effective_to < today
        AND a.effective_to >= (since AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
        AND NOT EXISTS (
            SELECT FROM identity_appointment n
            JOIN identity_position q ON q.id = n.position_id AND q.body_id = body
            WHERE n.person_id = person
            AND (n.confirmed_at IS NOT NULL OR n.alone) AND n.refused_at IS NULL
            AND n.effective_from <= a.effective_to + 1
            AND (n.effective_to IS NULL OR n.effective_to > a.effective_to)
            AND (n.ended_at IS NULL
                 OR (n.ended_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date > a.effective_to)
        )
    )
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("identity", "0010_keeper"),
    ]

    operations = [migrations.RunSQL(_FUNCTION, reverse_sql=None)]
