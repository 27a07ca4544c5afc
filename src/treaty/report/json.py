"""Findings as JSON for programs: keys are stable, all present, `null` or empty when unknown."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from treaty.findings import Finding, Json, Location


def findings_json(findings: Iterable[Finding]) -> str:
    """A JSON array of findings."""
    return json.dumps([finding_value(finding) for finding in findings], indent=2, ensure_ascii=False)


def finding_value(finding: Finding) -> dict[str, Json]:
    """One finding as a JSON object."""
    place = finding.place
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "location": location_value(finding.location) if finding.location else None,
        "place": asdict(place) if place else None,
        "expected": finding.expected,
        "actual": finding.actual,
        "hint": finding.hint,
        "related": [location_value(location) for location in finding.related],
    }


def location_value(location: Location) -> dict[str, Json]:
    """A location as a JSON object; line and column count from 1, 0 when unknown."""
    return asdict(location)
