"""Judge every claim under many run keys: on a correct tree, no key may raise an alarm.

    .venv/bin/python tests/many_keys.py COUNT [FIRST [EFFORT]]

Runs the sampled comparisons of the full grid (the others do not depend on the key) for the keys
key-FIRST, key-FIRST+1, ..., without mutants, and prints each comparison that is refuted.
With a budget of 1e-6 a run, a false alarm in 100 runs has a chance of 1e-4. EFFORT multiplies the
replicates, as in `collapse verify`: below 1 more comparisons stay undecided, none may be refuted.
"""

import sys

from proofs.case import Case
from proofs.cases import CASES
from proofs.ledger import Run
from proofs.screen import describe
from proofs.verdict import Outcome


def main(count: int, first: int = 0, effort: float = 1.0) -> int:
    """Return the number of refuted comparisons under `count` keys."""
    cases = [
        Case(case.claim, tuple(witness for witness in case.witnesses if witness.samples), ())
        for case in CASES
    ]
    tally = dict.fromkeys(Outcome, 0)
    for number in range(first, first + count):
        for finding in Run(key=f"key-{number}", effort=effort).examine(cases):
            for check in finding.checks:
                tally[check.verdict.outcome] += 1
                if check.verdict.outcome is Outcome.REFUTED:
                    print(f"key-{number} {finding.claim.code} {describe(finding, check)}")
        print(
            f"key-{number}: "
            + ", ".join(f"{tally[outcome]} {outcome.value}" for outcome in Outcome),
            flush=True,
        )
    return tally[Outcome.REFUTED]


if __name__ == "__main__":
    count, first, effort, *_ = [*sys.argv[1:], *("100", "0", "1")[len(sys.argv) - 1 :]]
    sys.exit(1 if main(int(count), int(first), float(effort)) else 0)
