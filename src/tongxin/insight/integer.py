"""Integer programs, column by column, solved by HiGHS."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import highspy
import numpy as np
from highspy.highs import _Highs  # the bare solver: `Highs` greets on standard output before it can be told not to

CLOSE = 1e-6  # how far from a whole number the solver's answer may be
LARGE = 20_000  # columns from which the interior point method (with its crossover to a corner) is the quicker one


class Unsolved(Exception):
    """The program has no solution, or none was proven best in the time given."""


class Model:
    """Minimise the cost of columns of whole numbers from 0 to `most`, with every row between its bounds."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self.tops: list[float] = []
        self.starts: list[int] = [0]
        self.rows: list[int] = []
        self.values: list[float] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def row(self, least: float, most: float) -> int:
        """A new row; returns its number."""
        self.lower.append(least)
        self.upper.append(most)
        return len(self.lower) - 1

    def column(self, cost: float, most: float, entries: Iterable[tuple[int, float]]) -> int:
        """A new column with its entries (row, value); returns its number."""
        for row, value in entries:
            self.rows.append(row)
            self.values.append(value)
        self.starts.append(len(self.rows))
        self.costs.append(cost)
        self.tops.append(most)
        return len(self.costs) - 1

    def solve(self, seconds: float) -> list[int]:
        """The best value of each column. Raises `Unsolved`.

        Where the columns are the arcs of a network every corner of the relaxed program is whole, and a corner is what
        the solver finds; only a broken answer makes us ask for whole numbers.
        """
        if not self.costs:
            return []
        relaxed = self._run(seconds, whole=False)
        rounded = np.rint(relaxed)
        if np.abs(relaxed - rounded).max() > CLOSE:
            rounded = np.rint(self._run(seconds, whole=True))
        return [int(value) for value in rounded]

    def _run(self, seconds: float, *, whole: bool) -> Any:
        solver = _Highs()
        for name, value in (("output_flag", False), ("time_limit", seconds), ("mip_rel_gap", 0.0), ("random_seed", 0)):
            solver.setOptionValue(name, value)
        if not whole:
            solver.setOptionValue("solver", "ipm" if len(self.costs) > LARGE else "simplex")
        solver.passModel(self._program(whole))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise Unsolved(str(solver.getModelStatus()))
        return np.array(solver.getSolution().col_value)

    def _program(self, whole: bool) -> Any:
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = len(self.costs), len(self.lower)
        program.col_cost_ = np.array(self.costs, dtype=float)
        program.col_lower_ = np.zeros(len(self.costs))
        program.col_upper_ = np.array(self.tops, dtype=float)
        program.row_lower_ = np.array(self.lower, dtype=float)
        program.row_upper_ = np.array(self.upper, dtype=float)
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_ = np.array(self.starts, dtype=np.int32)
        program.a_matrix_.index_ = np.array(self.rows, dtype=np.int32)
        program.a_matrix_.value_ = np.array(self.values, dtype=float)
        if whole:
            program.integrality_ = [highspy.HighsVarType.kInteger] * len(self.costs)
        return program
