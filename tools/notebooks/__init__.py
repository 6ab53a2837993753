"""From text to notebook: a chapter is written in `book/` and made, executed, in `notebooks/`."""
