# SPDX-License-Identifier: MIT
"""Runs a fuzz target for a few seconds from copies of the given seeds, in a folder that is thrown away.

usage: run_fuzz.py TARGET SECONDS MAX_BYTES [GLOB of seed files]...
"""

import glob
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def main(target, seconds, max_bytes, patterns):
    with tempfile.TemporaryDirectory() as folder:
        corpus = pathlib.Path(folder, "corpus")
        corpus.mkdir()
        for pattern in patterns:
            seeds = glob.glob(pattern)
            if not seeds:
                sys.exit(f"no seed matches {pattern}")
            for seed in sorted(seeds)[:8]:
                shutil.copy(seed, corpus)
        # Undefined behaviour is a failure like any other.
        environment = dict(os.environ, UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1")
        result = subprocess.run([pathlib.Path(target).resolve(), "-seed=1", f"-max_total_time={seconds}",
                                 f"-max_len={max_bytes}", "-verbosity=0", "-print_final_stats=1",
                                 f"-artifact_prefix={folder}/", corpus], env=environment, check=False)
        for artifact in pathlib.Path(folder).glob("*-*"):
            kept = pathlib.Path(target).parent / artifact.name
            shutil.copy(artifact, kept)
            print(f"input that failed: {kept}")
        return result.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
