"""Spectrum-based fault localisation: lines that failing tests execute and passing ones do not.

The suspiciousness of a line is Ochiai's similarity between "the test executed the line" and "the
test failed":

    suspiciousness = ef / sqrt((ef + nf) * (ef + ep))

with `ef` the failing tests that executed the line, `nf` the failing ones that did not, and `ep` the
passing ones that did. Between 0 and 1; 0 where no failing test came by.

Source: R. Abreu, P. Zoeteweij, A. J. C. van Gemund, "An Evaluation of Similarity Coefficients for
Software Fault Localization", PRDC 2006.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from journeyman.records import GOOD, TestReport


@dataclass(frozen=True, slots=True)
class LineSpectrum:
    """How many failing and passing tests executed one line, and its Ochiai score."""

    failing: int
    passing: int
    score: float


def ochiai(ef: int, nf: int, ep: int) -> float:
    """Return Ochiai's coefficient for a line (see the module for the letters)."""
    if ef == 0:
        return 0.0
    return ef / sqrt((ef + nf) * (ef + ep))


def spectra(report: TestReport) -> dict[str, dict[int, LineSpectrum]]:
    """Return path to line to spectrum for every line that any test of `report` executed.

    A test counts as failing unless it reported an outcome that is good; one that was cut off half
    way (a hang, a crash) is therefore failing, with whatever lines its coverage holds. Empty when
    the report has no coverage.
    """
    coverage = report.coverage
    if coverage is None:
        return {}
    failed = [not _passed(report, test) for test in coverage.tests]
    failures = sum(failed)
    found: dict[str, dict[int, LineSpectrum]] = {}
    for path, lines in coverage.files.items():
        spectrum: dict[int, LineSpectrum] = {}
        for line, tests in lines.items():
            ef = sum(failed[index] for index in tests)
            ep = len(tests) - ef
            spectrum[line] = LineSpectrum(ef, ep, ochiai(ef, failures - ef, ep))
        found[path] = spectrum
    return found


def suspiciousness(report: TestReport) -> dict[str, dict[int, float]]:
    """Return path to line to Ochiai score; see `spectra`."""
    return {
        path: {line: spectrum.score for line, spectrum in lines.items()}
        for path, lines in spectra(report).items()
    }


def _passed(report: TestReport, test: str) -> bool:
    """Whether `test` itself reported a good outcome, however the run as a whole ended."""
    result = report.by_id.get(test)
    return result is not None and result.outcome in GOOD
