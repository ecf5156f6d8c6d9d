"""What may be forwarded: only what is complete, within the quota and its exceptions."""
