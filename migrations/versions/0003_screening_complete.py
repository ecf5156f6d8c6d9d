"""screening complete

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


# These tables only grow; written out here because a migration must stay what it was.
ONLY_GROW = ('tie_decisions', 'unit_reminders', 'handover_lines')


def _guard(table: str) -> list[str]:
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            for verb in ("update", "delete")
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} only grows'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_only_grows()",
    ]


def _let_unit_events_be(kinds: tuple[str, ...]) -> None:
    """Bound what a unit's event may be; SQLite copies the table for that, and its guards with it are gone."""
    named = ", ".join(f"'{kind}'" for kind in kinds)
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS unit_events_no_{verb}")
    with op.batch_alter_table("unit_events", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_unit_events_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_unit_events_kind"), f"kind IN ({named})")
    if op.get_bind().dialect.name == "sqlite":
        for statement in _guard("unit_events"):
            op.execute(statement)


def upgrade() -> None:
    """Go one step forward."""
    op.create_table('handovers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('number', sa.String(length=24), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('giver', sa.String(length=10), nullable=False),
    sa.Column('taker', sa.String(length=10), nullable=False),
    sa.Column('giver_name', sa.String(length=150), nullable=True),
    sa.Column('taker_name', sa.String(length=150), nullable=True),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('confirmed_on', sa.Date(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("giver IN ('school', 'unit', 'province')", name=op.f('ck_handovers_giver')),
    sa.CheckConstraint("taker IN ('school', 'unit', 'province')", name=op.f('ck_handovers_taker')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['users.id'], name=op.f('fk_handovers_confirmed_by')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_handovers_edition_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['users.id'], name=op.f('fk_handovers_recorded_by')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_handovers_school_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_handovers_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handovers')),
    sa.UniqueConstraint('number', name=op.f('uq_handovers_number')),
    sa.UniqueConstraint('token', name=op.f('uq_handovers_token'))
    )
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.create_index('ix_handovers_edition_id_confirmed_at_id', ['edition_id', 'confirmed_at', 'id'], unique=False)
        batch_op.create_index('ix_handovers_edition_id_unit_id_id', ['edition_id', 'unit_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_handovers_school_id'), ['school_id'], unique=False)

    op.create_table('quota_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('granted', sa.Integer(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'granted', 'refused', 'taken_back')", name=op.f('ck_quota_requests_state')),
    sa.CheckConstraint('asked > 0', name=op.f('ck_quota_requests_asked_positive')),
    sa.CheckConstraint('granted IS NULL OR granted > 0', name=op.f('ck_quota_requests_granted_positive')),
    sa.ForeignKeyConstraint(['asked_by'], ['users.id'], name=op.f('fk_quota_requests_asked_by')),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_quota_requests_decided_by')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_quota_requests_edition_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_quota_requests_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quota_requests')),
    sa.UniqueConstraint('token', name=op.f('uq_quota_requests_token'))
    )
    with op.batch_alter_table('quota_requests', schema=None) as batch_op:
        batch_op.create_index('ix_quota_requests_edition_id_state_id', ['edition_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_quota_requests_edition_id_unit_id_id', ['edition_id', 'unit_id', 'id'], unique=False)

    op.create_table('screeners',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('full_name', sa.String(length=150), nullable=False),
    sa.Column('job_title', sa.String(length=150), nullable=True),
    sa.Column('post', sa.String(length=10), nullable=False),
    sa.Column('marks', sa.Boolean(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('code_hash', sa.String(length=64), nullable=True),
    sa.Column('code_expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("post IN ('chair', 'secretary', 'member')", name=op.f('ck_screeners_post')),
    sa.ForeignKeyConstraint(['added_by'], ['users.id'], name=op.f('fk_screeners_added_by')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_screeners_edition_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_screeners_unit_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_screeners_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_screeners')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_screeners_code_hash')),
    sa.UniqueConstraint('token', name=op.f('uq_screeners_token'))
    )
    with op.batch_alter_table('screeners', schema=None) as batch_op:
        batch_op.create_index('ix_screeners_edition_id_unit_id_id', ['edition_id', 'unit_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_screeners_user_id'), ['user_id'], unique=False)

    op.create_table('tie_decisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('ordered', sa.JSON(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=150), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_tie_decisions_edition_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['users.id'], name=op.f('fk_tie_decisions_recorded_by')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_tie_decisions_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tie_decisions'))
    )
    with op.batch_alter_table('tie_decisions', schema=None) as batch_op:
        batch_op.create_index('ix_tie_decisions_edition_id_unit_id_id', ['edition_id', 'unit_id', 'id'], unique=False)

    op.create_table('unit_criteria',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('guidance', sa.Text(), nullable=True),
    sa.Column('max_points', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint('max_points > 0', name=op.f('ck_unit_criteria_max_points_positive')),
    sa.CheckConstraint('step > 0', name=op.f('ck_unit_criteria_step_positive')),
    sa.CheckConstraint('weight > 0', name=op.f('ck_unit_criteria_weight_positive')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_unit_criteria_edition_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_unit_criteria_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_criteria')),
    sa.UniqueConstraint('edition_id', 'unit_id', 'code', name=op.f('uq_unit_criteria_edition_id_unit_id_code'))
    )
    with op.batch_alter_table('unit_criteria', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_criteria_unit_id'), ['unit_id'], unique=False)

    op.create_table('unit_minutes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=True),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('began_at', sa.Time(), nullable=True),
    sa.Column('ended_at', sa.Time(), nullable=True),
    sa.Column('place', sa.String(length=200), nullable=True),
    sa.Column('chair', sa.String(length=150), nullable=True),
    sa.Column('secretary', sa.String(length=150), nullable=True),
    sa.Column('present', sa.JSON(), nullable=False),
    sa.Column('absent', sa.JSON(), nullable=False),
    sa.Column('opinions', sa.Text(), nullable=True),
    sa.Column('conclusion', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued_by', sa.Integer(), nullable=True),
    sa.Column('content', sa.JSON(), nullable=True),
    sa.Column('checksum', sa.String(length=64), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_unit_minutes_created_by')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_unit_minutes_edition_id')),
    sa.ForeignKeyConstraint(['issued_by'], ['users.id'], name=op.f('fk_unit_minutes_issued_by')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_unit_minutes_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_minutes')),
    sa.UniqueConstraint('token', name=op.f('uq_unit_minutes_token'))
    )
    with op.batch_alter_table('unit_minutes', schema=None) as batch_op:
        batch_op.create_index('ix_unit_minutes_edition_id_unit_id_id', ['edition_id', 'unit_id', 'id'], unique=False)

    op.create_table('unit_reaches',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('member_unit_id', sa.Integer(), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(member_unit_id IS NULL) <> (school_id IS NULL)', name=op.f('ck_unit_reaches_unit_or_school')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_unit_reaches_edition_id')),
    sa.ForeignKeyConstraint(['member_unit_id'], ['units.id'], name=op.f('fk_unit_reaches_member_unit_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_unit_reaches_school_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_unit_reaches_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_reaches')),
    sa.UniqueConstraint('edition_id', 'member_unit_id', name=op.f('uq_unit_reaches_edition_id_member_unit_id')),
    sa.UniqueConstraint('edition_id', 'school_id', name=op.f('uq_unit_reaches_edition_id_school_id'))
    )
    with op.batch_alter_table('unit_reaches', schema=None) as batch_op:
        batch_op.create_index('ix_unit_reaches_edition_id_unit_id', ['edition_id', 'unit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_unit_reaches_member_unit_id'), ['member_unit_id'], unique=False)
        batch_op.create_index('ix_unit_reaches_school_id', ['school_id'], unique=False)

    op.create_table('unit_reminders',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_by', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=150), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_unit_reminders_edition_id')),
    sa.ForeignKeyConstraint(['sent_by'], ['users.id'], name=op.f('fk_unit_reminders_sent_by')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_unit_reminders_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_reminders'))
    )
    with op.batch_alter_table('unit_reminders', schema=None) as batch_op:
        batch_op.create_index('ix_unit_reminders_edition_id_unit_id_id', ['edition_id', 'unit_id', 'id'], unique=False)

    op.create_table('unit_rounds',
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('marking', sa.String(length=10), nullable=False),
    sa.Column('own_criteria', sa.Boolean(), nullable=False),
    sa.Column('pass_mark', sa.Integer(), nullable=True),
    sa.Column('rank_within', sa.String(length=10), nullable=False),
    sa.Column('prizes', sa.JSON(), nullable=False),
    sa.Column('parent_body', sa.String(length=200), nullable=True),
    sa.Column('issuer', sa.String(length=200), nullable=True),
    sa.Column('place', sa.String(length=100), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_by', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("marking IN ('agreed', 'sheets')", name=op.f('ck_unit_rounds_marking')),
    sa.CheckConstraint("rank_within IN ('unit', 'group')", name=op.f('ck_unit_rounds_rank_within')),
    sa.CheckConstraint('pass_mark IS NULL OR pass_mark >= 0', name=op.f('ck_unit_rounds_pass_mark_not_negative')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_unit_rounds_edition_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_unit_rounds_unit_id')),
    sa.ForeignKeyConstraint(['updated_by'], ['users.id'], name=op.f('fk_unit_rounds_updated_by')),
    sa.PrimaryKeyConstraint('edition_id', 'unit_id', name=op.f('pk_unit_rounds'))
    )
    with op.batch_alter_table('unit_rounds', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_rounds_unit_id'), ['unit_id'], unique=False)

    op.create_table('signed_papers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('minutes_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('original_name', sa.String(length=150), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by', sa.Integer(), nullable=True),
    sa.Column('uploaded_name', sa.String(length=150), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('minutes', 'summary', 'handover')", name=op.f('ck_signed_papers_kind')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_signed_papers_edition_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_signed_papers_file_id')),
    sa.ForeignKeyConstraint(['minutes_id'], ['unit_minutes.id'], name=op.f('fk_signed_papers_minutes_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_signed_papers_unit_id')),
    sa.ForeignKeyConstraint(['uploaded_by'], ['users.id'], name=op.f('fk_signed_papers_uploaded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signed_papers')),
    sa.UniqueConstraint('token', name=op.f('uq_signed_papers_token'))
    )
    with op.batch_alter_table('signed_papers', schema=None) as batch_op:
        batch_op.create_index('ix_signed_papers_edition_id_unit_id_id', ['edition_id', 'unit_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_signed_papers_file_id'), ['file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_signed_papers_minutes_id'), ['minutes_id'], unique=False)

    op.create_table('arrivals',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('arrived_on', sa.Date(), nullable=False),
    sa.Column('condition', sa.String(length=12), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_arrivals_entry_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['users.id'], name=op.f('fk_arrivals_recorded_by')),
    sa.PrimaryKeyConstraint('entry_id', name=op.f('pk_arrivals'))
    )
    op.create_table('handover_lines',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('handover_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('condition', sa.String(length=12), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=True),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_handover_lines_entry_id')),
    sa.ForeignKeyConstraint(['handover_id'], ['handovers.id'], name=op.f('fk_handover_lines_handover_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_lines'))
    )
    with op.batch_alter_table('handover_lines', schema=None) as batch_op:
        batch_op.create_index('ix_handover_lines_entry_id_id', ['entry_id', 'id'], unique=False)
        batch_op.create_index('ix_handover_lines_handover_id_id', ['handover_id', 'id'], unique=False)

    op.create_table('screening_sheets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('screener_id', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.Column('typed_by', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_screening_sheets_entry_id')),
    sa.ForeignKeyConstraint(['screener_id'], ['screeners.id'], name=op.f('fk_screening_sheets_screener_id')),
    sa.ForeignKeyConstraint(['typed_by'], ['users.id'], name=op.f('fk_screening_sheets_typed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_screening_sheets')),
    sa.UniqueConstraint('entry_id', 'screener_id', name=op.f('uq_screening_sheets_entry_id_screener_id'))
    )
    with op.batch_alter_table('screening_sheets', schema=None) as batch_op:
        batch_op.create_index('ix_screening_sheets_screener_id_submitted_at', ['screener_id', 'submitted_at'], unique=False)

    op.create_table('unit_transfers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('from_unit_id', sa.Integer(), nullable=False),
    sa.Column('to_unit_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'accepted', 'refused', 'taken_back')", name=op.f('ck_unit_transfers_state')),
    sa.CheckConstraint('from_unit_id <> to_unit_id', name=op.f('ck_unit_transfers_two_units')),
    sa.ForeignKeyConstraint(['asked_by'], ['users.id'], name=op.f('fk_unit_transfers_asked_by')),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_unit_transfers_decided_by')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_unit_transfers_edition_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_unit_transfers_entry_id')),
    sa.ForeignKeyConstraint(['from_unit_id'], ['units.id'], name=op.f('fk_unit_transfers_from_unit_id')),
    sa.ForeignKeyConstraint(['to_unit_id'], ['units.id'], name=op.f('fk_unit_transfers_to_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_transfers')),
    sa.UniqueConstraint('token', name=op.f('uq_unit_transfers_token'))
    )
    with op.batch_alter_table('unit_transfers', schema=None) as batch_op:
        batch_op.create_index('ix_unit_transfers_edition_id_from_unit_id_id', ['edition_id', 'from_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_unit_transfers_edition_id_state_decided_on', ['edition_id', 'state', 'decided_on'], unique=False)
        batch_op.create_index('ix_unit_transfers_edition_id_to_unit_id_id', ['edition_id', 'to_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_unit_transfers_entry_id_id', ['entry_id', 'id'], unique=False)
        batch_op.create_index('uq_unit_transfers_entry_id_waiting', ['entry_id'], unique=True, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    op.create_table('screening_marks',
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('criterion_code', sa.String(length=20), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.CheckConstraint('points >= 0', name=op.f('ck_screening_marks_points_not_negative')),
    sa.ForeignKeyConstraint(['sheet_id'], ['screening_sheets.id'], name=op.f('fk_screening_marks_sheet_id')),
    sa.PrimaryKeyConstraint('sheet_id', 'criterion_code', name=op.f('pk_screening_marks'))
    )
    with op.batch_alter_table('receptions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('postmark_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('brought_by', sa.String(length=150), nullable=True))
        batch_op.add_column(sa.Column('received_by', sa.String(length=150), nullable=True))
        batch_op.add_column(sa.Column('contents', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('condition', sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column('condition_note', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))

    _let_unit_events_be(("received_all", "receiving_again", "completed", "reopened"))
    for table in ONLY_GROW:
        for statement in _guard(table):
            op.execute(statement)



def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table('receptions', schema=None) as batch_op:
        batch_op.drop_column('version')
        batch_op.drop_column('condition_note')
        batch_op.drop_column('condition')
        batch_op.drop_column('contents')
        batch_op.drop_column('received_by')
        batch_op.drop_column('brought_by')
        batch_op.drop_column('postmark_on')

    op.drop_table('screening_marks')
    with op.batch_alter_table('unit_transfers', schema=None) as batch_op:
        batch_op.drop_index('uq_unit_transfers_entry_id_waiting', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.drop_index('ix_unit_transfers_entry_id_id')
        batch_op.drop_index('ix_unit_transfers_edition_id_to_unit_id_id')
        batch_op.drop_index('ix_unit_transfers_edition_id_state_decided_on')
        batch_op.drop_index('ix_unit_transfers_edition_id_from_unit_id_id')

    op.drop_table('unit_transfers')
    with op.batch_alter_table('screening_sheets', schema=None) as batch_op:
        batch_op.drop_index('ix_screening_sheets_screener_id_submitted_at')

    op.drop_table('screening_sheets')
    with op.batch_alter_table('handover_lines', schema=None) as batch_op:
        batch_op.drop_index('ix_handover_lines_handover_id_id')
        batch_op.drop_index('ix_handover_lines_entry_id_id')

    op.drop_table('handover_lines')
    op.drop_table('arrivals')
    with op.batch_alter_table('signed_papers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_signed_papers_minutes_id'))
        batch_op.drop_index(batch_op.f('ix_signed_papers_file_id'))
        batch_op.drop_index('ix_signed_papers_edition_id_unit_id_id')

    op.drop_table('signed_papers')
    with op.batch_alter_table('unit_rounds', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_rounds_unit_id'))

    op.drop_table('unit_rounds')
    with op.batch_alter_table('unit_reminders', schema=None) as batch_op:
        batch_op.drop_index('ix_unit_reminders_edition_id_unit_id_id')

    op.drop_table('unit_reminders')
    with op.batch_alter_table('unit_reaches', schema=None) as batch_op:
        batch_op.drop_index('ix_unit_reaches_school_id')
        batch_op.drop_index(batch_op.f('ix_unit_reaches_member_unit_id'))
        batch_op.drop_index('ix_unit_reaches_edition_id_unit_id')

    op.drop_table('unit_reaches')
    with op.batch_alter_table('unit_minutes', schema=None) as batch_op:
        batch_op.drop_index('ix_unit_minutes_edition_id_unit_id_id')

    op.drop_table('unit_minutes')
    with op.batch_alter_table('unit_criteria', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_criteria_unit_id'))

    op.drop_table('unit_criteria')
    with op.batch_alter_table('tie_decisions', schema=None) as batch_op:
        batch_op.drop_index('ix_tie_decisions_edition_id_unit_id_id')

    op.drop_table('tie_decisions')
    with op.batch_alter_table('screeners', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_screeners_user_id'))
        batch_op.drop_index('ix_screeners_edition_id_unit_id_id')

    op.drop_table('screeners')
    with op.batch_alter_table('quota_requests', schema=None) as batch_op:
        batch_op.drop_index('ix_quota_requests_edition_id_unit_id_id')
        batch_op.drop_index('ix_quota_requests_edition_id_state_id')

    op.drop_table('quota_requests')
    with op.batch_alter_table('handovers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_handovers_school_id'))
        batch_op.drop_index('ix_handovers_edition_id_unit_id_id')
        batch_op.drop_index('ix_handovers_edition_id_confirmed_at_id')

    op.drop_table('handovers')
    _let_unit_events_be(("completed", "reopened"))
    if op.get_bind().dialect.name == "postgresql":
        for table in ONLY_GROW:
            op.execute(f"DROP FUNCTION IF EXISTS {table}_only_grows()")

