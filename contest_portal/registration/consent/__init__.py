"""Who agreed to what for whom: asked per purpose, written down for ever, withdrawn at once."""
