"""What the documents quote and name exists."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']


def test_readme_quotes_the_example_that_is_compiled():
    example = (ROOT / 'tests/runtime/example_integration.c').read_text()
    parts = re.findall(r'/\* ---- README: begin ---- \*/\n(.*?)\s*/\* ---- README: end ---- \*/', example, re.S)
    assert parts
    quoted = re.search(r'```c\n(.*?)```', (ROOT / 'README.md').read_text(), re.S).group(1)
    unindented = [re.sub(r'^    ', '', part, flags=re.M) for part in parts]
    assert quoted == '#include <pagoda/batch_prefill.h>\n\n' + '\n'.join(unindented) + '\n'


@pytest.mark.parametrize('document', DOCUMENTS)
def test_named_files_exist(document):
    text = (ROOT / document).read_text()
    for name in re.findall(r'`([\w./{},-]+/[\w./{},-]*|[\w-]+\.(?:py|md|txt|csv))`', text):
        if name.startswith('./') or name.startswith('pagoda/') or '<' in name:
            continue
        alternatives = re.findall(r'\{([\w,]+)\}', name)
        names = [name.replace('{' + a + '}', v) for a in alternatives for v in a.split(',')] or [name]
        for path in names:
            assert (ROOT / path).exists() or list(ROOT.glob('generated/' + path)), f'{document} names {path}'


@pytest.mark.parametrize('document', DOCUMENTS)
def test_lines_are_short(document):
    for number, line in enumerate((ROOT / document).read_text().splitlines(), 1):
        assert len(line) <= 120, f'{document}:{number}'


def test_commands_of_dev_exist():
    script = (ROOT / 'dev').read_text()
    for document in DOCUMENTS:
        for command in re.findall(r'\./dev (\w+)', (ROOT / document).read_text()):
            assert re.search(rf'^{command}(?: \|[^)]*)?\)', script, re.M), f'{document} uses ./dev {command}'
