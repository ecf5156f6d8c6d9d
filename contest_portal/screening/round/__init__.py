"""A unit's own round: its criteria, its screeners, their sheets, its ranking."""
