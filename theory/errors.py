"""The error that a user can put right."""


class DomainError(ValueError):
    """A value lies outside a domain; the message names the value and the domain."""
