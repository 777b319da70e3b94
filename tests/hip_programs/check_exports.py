# SPDX-License-Identifier: MIT
"""Every call that HIP's public header declares is exported by the simulator, so that programs link and load."""
import argparse
import pathlib
import re
import subprocess
import sys

NOT_EXPORTED = {
    'hipApiName': 'numbers calls for tracers, which find the simulator no runtime of theirs',
}


def declared(header):
    skipped = r'/\*.*?\*/|//[^\n]*|^\s*#[^\n]*(\\\n[^\n]*)*'
    text = re.sub(skipped, '', header.read_text(), flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r'template\s*<[^;{]*[;{]', '', text)
    return set(re.findall(r'\b(?:hipError_t|const char\s*\*|int)\s*(hip[A-Z]\w*)\s*\(', text))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--nm', default='nm')
    parser.add_argument('--library', required=True)
    parser.add_argument('header', type=pathlib.Path)
    args = parser.parse_args()
    command = [args.nm, '-D', '--defined-only', args.library]
    listing = subprocess.run(command, check=True, capture_output=True, text=True)
    exported = {line.split()[-1] for line in listing.stdout.splitlines()}
    calls = declared(args.header)
    missing = sorted(calls - exported - set(NOT_EXPORTED))
    print(f'{len(calls)} calls declared, {len(calls & exported)} exported')
    for name in missing:
        print(f'not exported: {name}')
    return bool(missing) or len(calls) < 300  # the header was understood


if __name__ == '__main__':
    sys.exit(main())
