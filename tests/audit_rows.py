"""Rows of the audit by id, changed rows, and their judgement."""

import dataclasses
from typing import Any

import sympy as sp

from proofs.audit.court import Audit, Judgement
from proofs.audit.row import Row
from proofs.audit.rows import ROWS
from proofs.ledger import Run as Court

BY_ID = {row.id: row for row in ROWS}


def judge(row: Row, effort: float = 1.0) -> Judgement:
    """Return the judgement on a row by its evidence alone, no claim judged."""
    return Audit(Court(quick=True, effort=effort), [row]).judge(row)


def alone(name: str, **changes: Any) -> Row:
    """Return a row that waits for no correction, with some changes."""
    return dataclasses.replace(BY_ID[name], **({"corrected_by": ""} | changes))


def with_law(name: str, law: sp.Expr) -> Row:
    """Return a row with another law printed."""
    quantity = BY_ID[name].quantity
    assert quantity is not None
    return alone(name, quantity=dataclasses.replace(quantity, law=law))
