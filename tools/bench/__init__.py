"""Ours beside the field's own: `python -m tools.bench`. A file for each subject."""
