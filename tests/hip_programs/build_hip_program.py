# SPDX-License-Identifier: MIT
"""Compiles a HIP program as hipcc would: device code per architecture, bundled and embedded in the host executable.

The executable needs libamdhip64.so.6 by that name; the test gives it the simulator under it.
"""
import argparse
import pathlib
import struct
import subprocess
import tempfile

ALIGN = 4096


def bundle(entries):
    """A clang offload bundle of (target, bytes)."""
    header = 24 + 8 + sum(24 + len(target) for target, _ in entries)
    table, body, position = b'', b'', header
    for target, data in entries:
        start = (position + ALIGN - 1) // ALIGN * ALIGN
        body += b'\0' * (start - position) + data
        table += struct.pack('<QQQ', start, len(data), len(target)) + target.encode()
        position = start + len(data)
    return b'__CLANG_OFFLOAD_BUNDLE__' + struct.pack('<Q', len(entries)) + table + body


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--clang', required=True)
    parser.add_argument('--nm', default='nm')
    parser.add_argument('--archs', default='gfx942,gfx950')
    parser.add_argument('--device-flag', action='append', default=[])
    parser.add_argument('--output', required=True, type=pathlib.Path)
    parser.add_argument('source')
    args = parser.parse_args()
    common = [args.clang, '-x', 'hip', '-nogpuinc', '-nogpulib', '-D__HIP_PLATFORM_AMD__', '-O2', '-std=c++17', args.source]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        entries = [('host-x86_64-unknown-linux-gnu', b'')]
        for arch in args.archs.split(','):
            code = folder / f'{arch}.co'
            subprocess.run([*common, f'--offload-arch={arch}', '--offload-device-only', '--no-gpu-bundle-output',
                            *args.device_flag, '-o', code], check=True)
            entries.append((f'hipv4-amdgcn-amd-amdhsa--{arch}', code.read_bytes()))
        (folder / 'code.hipfb').write_bytes(bundle(entries))
        subprocess.run([*common, f'--offload-arch={args.archs.split(",")[0]}', '--offload-host-only', '-c',
                        '-Xclang', '-fcuda-include-gpubinary', '-Xclang', folder / 'code.hipfb',
                        '-o', folder / 'host.o'], check=True)
        # A library of that name with the symbols that the program takes from it; the real one comes at run time.
        undefined = subprocess.run([args.nm, '-u', folder / 'host.o'], check=True, capture_output=True, text=True).stdout
        names = [line.split()[-1] for line in undefined.splitlines()]
        stub = ''.join(f'void {name}(void) {{}}\n' for name in names if name.startswith(('hip', '__hip')))
        (folder / 'stub.c').write_text(stub)
        subprocess.run([args.clang, '-shared', '-fPIC', '-x', 'c', folder / 'stub.c',
                        '-Wl,-soname,libamdhip64.so.6', '-o', folder / 'libamdhip64.so'], check=True)
        subprocess.run([args.clang, folder / 'host.o', f'-L{folder}', '-lamdhip64', '-lstdc++', '-o', args.output], check=True)


if __name__ == '__main__':
    main()
