"""Refusals: what a verb answers when it does not do what was asked. Each door renders them its own way."""


def N_(message: str) -> str:
    """Mark a sentence for translation where it is written; the door that shows it translates it."""
    return message


class Refusal(Exception):
    """A plain sentence for a person, in English, with `%(name)s` values filled in after translation."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class Invalid(Refusal):
    """What was typed into one field can not be taken. An empty field name speaks of the whole form."""

    def __init__(self, field: str, message: str, **values: object) -> None:
        super().__init__(message, **values)
        self.field = field


class NotFound(Refusal):
    """No such row for this tenant: missing and somebody else's look the same."""

    def __init__(self, message: str = N_("There is nothing here."), **values: object) -> None:
        super().__init__(message, **values)


class NotAllowed(Refusal):
    """This person's role may not do this."""

    def __init__(self, message: str = N_("Your role does not allow this."), **values: object) -> None:
        super().__init__(message, **values)


class Conflict(Refusal):
    """The row is in a state in which this can not be done, often because somebody else was quicker."""
