# SPDX-License-Identifier: MIT
"""What a compiled AMDGPU code object (ELF) says about its kernel: its metadata note and the size of its code."""

import struct

NT_AMDGPU_METADATA = 32
SHT_NOTE, SHT_SYMTAB = 7, 2
STT_FUNC = 2


class CodeObjectError(Exception):
    pass


class CodeObject:
    def __init__(self, data):
        self._data = data
        if data[:4] != b"\x7fELF" or data[4:6] != b"\x02\x01":
            raise CodeObjectError("not a 64-bit little-endian ELF file")
        section_offset, = struct.unpack_from("<Q", data, 40)
        entry_size, count, names = struct.unpack_from("<HHH", data, 58)
        at = range(section_offset, section_offset + count * entry_size, entry_size)
        self._sections = [struct.unpack_from("<IIQQQQIIQQ", data, offset) for offset in at]
        if names >= count:
            raise CodeObjectError("no section names")

    def _content(self, section):
        return self._data[section[4]:section[4] + section[5]]

    def kernels(self):
        """The metadata of each kernel: dictionaries with keys such as ".vgpr_count"."""
        return self._metadata().get("amdhsa.kernels", [])

    def kernel(self, name):
        for kernel in self.kernels():
            if kernel[".name"] == name:
                return kernel
        raise CodeObjectError(f"holds no kernel '{name}'")

    def _metadata(self):
        for section in self._sections:
            if section[1] != SHT_NOTE:
                continue
            notes, at = self._content(section), 0
            while at + 12 <= len(notes):
                name_size, size, kind = struct.unpack_from("<III", notes, at)
                at += 12
                owner = notes[at:at + name_size].rstrip(b"\0")
                at += -(-name_size // 4) * 4
                if kind == NT_AMDGPU_METADATA and owner == b"AMDGPU":
                    return _MessagePack(notes[at:at + size]).read()
                at += -(-size // 4) * 4
        raise CodeObjectError("has no AMDGPU metadata note")

    def code_bytes(self, name):
        for section in self._sections:
            if section[1] != SHT_SYMTAB:
                continue
            strings, table = self._content(self._sections[section[6]]), self._content(section)
            for at in range(0, len(table), 24):
                name_at, info, _, _, _, size = struct.unpack_from("<IBBHQQ", table, at)
                if info & 15 == STT_FUNC and strings[name_at:strings.index(b"\0", name_at)].decode() == name:
                    return size
        raise CodeObjectError(f"has no function symbol '{name}'")


class _MessagePack:
    """Just enough of MessagePack to read the note."""

    def __init__(self, data):
        self._data, self._at = data, 0

    def _take(self, layout):
        values = struct.unpack_from(">" + layout, self._data, self._at)
        self._at += struct.calcsize(">" + layout)
        return values[0]

    def _bytes(self, size):
        self._at += size
        return self._data[self._at - size:self._at]

    def _map(self, size):
        return {self.read(): self.read() for _ in range(size)}

    def _array(self, size):
        return [self.read() for _ in range(size)]

    def read(self):
        tag = self._take("B")
        if tag < 0x80:
            return tag
        if tag < 0x90:
            return self._map(tag & 15)
        if tag < 0xA0:
            return self._array(tag & 15)
        if tag < 0xC0:
            return self._bytes(tag & 31).decode()
        if tag >= 0xE0:
            return tag - 256
        if tag in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[tag]
        numbers = {0xCC: "B", 0xCD: "H", 0xCE: "I", 0xCF: "Q", 0xD0: "b", 0xD1: "h", 0xD2: "i", 0xD3: "q", 0xCB: "d"}
        if tag in numbers:
            return self._take(numbers[tag])
        if tag in (0xD9, 0xDA, 0xDB):
            return self._bytes(self._take({0xD9: "B", 0xDA: "H", 0xDB: "I"}[tag])).decode()
        if tag in (0xDC, 0xDD):
            return self._array(self._take({0xDC: "H", 0xDD: "I"}[tag]))
        if tag in (0xDE, 0xDF):
            return self._map(self._take({0xDE: "H", 0xDF: "I"}[tag]))
        raise CodeObjectError(f"metadata note holds the MessagePack type {tag:#x}, which is not known here")
