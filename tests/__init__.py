"""The tests import one another's helpers by this package's name."""
