"""Read the tables that schools and units send, whatever their layout: pure, without the database."""

from contest_portal.registration.tables.model import (
    ParsedEntry,
    ParsedPerson,
    ParsedTable,
    RowProblem,
    TableColumn,
)
from contest_portal.registration.tables.reading import read_table, read_tables

__all__ = [
    "ParsedEntry",
    "ParsedPerson",
    "ParsedTable",
    "RowProblem",
    "TableColumn",
    "read_table",
    "read_tables",
]
