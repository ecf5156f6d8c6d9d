"""The document check ("duyệt hồ sơ"): an organiser looks whether a dossier is complete; no verdict on its merit."""
