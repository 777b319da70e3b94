#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns the JSON lines of `pagoda-bench --suite NAME --json NAME.json` into results/NAME.csv, and where the suite knows
published figures also into results/NAME.svg.

    ./dev bench --suite seed --json seed.json && python3 bench/chart.py seed.json
"""
import csv
import html
import json
import pathlib
import sys

RESULTS = pathlib.Path(__file__).resolve().parent / 'results'
COMMAND = './dev bench --suite {0} --json {0}.json && python3 bench/chart.py {0}.json'
MODELLED = ['modelled_tflops', 'modelled_tflops_traced', 'modelled_tflops_lenient', 'modelled_clk_per_tile',
            'modelled_clk_per_tile_traced', 'modelled_clk_per_tile_lenient']
# The bars of one problem from top to bottom: colour, key, what the legend says.
BARS = [('#c9c9c9', 'published v2', 'others, V2 (measured on hardware by them)'),
        ('#8f8f8f', 'published v3', 'others, V3 (measured on hardware by them)'),
        ('#9ecae1', 'modelled v2', 'Pagoda V2 (modelled, strict)'),
        ('#3182bd', 'modelled v3', 'Pagoda V3 (modelled, strict)')]


def read(path):
    """The results by problem label, in order: {label: {pipeline: result}}."""
    problems = {}
    for line in pathlib.Path(path).read_text().splitlines():
        result = json.loads(line)
        if result['pipeline'] is not None:
            problems.setdefault(result['problem']['label'], {})[result['pipeline']] = result
    return problems


def write_csv(problems, path):
    with open(path, 'w', newline='') as file:
        file.write(f'# {COMMAND.format(path.stem)}\n')
        rows = csv.writer(file, lineterminator='\n')
        rows.writerow(['problem', 'pipeline', 'instance', *MODELLED, 'published_tflops'])
        for label, by_pipeline in problems.items():
            for pipeline, result in by_pipeline.items():
                figures = [result.get(name) for name in MODELLED]
                rows.writerow([label, pipeline, result['instance'], *('' if f is None else f'{f:.4g}' for f in figures),
                               result.get(f'published_{pipeline}_tflops', '')])


def bars_of(by_pipeline):
    values = {}
    for pipeline, result in by_pipeline.items():
        values[f'modelled {pipeline}'] = result.get('modelled_tflops')
        for other in ('v2', 'v3'):
            if f'published_{other}_tflops' in result:
                values[f'published {other}'] = result[f'published_{other}_tflops']
    return values


def write_svg(problems, path):
    width, row, left, top, bottom = 900, 15, 250, 76, 24
    step = len(BARS) * 6 + row - 6
    height = top + step * len(problems) + bottom
    largest = max(v for p in problems.values() for v in bars_of(p).values() if v)
    scale = (width - left - 60) / largest
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
           'font-family="sans-serif" font-size="11">',
           f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for i, (colour, _, legend) in enumerate(BARS):
        x, y = 10 + i % 2 * 330, 18 + i // 2 * 18
        out.append(f'<rect x="{x}" y="{y - 9}" width="12" height="10" fill="{colour}"/>'
                   f'<text x="{x + 17}" y="{y}">{legend}</text>')
    out.append(f'<text x="{width - 10}" y="18" text-anchor="end">TFLOP/s, FP8, head dim 128</text>')
    out.append('<text x="10" y="54" fill="#555">Modelled at the peak clock; kernels whose hardware speed is public '
               'reach 60 to 66 % of what the model says of them (runtime/sim/TIMING.md).</text>')
    for tick in range(0, int(largest) + 1, 500):
        x = left + tick * scale
        out.append(f'<line x1="{x:.1f}" y1="{top - 6}" x2="{x:.1f}" y2="{height - bottom}" stroke="#ddd"/>'
                   f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle" fill="#555">{tick}</text>')
    for n, (label, by_pipeline) in enumerate(problems.items()):
        y = top + n * step
        out.append(f'<text x="{left - 8}" y="{y + 17}" text-anchor="end">{html.escape(label)}</text>')
        values = bars_of(by_pipeline)
        for i, (colour, key, _) in enumerate(BARS):
            value = values.get(key)
            if value:
                out.append(f'<rect x="{left}" y="{y + i * 6}" width="{value * scale:.1f}" height="5" fill="{colour}"/>')
                if i == len(BARS) - 1:
                    x = left + value * scale + 4
                    out.append(f'<text x="{x:.1f}" y="{y + i * 6 + 5}" fill="#333">{value:.0f}</text>')
    out.append('</svg>')
    path.write_text('\n'.join(out) + '\n')


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    problems = read(sys.argv[1])
    if not problems:
        sys.exit(f'{sys.argv[1]} holds no results')
    name = pathlib.Path(sys.argv[1]).stem
    write_csv(problems, RESULTS / f'{name}.csv')
    if any('published v3' in bars_of(by_pipeline) for by_pipeline in problems.values()):
        write_svg(problems, RESULTS / f'{name}.svg')


if __name__ == '__main__':
    main()
