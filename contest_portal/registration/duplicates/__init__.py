"""Entries and people that may be there twice: found, shown to the organisers, decided on; never refused."""
