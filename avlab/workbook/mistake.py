"""What a check raises: an assertion that speaks."""


class Mistake(AssertionError):
    """An answer that does not pass yet. Its text is the whole message.

    Notebooks show the text alone, without a traceback: a traceback would lead into the check's code,
    where the mistake is not. Graders and nbclient see an error like any other. Chapter 1.
    """

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return str(self).splitlines()
