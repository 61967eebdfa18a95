"""Two sums of the diffusion limit as balls: the first extinction of K categories, and one tail."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from math import comb
from typing import Any

import sympy as sp
from flint import acb, arb, ctx, fmpq

from theory.node import Node

#: Unions of categories with different sums, at most.
MOST_UNIONS = 1 << 18
#: Terms of the series of the tail at most.
MOST_TERMS = 100_000


class SubsetEntropy(Node):
    """Sum over the unions S of categories of (-1)^|S| p_S ln p_S, p_S the probability of S."""

    nargs = 1

    @staticmethod
    def ball_value(*arguments: Any) -> arb:
        """Return a ball around the sum; ArithmeticError for too many different unions."""
        kinds = Counter(_key(share) for share in arguments[0])
        shares = {_key(share): share for share in arguments[0]}
        unions = 1
        for number in kinds.values():
            unions *= number + 1
        if unions > MOST_UNIONS:
            raise ArithmeticError(
                f"{unions} unions of categories take too long (at most {MOST_UNIONS})"
            )
        sums = [(arb(0), 1)]
        for key, number in kinds.items():
            # As many of the alike categories, in so many ways, each with its sign.
            ways = [(taken, (-1) ** taken * comb(number, taken)) for taken in range(number + 1)]
            sums = [
                (total + taken * shares[key], weight * more)
                for total, weight in sums
                for taken, more in ways
            ]
        # The first is the empty union, the last everything: ln 1 = 0.
        return sum((weight * total * total.log() for total, weight in sums[1:-1]), arb(0))

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        law = printer._print(self.args[0])
        return rf"\sum_{{S \neq \emptyset}} (-1)^{{|S|}} {law}_S \ln {law}_S"


class ExtinctionIntegral(Node):
    """The integral of prod_i (1 - exp(-p_i / t)) over t > 0, for two categories or more."""

    nargs = 1

    @staticmethod
    def ball_value(*arguments: Any) -> arb:
        """Return a ball around the integral, by rigorous quadrature in u = 1/t."""
        shares = sorted(arguments[0], key=lambda share: float(share.mid()))
        number = len(shares)
        alike = Counter(_key(share) for share in shares)
        factors = [(next(x for x in shares if _key(x) == key), many) for key, many in alike.items()]
        small = arb(2) ** -(ctx.prec + 8)
        # Beyond the end every factor is nearly 1: the integrand is 1/u^2, less at most the sum of
        # exp(-p_i u) / u^2.
        end = (ctx.prec + 16) * arb(2).log() / shares[0]

        def integrand(u: acb, _: bool) -> acb:
            value = u ** (number - 2)
            for share, many in factors:
                value *= (share * _quotient(share * u)) ** many
            return value

        body, left, right = arb(0), arb(0), (1 / shares[-1]).min(end)
        while True:
            body += acb.integral(integrand, left, right, abs_tol=small, rel_tol=small).real
            if not right < end:
                break
            left, right = right, (4 * right).min(end)
        rest = sum(((-share * end).exp() for share in shares), arb(0)) / end
        return body + 1 / right - rest / 2 + arb(0, (rest / 2).upper())

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        law = printer._print(self.args[0])
        return rf"\int_0^\infty \prod_i \bigl(1 - e^{{-{law}_i / t}}\bigr)\, dt"


class DiffusionTail(Node):
    """P(T > tau M) for two categories, one of probability q, as M grows; tau > 0.

    Sum over odd j of (P_{j-1}(r) - P_{j+1}(r)) exp(-j (j + 1) tau / 2), r = 1 - 2 q, with the
    Legendre polynomials P. Source: Kimura 1955, PNAS 41.
    """

    nargs = 2

    @staticmethod
    def ball_value(*arguments: Any) -> arb:
        """Return a ball around the series; ArithmeticError where it has too many terms."""
        q, tau = arguments
        place, total = 1 - 2 * q, arb(0)
        before, now = arb(1), place  # P_{j-1} and P_j
        small = arb(2) ** -(ctx.prec + 8)
        for j in range(1, MOST_TERMS):
            after = ((2 * j + 1) * place * now - j * before) / (j + 1)
            decay = (-tau * j * (j + 1) / 2).exp()
            if j % 2:
                total += (before - after) * decay
            before, now = now, after
            # |P| <= 1, and the exponents fall by tau (j + 1) or more a term.
            ratio = (-tau * (j + 1)).exp()
            rest = 2 * decay * ratio / (1 - ratio)
            if rest < small:
                return total + arb(0, rest.upper())
        raise ArithmeticError(f"tau = {tau.str(6)} takes more than {MOST_TERMS} terms")

    def _latex(self, printer: sp.printing.latex.LatexPrinter) -> str:
        q, tau = map(printer._print, self.args)
        return (
            rf"\sum_{{j \text{{ odd}}}} \bigl(P_{{j-1}}(1 - 2 {q}) - P_{{j+1}}(1 - 2 {q})\bigr) "
            rf"e^{{-j(j+1) {tau} / 2}}"
        )


def _key(share: arb) -> tuple[str, str]:
    """Return what tells two balls apart."""
    return str(share.mid().man_exp()), str(share.rad().man_exp())


@lru_cache(maxsize=8)
def _series(bits: int) -> list[arb]:
    """Return (-1)^m / (m + 1)! until it is below the precision."""
    terms, term = [], arb(1)
    while abs(term) > arb(2) ** -(bits + 16):
        terms.append(term)
        term = -term / (len(terms) + 1)
    return terms


def _quotient(z: acb) -> acb:
    """Return (1 - e^(-z)) / z, entire: by its series near 0."""
    if z.abs_lower() > arb(fmpq(1, 2)):
        return -(-z).expm1() / z
    terms = _series(ctx.prec)
    total = acb(0)
    for term in reversed(terms):
        total = total * z + term
    size = z.abs_upper()
    if not size < len(terms) / 2:
        return acb("nan")
    rest = 2 * size ** len(terms) * abs(terms[-1])
    return total + acb(arb(0, rest.upper()), arb(0, rest.upper()))
