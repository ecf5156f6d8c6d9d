"""Run the migrations on the database of the running portal."""

from alembic import context
from flask import current_app

from contest_portal.core.database import Base, db

config = context.config


def run_offline() -> None:
    """Print the SQL instead of running it."""
    context.configure(url=current_app.config["SQLALCHEMY_DATABASE_URI"], target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Change the database, whole or not at all."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
