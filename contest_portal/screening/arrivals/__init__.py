"""The province confirms what units forwarded to it."""
