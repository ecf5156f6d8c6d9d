"""registration deepened

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


# These tables only grow; written out here because a migration must stay what it was.
ONLY_GROW = ('unit_changes', 'announcements', 'consent_wordings', 'deadline_events', 'edition_versions', 'hand_ins', 'school_places', 'signed_lists', 'rule_overrides', 'consents', 'duplicate_decisions')


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


def upgrade() -> None:
    """Go one step forward."""
    op.create_table('jobs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('leads_to', sa.String(length=300), nullable=False),
    sa.Column('leads_back', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('step', sa.String(length=200), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('result', sa.JSON(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f('ck_jobs_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs')),
    sa.UniqueConstraint('token', name=op.f('uq_jobs_token'))
    )
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.create_index('ix_jobs_state_heartbeat_at', ['state', 'heartbeat_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_jobs_user_id'), ['user_id'], unique=False)

    op.create_table('outbox_letters',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('secret', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(length=100), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_letters')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_letters_key'))
    )
    with op.batch_alter_table('outbox_letters', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_letters_address'), ['address'], unique=False)
        batch_op.create_index('ix_outbox_letters_state_id', ['state', 'id'], unique=False)
        batch_op.create_index('ix_outbox_letters_state_next_try_at', ['state', 'next_try_at'], unique=False)

    op.create_table('stored_files',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('checksum', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('mime', sa.String(length=80), nullable=False),
    sa.Column('ending', sa.String(length=8), nullable=False),
    sa.Column('stored_name', sa.String(length=80), nullable=False),
    sa.Column('thumbnail_name', sa.String(length=80), nullable=True),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_files')),
    sa.UniqueConstraint('sha256', name=op.f('uq_stored_files_sha256'))
    )
    op.create_table('notices',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=150), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('link', sa.String(length=300), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notices_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
    sa.UniqueConstraint('user_id', 'key', name=op.f('uq_notices_user_id_key'))
    )
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.create_index('ix_notices_user_id_id', ['user_id', 'id'], unique=False)
        batch_op.create_index('ix_notices_user_id_unread', ['user_id'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))

    op.create_table('password_resets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_password_resets_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_password_resets')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_password_resets_token_hash'))
    )
    with op.batch_alter_table('password_resets', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_password_resets_user_id'), ['user_id'], unique=False)

    op.create_table('saved_views',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('opening', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_saved_views_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views')),
    sa.UniqueConstraint('user_id', 'name', name=op.f('uq_saved_views_user_id_name'))
    )
    with op.batch_alter_table('saved_views', schema=None) as batch_op:
        batch_op.create_index('uq_saved_views_user_id_opening', ['user_id'], unique=True, sqlite_where=sa.text('opening'), postgresql_where=sa.text('opening'))

    op.create_table('school_lists',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('file_name', sa.String(length=255), nullable=False),
    sa.Column('stored_name', sa.String(length=32), nullable=False),
    sa.Column('checksum', sa.String(length=64), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_school_lists_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school_lists')),
    sa.UniqueConstraint('token', name=op.f('uq_school_lists_token'))
    )
    with op.batch_alter_table('school_lists', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_school_lists_uploaded_at'), ['uploaded_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_school_lists_user_id'), ['user_id'], unique=False)

    op.create_table('unit_changes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=150), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=True),
    sa.ForeignKeyConstraint(['recorded_by'], ['users.id'], name=op.f('fk_unit_changes_recorded_by')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_unit_changes_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_changes'))
    )
    with op.batch_alter_table('unit_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_changes_unit_id'), ['unit_id'], unique=False)

    op.create_table('access_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(length=16), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('school_name', sa.String(length=200), nullable=False),
    sa.Column('full_name', sa.String(length=150), nullable=False),
    sa.Column('position', sa.String(length=150), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('phone', sa.String(length=30), nullable=False),
    sa.Column('network', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recommended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recommended_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'approved', 'refused')", name=op.f('ck_access_requests_state')),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_access_requests_decided_by')),
    sa.ForeignKeyConstraint(['recommended_by'], ['users.id'], name=op.f('fk_access_requests_recommended_by')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_access_requests_school_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_access_requests_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_requests')),
    sa.UniqueConstraint('reference', name=op.f('uq_access_requests_reference'))
    )
    with op.batch_alter_table('access_requests', schema=None) as batch_op:
        batch_op.create_index('ix_access_requests_network_created_at', ['network', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_access_requests_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ix_access_requests_state_id', ['state', 'id'], unique=False)
        batch_op.create_index('ix_access_requests_unit_id_state_id', ['unit_id', 'state', 'id'], unique=False)

    op.create_table('announcements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('audience', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.String(length=150), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('receivers', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_by', sa.Integer(), nullable=True),
    sa.Column('sender_name', sa.String(length=150), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_announcements_edition_id')),
    sa.ForeignKeyConstraint(['sent_by'], ['users.id'], name=op.f('fk_announcements_sent_by')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_announcements_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_announcements'))
    )
    with op.batch_alter_table('announcements', schema=None) as batch_op:
        batch_op.create_index('ix_announcements_edition_id_id', ['edition_id', 'id'], unique=False)

    op.create_table('check_batches',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_check_batches_edition_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_check_batches_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_batches')),
    sa.UniqueConstraint('token', name=op.f('uq_check_batches_token'))
    )
    with op.batch_alter_table('check_batches', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_check_batches_edition_id'), ['edition_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_check_batches_user_id'), ['user_id'], unique=False)

    op.create_table('column_mappings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('heading', sa.String(length=100), nullable=False),
    sa.Column('meaning', sa.String(length=20), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_column_mappings_edition_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_column_mappings_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_column_mappings')),
    sa.UniqueConstraint('user_id', 'edition_id', 'heading', name=op.f('uq_column_mappings_user_id_edition_id_heading'))
    )
    with op.batch_alter_table('column_mappings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_column_mappings_edition_id'), ['edition_id'], unique=False)

    op.create_table('consent_wordings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=True),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('text_en', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.CheckConstraint("purpose IN ('take_part', 'publish', 'media', 'ethnic_group')", name=op.f('ck_consent_wordings_purpose')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_consent_wordings_edition_id')),
    sa.ForeignKeyConstraint(['made_by'], ['users.id'], name=op.f('fk_consent_wordings_made_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_wordings')),
    sa.UniqueConstraint('edition_id', 'purpose', 'version', name=op.f('uq_consent_wordings_edition_id_purpose_version'))
    )
    with op.batch_alter_table('consent_wordings', schema=None) as batch_op:
        batch_op.create_index('uq_consent_wordings_purpose_version_general', ['purpose', 'version'], unique=True, sqlite_where=sa.text('edition_id IS NULL'), postgresql_where=sa.text('edition_id IS NULL'))

    op.create_table('deadline_events',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=150), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('extended', 'passed')", name=op.f('ck_deadline_events_kind')),
    sa.CheckConstraint('unit_id IS NULL OR school_id IS NULL', name=op.f('ck_deadline_events_one_scope')),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_deadline_events_actor_id')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_deadline_events_edition_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_deadline_events_school_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_deadline_events_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deadline_events'))
    )
    with op.batch_alter_table('deadline_events', schema=None) as batch_op:
        batch_op.create_index('ix_deadline_events_edition_id_id', ['edition_id', 'id'], unique=False)

    op.create_table('duplicate_searches',
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('added', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_duplicate_searches_edition_id')),
    sa.PrimaryKeyConstraint('edition_id', name=op.f('pk_duplicate_searches'))
    )
    op.create_table('edition_drafts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('base', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('impact', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('saved_as', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_edition_drafts_edition_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_edition_drafts_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edition_drafts')),
    sa.UniqueConstraint('token', name=op.f('uq_edition_drafts_token'))
    )
    with op.batch_alter_table('edition_drafts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_edition_drafts_edition_id'), ['edition_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_edition_drafts_user_id'), ['user_id'], unique=False)

    op.create_table('edition_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=150), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_edition_versions_actor_id')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_edition_versions_edition_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edition_versions')),
    sa.UniqueConstraint('edition_id', 'number', name=op.f('uq_edition_versions_edition_id_number'))
    )
    op.create_table('hand_ins',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('references', sa.JSON(), nullable=False),
    sa.Column('handed_in_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_hand_ins_edition_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_hand_ins_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hand_ins')),
    sa.UniqueConstraint('token', name=op.f('uq_hand_ins_token'))
    )
    with op.batch_alter_table('hand_ins', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hand_ins_edition_id'), ['edition_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_hand_ins_user_id'), ['user_id'], unique=False)

    op.create_table('invitations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('way', sa.String(length=10), nullable=False),
    sa.Column('full_name', sa.String(length=150), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_by', sa.Integer(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("way IN ('mail', 'sheet', 'colleague')", name=op.f('ck_invitations_way')),
    sa.ForeignKeyConstraint(['created_by'], ['users.id'], name=op.f('fk_invitations_created_by')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_invitations_school_id')),
    sa.ForeignKeyConstraint(['used_by'], ['users.id'], name=op.f('fk_invitations_used_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_invitations_code_hash'))
    )
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitations_created_by'), ['created_by'], unique=False)
        batch_op.create_index('ix_invitations_school_id_id', ['school_id', 'id'], unique=False)

    op.create_table('school_places',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=300), nullable=True),
    sa.ForeignKeyConstraint(['recorded_by'], ['users.id'], name=op.f('fk_school_places_recorded_by')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_school_places_school_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_school_places_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school_places'))
    )
    with op.batch_alter_table('school_places', schema=None) as batch_op:
        batch_op.create_index('ix_school_places_school_id_valid_from_id', ['school_id', 'valid_from', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_school_places_unit_id'), ['unit_id'], unique=False)

    op.create_table('signed_lists',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('covers', sa.JSON(), nullable=False),
    sa.Column('checksum', sa.String(length=64), nullable=False),
    sa.Column('file_name', sa.String(length=255), nullable=False),
    sa.Column('stored_name', sa.String(length=80), nullable=False),
    sa.Column('media_type', sa.String(length=60), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=150), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_signed_lists_actor_id')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_signed_lists_edition_id')),
    sa.ForeignKeyConstraint(['school_id'], ['schools.id'], name=op.f('fk_signed_lists_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signed_lists')),
    sa.UniqueConstraint('token', name=op.f('uq_signed_lists_token'))
    )
    with op.batch_alter_table('signed_lists', schema=None) as batch_op:
        batch_op.create_index('ix_signed_lists_edition_id_school_id_id', ['edition_id', 'school_id', 'id'], unique=False)

    op.create_table('change_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=40), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('proposed', sa.JSON(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('entry_version', sa.Integer(), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('asked_name', sa.String(length=150), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_name', sa.String(length=150), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('kept', 'open', 'approved', 'refused', 'withdrawn')", name=op.f('ck_change_requests_state')),
    sa.ForeignKeyConstraint(['asked_by'], ['users.id'], name=op.f('fk_change_requests_asked_by')),
    sa.ForeignKeyConstraint(['decided_by'], ['users.id'], name=op.f('fk_change_requests_decided_by')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_change_requests_edition_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_change_requests_entry_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_requests')),
    sa.UniqueConstraint('token', name=op.f('uq_change_requests_token'))
    )
    with op.batch_alter_table('change_requests', schema=None) as batch_op:
        batch_op.create_index('ix_change_requests_edition_id_state_id', ['edition_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_change_requests_entry_id_id', ['entry_id', 'id'], unique=False)

    op.create_table('consent_scans',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_consent_scans_entry_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_consent_scans_file_id')),
    sa.ForeignKeyConstraint(['uploaded_by'], ['users.id'], name=op.f('fk_consent_scans_uploaded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_scans')),
    sa.UniqueConstraint('entry_id', 'file_id', name=op.f('uq_consent_scans_entry_id_file_id'))
    )
    with op.batch_alter_table('consent_scans', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_scans_file_id'), ['file_id'], unique=False)

    op.create_table('search_terms',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('term', sa.String(length=60).with_variant(sa.String(length=60, collation='C'), 'postgresql'), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_search_terms_edition_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_search_terms_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', 'term', name=op.f('pk_search_terms')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('search_terms', schema=None) as batch_op:
        batch_op.create_index('ix_search_terms_edition_id_term_entry_id', ['edition_id', 'term', 'entry_id'], unique=False)

    op.create_table('consent_links',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=True),
    sa.Column('channel', sa.String(length=10), nullable=False),
    sa.Column('sent_to', sa.String(length=80), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("channel IN ('mail', 'sheet', 'code')", name=op.f('ck_consent_links_channel')),
    sa.ForeignKeyConstraint(['made_by'], ['users.id'], name=op.f('fk_consent_links_made_by')),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_consent_links_participant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_links')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_consent_links_code_hash')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_consent_links_token_hash'))
    )
    with op.batch_alter_table('consent_links', schema=None) as batch_op:
        batch_op.create_index('ix_consent_links_participant_id_id', ['participant_id', 'id'], unique=False)

    op.create_table('documents',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=True),
    sa.Column('file_id', sa.Integer(), nullable=True),
    sa.Column('link', sa.String(length=500), nullable=True),
    sa.Column('original_name', sa.String(length=150), server_default='', nullable=False),
    sa.Column('title', sa.String(length=150), nullable=True),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by', sa.Integer(), nullable=True),
    sa.Column('uploaded_name', sa.String(length=150), server_default='', nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(file_id IS NULL) <> (link IS NULL)', name=op.f('ck_documents_file_or_link')),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_documents_entry_id')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_files.id'], name=op.f('fk_documents_file_id')),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_documents_participant_id')),
    sa.ForeignKeyConstraint(['uploaded_by'], ['users.id'], name=op.f('fk_documents_uploaded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_documents')),
    sa.UniqueConstraint('token', name=op.f('uq_documents_token'))
    )
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.create_index('ix_documents_entry_id_removed_at_kind', ['entry_id', 'removed_at', 'kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_documents_file_id'), ['file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_documents_participant_id'), ['participant_id'], unique=False)

    op.create_table('duplicate_pairs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=60), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('first_id', sa.Integer(), nullable=False),
    sa.Column('second_id', sa.Integer(), nullable=False),
    sa.Column('first_person_id', sa.Integer(), nullable=True),
    sa.Column('second_person_id', sa.Integer(), nullable=True),
    sa.Column('earlier', sa.Boolean(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('person', 'title')", name=op.f('ck_duplicate_pairs_kind')),
    sa.CheckConstraint("state IN ('open', 'different', 'same')", name=op.f('ck_duplicate_pairs_state')),
    sa.ForeignKeyConstraint(['edition_id'], ['editions.id'], name=op.f('fk_duplicate_pairs_edition_id')),
    sa.ForeignKeyConstraint(['first_id'], ['entries.id'], name=op.f('fk_duplicate_pairs_first_id')),
    sa.ForeignKeyConstraint(['first_person_id'], ['participants.id'], name=op.f('fk_duplicate_pairs_first_person_id')),
    sa.ForeignKeyConstraint(['second_id'], ['entries.id'], name=op.f('fk_duplicate_pairs_second_id')),
    sa.ForeignKeyConstraint(['second_person_id'], ['participants.id'], name=op.f('fk_duplicate_pairs_second_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_pairs')),
    sa.UniqueConstraint('key', name=op.f('uq_duplicate_pairs_key'))
    )
    with op.batch_alter_table('duplicate_pairs', schema=None) as batch_op:
        batch_op.create_index('ix_duplicate_pairs_edition_id_state_id', ['edition_id', 'state', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_duplicate_pairs_first_id'), ['first_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_duplicate_pairs_second_id'), ['second_id'], unique=False)

    op.create_table('rule_overrides',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=True),
    sa.Column('value', sa.String(length=300), nullable=True),
    sa.Column('allowed', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=150), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_rule_overrides_actor_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name=op.f('fk_rule_overrides_entry_id')),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_rule_overrides_participant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_overrides'))
    )
    with op.batch_alter_table('rule_overrides', schema=None) as batch_op:
        batch_op.create_index('ix_rule_overrides_entry_id_id', ['entry_id', 'id'], unique=False)

    op.create_table('sensitive_details',
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('ethnic_group', sa.String(length=40), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_sensitive_details_participant_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['users.id'], name=op.f('fk_sensitive_details_recorded_by')),
    sa.PrimaryKeyConstraint('participant_id', name=op.f('pk_sensitive_details'))
    )
    op.create_table('consents',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('participant_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('side', sa.String(length=15), nullable=False),
    sa.Column('given', sa.Boolean(), nullable=False),
    sa.Column('giver', sa.String(length=150), nullable=False),
    sa.Column('relation', sa.String(length=10), nullable=False),
    sa.Column('how', sa.String(length=10), nullable=False),
    sa.Column('wording_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('scan_id', sa.Integer(), nullable=True),
    sa.Column('link_id', sa.Integer(), nullable=True),
    sa.Column('reference', sa.String(length=20), nullable=False),
    sa.CheckConstraint("how IN ('link', 'paper')", name=op.f('ck_consents_how')),
    sa.CheckConstraint("purpose IN ('take_part', 'publish', 'media', 'ethnic_group')", name=op.f('ck_consents_purpose')),
    sa.CheckConstraint("side IN ('representative', 'own')", name=op.f('ck_consents_side')),
    sa.ForeignKeyConstraint(['link_id'], ['consent_links.id'], name=op.f('fk_consents_link_id')),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_consents_participant_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['users.id'], name=op.f('fk_consents_recorded_by')),
    sa.ForeignKeyConstraint(['scan_id'], ['consent_scans.id'], name=op.f('fk_consents_scan_id')),
    sa.ForeignKeyConstraint(['wording_id'], ['consent_wordings.id'], name=op.f('fk_consents_wording_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consents'))
    )
    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.create_index('ix_consents_link_id_at', ['link_id', 'at'], unique=False)
        batch_op.create_index('ix_consents_participant_id_purpose_side_id', ['participant_id', 'purpose', 'side', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_consents_reference'), ['reference'], unique=False)
        batch_op.create_index(batch_op.f('ix_consents_scan_id'), ['scan_id'], unique=False)

    op.create_table('duplicate_decisions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pair_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=150), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['users.id'], name=op.f('fk_duplicate_decisions_actor_id')),
    sa.ForeignKeyConstraint(['pair_id'], ['duplicate_pairs.id'], name=op.f('fk_duplicate_decisions_pair_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_decisions'))
    )
    with op.batch_alter_table('duplicate_decisions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_duplicate_decisions_pair_id'), ['pair_id'], unique=False)

    with op.batch_alter_table('editions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('published', sa.Boolean(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('revision', sa.Integer(), server_default='0', nullable=False))

    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.add_column(sa.Column('title_key', sa.String(length=300), server_default='', nullable=False))
        batch_op.add_column(sa.Column('school_key', sa.String(length=300), server_default='', nullable=False))
        batch_op.add_column(sa.Column('texts', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('made_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('entrant', sa.String(length=12), server_default='people', nullable=False))
        batch_op.add_column(sa.Column('contact_name', sa.String(length=150), nullable=True))
        batch_op.add_column(sa.Column('check_state', sa.String(length=12), server_default='pending', nullable=False))
        batch_op.add_column(sa.Column('mend_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('compared_version', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_index('ix_entries_edition_id_check_state_id', ['edition_id', 'check_state', 'id'], unique=False)
        batch_op.create_index('ix_entries_edition_id_school_key_id', ['edition_id', 'school_key', 'id'], unique=False)
        batch_op.create_index('ix_entries_edition_id_status_on_id', ['edition_id', 'status_on', 'id'], unique=False)
        batch_op.create_index('ix_entries_edition_id_title_key_id', ['edition_id', 'title_key', 'id'], unique=False)
        batch_op.create_index('ix_entries_mend_until', ['mend_until'], unique=False, sqlite_where=sa.text('mend_until IS NOT NULL'), postgresql_where=sa.text('mend_until IS NOT NULL'))
        batch_op.create_index('ix_entries_uncompared', ['edition_id', 'id'], unique=False, sqlite_where=sa.text("compared_version <> version AND status NOT IN ('draft', 'withdrawn')"), postgresql_where=sa.text("compared_version <> version AND status NOT IN ('draft', 'withdrawn')"))

    with op.batch_alter_table('import_batches', schema=None) as batch_op:
        batch_op.add_column(sa.Column('choices', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('examined_name', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('marked_name', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('job_token', sa.String(length=43), nullable=True))
        batch_op.add_column(sa.Column('discarded_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index('ix_import_batches_discarded_at_uploaded_at', ['discarded_at', 'uploaded_at'], unique=False)

    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.add_column(sa.Column('edition_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('share', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('job_title', sa.String(length=150), nullable=True))
        batch_op.add_column(sa.Column('education', sa.String(length=150), nullable=True))
        batch_op.add_column(sa.Column('address', sa.String(length=200), nullable=True))
        batch_op.create_index('ix_participants_edition_id_name_key_id', ['edition_id', 'name_key', 'id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_participants_edition_id'), 'editions', ['edition_id'], ['id'])

    with op.batch_alter_table('schools', schema=None) as batch_op:
        batch_op.add_column(sa.Column('name_key', sa.String(length=300), server_default='', nullable=False))
        batch_op.add_column(sa.Column('found_by', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('code', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('level', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('address', sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column('phone', sa.String(length=30), nullable=True))
        batch_op.add_column(sa.Column('email', sa.String(length=254), nullable=True))
        batch_op.add_column(sa.Column('head', sa.String(length=150), nullable=True))
        batch_op.add_column(sa.Column('aliases', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('closed_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), server_default='1', nullable=False))
        batch_op.create_index('ix_schools_name_key_id', ['name_key', 'id'], unique=False)
        batch_op.create_index('ix_schools_unit_id_name_key_id', ['unit_id', 'name_key', 'id'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_schools_code'), ['code'])

    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('language', sa.String(length=2), server_default='vi', nullable=False))

    # People are found by edition too; which one an entry belongs to never changes.
    op.execute(
        "UPDATE participants SET edition_id = (SELECT edition_id FROM entries WHERE entries.id = participants.entry_id)"
    )
    for table in ONLY_GROW:
        for statement in _guard(table):
            op.execute(statement)



def downgrade() -> None:
    """Go one step back."""
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_column('language')

    with op.batch_alter_table('schools', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_schools_code'), type_='unique')
        batch_op.drop_index('ix_schools_unit_id_name_key_id')
        batch_op.drop_index('ix_schools_name_key_id')
        batch_op.drop_column('version')
        batch_op.drop_column('closed_on')
        batch_op.drop_column('aliases')
        batch_op.drop_column('head')
        batch_op.drop_column('email')
        batch_op.drop_column('phone')
        batch_op.drop_column('address')
        batch_op.drop_column('level')
        batch_op.drop_column('code')
        batch_op.drop_column('found_by')
        batch_op.drop_column('name_key')

    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_participants_edition_id'), type_='foreignkey')
        batch_op.drop_index('ix_participants_edition_id_name_key_id')
        batch_op.drop_column('address')
        batch_op.drop_column('education')
        batch_op.drop_column('job_title')
        batch_op.drop_column('share')
        batch_op.drop_column('edition_id')

    with op.batch_alter_table('import_batches', schema=None) as batch_op:
        batch_op.drop_index('ix_import_batches_discarded_at_uploaded_at')
        batch_op.drop_column('discarded_at')
        batch_op.drop_column('job_token')
        batch_op.drop_column('marked_name')
        batch_op.drop_column('examined_name')
        batch_op.drop_column('choices')

    with op.batch_alter_table('entries', schema=None) as batch_op:
        batch_op.drop_index('ix_entries_uncompared', sqlite_where=sa.text("compared_version <> version AND status NOT IN ('draft', 'withdrawn')"), postgresql_where=sa.text("compared_version <> version AND status NOT IN ('draft', 'withdrawn')"))
        batch_op.drop_index('ix_entries_mend_until', sqlite_where=sa.text('mend_until IS NOT NULL'), postgresql_where=sa.text('mend_until IS NOT NULL'))
        batch_op.drop_index('ix_entries_edition_id_title_key_id')
        batch_op.drop_index('ix_entries_edition_id_status_on_id')
        batch_op.drop_index('ix_entries_edition_id_school_key_id')
        batch_op.drop_index('ix_entries_edition_id_check_state_id')
        batch_op.drop_column('compared_version')
        batch_op.drop_column('mend_until')
        batch_op.drop_column('check_state')
        batch_op.drop_column('contact_name')
        batch_op.drop_column('entrant')
        batch_op.drop_column('made_on')
        batch_op.drop_column('texts')
        batch_op.drop_column('school_key')
        batch_op.drop_column('title_key')

    with op.batch_alter_table('editions', schema=None) as batch_op:
        batch_op.drop_column('revision')
        batch_op.drop_column('published')

    with op.batch_alter_table('duplicate_decisions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_duplicate_decisions_pair_id'))

    op.drop_table('duplicate_decisions')
    with op.batch_alter_table('consents', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consents_scan_id'))
        batch_op.drop_index(batch_op.f('ix_consents_reference'))
        batch_op.drop_index('ix_consents_participant_id_purpose_side_id')
        batch_op.drop_index('ix_consents_link_id_at')

    op.drop_table('consents')
    op.drop_table('sensitive_details')
    with op.batch_alter_table('rule_overrides', schema=None) as batch_op:
        batch_op.drop_index('ix_rule_overrides_entry_id_id')

    op.drop_table('rule_overrides')
    with op.batch_alter_table('duplicate_pairs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_duplicate_pairs_second_id'))
        batch_op.drop_index(batch_op.f('ix_duplicate_pairs_first_id'))
        batch_op.drop_index('ix_duplicate_pairs_edition_id_state_id')

    op.drop_table('duplicate_pairs')
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_documents_participant_id'))
        batch_op.drop_index(batch_op.f('ix_documents_file_id'))
        batch_op.drop_index('ix_documents_entry_id_removed_at_kind')

    op.drop_table('documents')
    with op.batch_alter_table('consent_links', schema=None) as batch_op:
        batch_op.drop_index('ix_consent_links_participant_id_id')

    op.drop_table('consent_links')
    with op.batch_alter_table('search_terms', schema=None) as batch_op:
        batch_op.drop_index('ix_search_terms_edition_id_term_entry_id')

    op.drop_table('search_terms')
    with op.batch_alter_table('consent_scans', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consent_scans_file_id'))

    op.drop_table('consent_scans')
    with op.batch_alter_table('change_requests', schema=None) as batch_op:
        batch_op.drop_index('ix_change_requests_entry_id_id')
        batch_op.drop_index('ix_change_requests_edition_id_state_id')

    op.drop_table('change_requests')
    with op.batch_alter_table('signed_lists', schema=None) as batch_op:
        batch_op.drop_index('ix_signed_lists_edition_id_school_id_id')

    op.drop_table('signed_lists')
    with op.batch_alter_table('school_places', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_school_places_unit_id'))
        batch_op.drop_index('ix_school_places_school_id_valid_from_id')

    op.drop_table('school_places')
    with op.batch_alter_table('invitations', schema=None) as batch_op:
        batch_op.drop_index('ix_invitations_school_id_id')
        batch_op.drop_index(batch_op.f('ix_invitations_created_by'))

    op.drop_table('invitations')
    with op.batch_alter_table('hand_ins', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hand_ins_user_id'))
        batch_op.drop_index(batch_op.f('ix_hand_ins_edition_id'))

    op.drop_table('hand_ins')
    op.drop_table('edition_versions')
    with op.batch_alter_table('edition_drafts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_edition_drafts_user_id'))
        batch_op.drop_index(batch_op.f('ix_edition_drafts_edition_id'))

    op.drop_table('edition_drafts')
    op.drop_table('duplicate_searches')
    with op.batch_alter_table('deadline_events', schema=None) as batch_op:
        batch_op.drop_index('ix_deadline_events_edition_id_id')

    op.drop_table('deadline_events')
    with op.batch_alter_table('consent_wordings', schema=None) as batch_op:
        batch_op.drop_index('uq_consent_wordings_purpose_version_general', sqlite_where=sa.text('edition_id IS NULL'), postgresql_where=sa.text('edition_id IS NULL'))

    op.drop_table('consent_wordings')
    with op.batch_alter_table('column_mappings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_column_mappings_edition_id'))

    op.drop_table('column_mappings')
    with op.batch_alter_table('check_batches', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_check_batches_user_id'))
        batch_op.drop_index(batch_op.f('ix_check_batches_edition_id'))

    op.drop_table('check_batches')
    with op.batch_alter_table('announcements', schema=None) as batch_op:
        batch_op.drop_index('ix_announcements_edition_id_id')

    op.drop_table('announcements')
    with op.batch_alter_table('access_requests', schema=None) as batch_op:
        batch_op.drop_index('ix_access_requests_unit_id_state_id')
        batch_op.drop_index('ix_access_requests_state_id')
        batch_op.drop_index(batch_op.f('ix_access_requests_school_id'))
        batch_op.drop_index('ix_access_requests_network_created_at')

    op.drop_table('access_requests')
    with op.batch_alter_table('unit_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_changes_unit_id'))

    op.drop_table('unit_changes')
    with op.batch_alter_table('school_lists', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_school_lists_user_id'))
        batch_op.drop_index(batch_op.f('ix_school_lists_uploaded_at'))

    op.drop_table('school_lists')
    with op.batch_alter_table('saved_views', schema=None) as batch_op:
        batch_op.drop_index('uq_saved_views_user_id_opening', sqlite_where=sa.text('opening'), postgresql_where=sa.text('opening'))

    op.drop_table('saved_views')
    with op.batch_alter_table('password_resets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_password_resets_user_id'))

    op.drop_table('password_resets')
    with op.batch_alter_table('notices', schema=None) as batch_op:
        batch_op.drop_index('ix_notices_user_id_unread', sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
        batch_op.drop_index('ix_notices_user_id_id')

    op.drop_table('notices')
    op.drop_table('stored_files')
    with op.batch_alter_table('outbox_letters', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_letters_state_next_try_at')
        batch_op.drop_index('ix_outbox_letters_state_id')
        batch_op.drop_index(batch_op.f('ix_outbox_letters_address'))

    op.drop_table('outbox_letters')
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_jobs_user_id'))
        batch_op.drop_index('ix_jobs_state_heartbeat_at')

    op.drop_table('jobs')
    if op.get_bind().dialect.name == "postgresql":
        for table in ONLY_GROW:
            op.execute(f"DROP FUNCTION IF EXISTS {table}_only_grows()")

