"""The coverage page covers the whole product of requests, agrees with pagoda-explain, and is readable on a phone.

PAGODA_EXPLAIN names the program.
"""
import html.parser
import json
import os
import re
import shutil
import struct
import subprocess
import zlib

import pytest

EXPLAIN = os.environ['PAGODA_EXPLAIN']
FORMATS = {
    'FP8, one descale per tensor': ['--dtype', 'fp8', '--quant', 'per_tensor'],
    'FP8, descales per page and head': ['--dtype', 'fp8', '--quant', 'kv_block'],
    'bf16': ['--dtype', 'bf16'],
    'fp16': ['--dtype', 'fp16'],
}
MASKS = ['none', 'causal', 'window:1024,-1']


class Page(html.parser.HTMLParser):
    """Cells as {(arch, format, head dim, page size, layout, column): (class, text)}, reasons by table."""

    def __init__(self, text):
        super().__init__()
        self.cells, self.reasons, self.tags = {}, {}, set()
        self.arch = self.format = self.head_dim = None
        self.heads, self.column, self.open, self.text, self.style = [], 0, None, '', None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag == 'tr':
            self.heads, self.column = [], 0
        if tag in ('h2', 'summary', 'h4', 'th', 'td', 'li'):
            self.open, self.text, self.style = tag, '', dict(attributes).get('class')

    def handle_data(self, data):
        self.text += data

    def handle_endtag(self, tag):
        if tag != self.open:
            return
        table = (self.arch, self.format, self.head_dim)
        if tag == 'h2':
            self.arch = self.text.split()[0]
        elif tag == 'summary':
            self.format = self.text
        elif tag == 'h4':
            self.head_dim = int(self.text.split()[-1])
        elif tag == 'th':
            self.heads.append(self.text)
        elif tag == 'td':
            self.cells[(*table, int(self.heads[0]), self.heads[1], self.column)] = (self.style, self.text)
            self.column += 1
        elif tag == 'li':
            self.reasons.setdefault(table, []).append(self.text)
        self.open = None


@pytest.fixture(scope='module')
def source():
    return subprocess.run([EXPLAIN, '--matrix', 'html'], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope='module')
def page(source):
    return Page(source)


def explain(arch, name, head_dim, page_size, layout, column):
    done = subprocess.run(
        [EXPLAIN, '--arch', arch, *FORMATS[name], '--head-dim', str(head_dim), '--page-size', str(page_size),
         '--layout', layout, '--mask', MASKS[column % 3], '--soft-cap', '30' if column >= 3 else '0',
         '--q-len', '8192', '--kv-len', '8192', '--q-heads', '64', '--kv-heads', '8',
         '--json', '-'], capture_output=True, text=True, check=False)
    return json.loads(done.stdout)


def test_every_cell_is_there(page):
    archs = {cell[0] for cell in page.cells}
    assert {'gfx942', 'gfx950'} <= archs
    assert {cell[1] for cell in page.cells} == set(FORMATS)
    tables = {cell[:3] for cell in page.cells}
    assert len(tables) == len(archs) * len(FORMATS) * 3
    assert len(page.cells) == len(tables) * 6 * 2 * 6  # page sizes, layouts, columns


def test_what_is_not_the_best_says_why(page):
    for key, (style, text) in page.cells.items():
        match = re.fullmatch(r'(V\d|–)(\d*)', text)
        assert match and style == (match[1].lower() if match[1] != '–' else 'none'), (key, text)
        if style != 'v3':
            reason = page.reasons[key[:3]][int(match[2]) - 1]
            assert re.search(r'\w+ \w+', reason), (key, text)


def test_vectorized_pages_hold_whole_vectors(page):
    assert all(style == 'none' for key, (style, _) in page.cells.items() if key[3:5] == (1, 'vectorized'))


def test_cells_agree_with_explain(page):
    for number, (key, (style, _)) in enumerate(page.cells.items()):
        if number % 29:
            continue
        plan = explain(*key)
        built = [r for r in plan['refused'] if r['rule'] == 'not_built']
        name = built[0]['instance'] if built else plan['instance']
        assert (name.split('_')[2] if name else 'none') == style, (key, plan)


@pytest.mark.parametrize('table', ['sglang', 'vllm'])
def test_what_the_published_v3_serves_is_served_by_v3(page, table):
    """Theirs: gfx950, FP8 to bf16, head dim 128, linear, pages 1, 16 and 1024, no mask or causal."""
    served = [('FP8, one descale per tensor', size) for size in (1, 16, 1024)]
    served.append(('FP8, descales per page and head', 1024))
    for name, size in served:
        for column in (0, 1):
            assert page.cells[('gfx950', name, 128, size, 'linear', column)][0] == 'v3', (name, size, column)
            mask = MASKS[column]
            done = subprocess.run([EXPLAIN, *FORMATS[name], '--page-size', str(size), '--mask', mask, '--table', table,
                                   '--pipeline', 'v3', '--json', '-'], capture_output=True, text=True, check=False)
            plan = json.loads(done.stdout)
            assert plan['pipeline'] == 'v3' or plan['status'] == 'instance not built', plan


def test_page_needs_no_script(page):
    assert 'script' not in page.tags and {'table', 'details', 'meta'} <= page.tags


def pixels(path):
    """Rows of RGB triples of an 8-bit PNG without interlacing."""
    data = path.read_bytes()
    width, height, depth, colour = struct.unpack('>IIBB', data[16:26])
    assert depth == 8 and colour in (2, 6)
    size, at, packed = (3, 4)[colour == 6], 8, b''
    while at < len(data):
        length, kind = struct.unpack('>I4s', data[at:at + 8])
        packed += data[at + 8:at + 8 + length] if kind == b'IDAT' else b''
        at += 12 + length
    raw, rows, last = zlib.decompress(packed), [], bytearray(width * size)
    for y in range(height):
        start = y * (width * size + 1)
        method, line = raw[start], bytearray(raw[start + 1:start + 1 + width * size])
        for i, value in enumerate(line):
            left = line[i - size] if i >= size else 0
            up, corner = last[i], last[i - size] if i >= size else 0
            if method == 4:
                guess = left + up - corner
                nearest = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))
            line[i] = (value + (0, left, up, (left + up) // 2, nearest[2] if method == 4 else 0)[method]) & 255
        rows.append([tuple(line[x:x + 3]) for x in range(0, width * size, size)])
        last = line
    return rows


@pytest.mark.skipif(not shutil.which('chromium'), reason='needs a browser: package chromium')
def test_page_fits_a_phone(source, tmp_path):
    (tmp_path / 'page.html').write_text(source)
    shot = tmp_path / 'page.png'
    subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars',
                    '--window-size=360,900', f'--user-data-dir={tmp_path}/profile', f'--screenshot={shot}',
                    f'file://{tmp_path}/page.html'], capture_output=True, check=True, timeout=120)
    rows = pixels(shot)
    assert len(rows[0]) == 360
    seen = {pixel for row in rows for pixel in row}
    assert {(0xbf, 0xe8, 0xc5), (0xfd, 0xea, 0xb4), (0xf6, 0xc9, 0xc6)} <= seen, 'the legend shows every kind of cell'
    assert all(row[x] == (255, 255, 255) for row in rows for x in (0, 356, 358)), 'nothing reaches over the edge'
