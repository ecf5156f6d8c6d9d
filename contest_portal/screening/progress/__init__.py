"""How far units are: declarations, what is still open, the map, reminders."""
