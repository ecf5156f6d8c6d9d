"""The unit's minutes, its summary table, and the scans that were signed."""
