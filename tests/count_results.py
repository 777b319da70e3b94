# SPDX-License-Identifier: MIT
"""Adds up what `./dev test` ran and prints, last, one line: N passed, N failed. Exit status 1 if anything failed.

The argument is a folder with Meson's test logs (*.json) and `steps`, lines "pass NAME" or "fail NAME".
A test program that says how many cases it ran counts as that many; any other counts as one.
"""

import json
import re
import sys
from pathlib import Path

GOOD = ("OK", "EXPECTEDFAIL", "SKIP")
CASES = (
    (re.compile(r"^\[  PASSED  \] (\d+) test", re.M), re.compile(r"^\[  FAILED  \] (\d+) test", re.M)),  # cmocka
    (re.compile(r"\b(\d+) passed\b.* in [\d.]+s"), re.compile(r"\b(\d+) (?:failed|error)")),  # pytest
)


def cases(entry):
    """(passed, failed) of one Meson test."""
    good = entry["result"] in GOOD
    text = entry.get("stdout", "") + "\n" + entry.get("stderr", "")
    for passed, failed in CASES:
        if passed.search(text):
            counts = [sum(int(n) for n in pattern.findall(text)) for pattern in (passed, failed)]
            return counts[0], counts[1] if good else max(1, counts[1])
    if entry["result"] == "SKIP":
        return 0, 0
    return (1, 0) if good else (0, 1)


def main(folder):
    passed = failed = 0
    bad = []
    for path in sorted(Path(folder).glob("*.json")):
        for line in path.read_text().splitlines():
            entry = json.loads(line)
            counts = cases(entry)
            passed, failed = passed + counts[0], failed + counts[1]
            if counts[1]:
                bad.append(f"{path.stem}: {entry['name']}")
    steps = Path(folder) / "steps"
    for line in steps.read_text().splitlines() if steps.exists() else []:
        result, name = line.split(" ", 1)
        passed, failed = passed + (result == "pass"), failed + (result == "fail")
        if result == "fail":
            bad.append(name)
    for name in bad:
        print(f"failed: {name}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
