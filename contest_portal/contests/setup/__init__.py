"""Set up an edition: its content as one document, changes, versions, what a change would touch."""
