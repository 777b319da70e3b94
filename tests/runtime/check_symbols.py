# SPDX-License-Identifier: MIT
"""The shared library exports what the public headers declare, and nothing else."""

import re
import subprocess
import sys


def main(library, headers):
    lines = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    exported = {line.split()[-1] for line in lines.splitlines()}
    declared = set()
    for header in headers:
        with open(header, encoding="utf-8") as file:
            declared.update(re.findall(r"^PAGODA_API[^;(]*?(\w+)\(", file.read(), re.MULTILINE))
    for name in sorted(declared - exported):
        print(f"declared but not exported: {name}")
    for name in sorted(exported - declared):
        print(f"exported but not declared: {name}")
    return 0 if declared and declared == exported else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
