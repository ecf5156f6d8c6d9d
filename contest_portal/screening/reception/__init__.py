"""The desk where parcels arrive: receipts, stickers, finding an entry by its code."""
