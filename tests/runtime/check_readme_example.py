# SPDX-License-Identifier: MIT
"""README quotes the integration example as it is compiled and run."""

import re
import sys
import textwrap


def main(readme, example):
    with open(example, encoding="utf-8") as file:
        text = file.read()
    parts = re.findall(r"/\* ---- README: begin ---- \*/\n(.*?)\s*/\* ---- README: end ---- \*/", text, re.DOTALL)
    with open(readme, encoding="utf-8") as file:
        quoted = file.read()
    missing = [part for part in map(textwrap.dedent, parts) if part not in quoted]
    for part in missing:
        print(f"README does not quote, or no longer as it is:\n{part}")
    return 0 if parts and not missing else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
