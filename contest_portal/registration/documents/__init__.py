"""The documents of an entry: what a school uploads, kept once, and shown only to those who may see it."""
