"""When a rational value exists and is short enough to be worth writing down."""

from flint import arb

#: Rationals longer than this many bits are not formed; the ball evaluator takes over.
LONGEST_RATIONAL = 1 << 22


class NotRational(ArithmeticError):
    """The expression has no rational value here, or one too long to write down."""


def fits(bits: int) -> None:
    """Raise NotRational when a rational of so many bits is not worth forming."""
    if bits > LONGEST_RATIONAL:
        raise NotRational(f"a rational of {bits} bits")


def whole(value: arb) -> int:
    """Return the one integer in a ball; NotRational when there is none, or more than one."""
    found = value.unique_fmpz()
    if found is None:
        raise NotRational(f"{value.str(10)} holds no single integer")
    return int(found)
