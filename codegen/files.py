# SPDX-License-Identifier: MIT
"""Writing files so that what has not changed is not rebuilt."""

import os
from pathlib import Path


def write_if_changed(path, content):
    """True when the file did not hold exactly this content. Replaces it in one step: nobody sees half a file."""
    path = Path(path)
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_bytes(data)
    os.replace(new, path)
    return True
