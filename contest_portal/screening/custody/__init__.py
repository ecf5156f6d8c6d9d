"""Who holds a model now: hand-over slips from school to unit to province and back."""
