"""The command-line tools from outside: exit statuses, what goes to which stream, captures that replay.

PAGODA_BENCH, PAGODA_EXPLAIN and PAGODA_REPLAY name the programs.
"""
import json
import os
import subprocess

import pytest

SERVED = ['--arch', 'gfx950', '--dtype', 'bf16', '--mask', 'causal', '--page-size', '16', '--head-dim', '128']
SMALL = SERVED + ['--q-heads', '2', '--q-len', '70,1', '--kv-len', '90,33', '--lse']


def run(tool, *arguments):
    return subprocess.run([os.environ['PAGODA_' + tool], *arguments], capture_output=True, text=True, timeout=300)


def test_explain_prints_the_plan_as_json_alone():
    done = run('EXPLAIN', *SERVED, '--json', '-')
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout)
    assert plan['instance'].startswith('batch_prefill_') and plan['pipeline'] in ('v2', 'v3')
    assert len(plan['grid']) == 3 and plan['workspace_bytes'] >= 0
    assert plan['instance'] in done.stderr
    for refusal in plan['refused']:
        assert set(refusal) == {'instance', 'rule', 'reason'} and all(refusal.values())


def test_explain_names_the_rule_that_refuses():
    done = run('EXPLAIN', *SERVED, '--head-dim', '80', '--json', '-')
    assert done.returncode == 1
    plan = json.loads(done.stdout)
    assert plan['instance'] is None and plan['status'] == 'unsupported request'
    assert plan['refused'] and '80' in plan['message']


@pytest.mark.parametrize('tool', ['BENCH', 'EXPLAIN', 'REPLAY'])
@pytest.mark.parametrize('arguments', [['--no-such-flag'], ['--q-len', 'many'], ['--dtype', 'fp5'], ['--json']])
def test_wrong_usage_is_status_2(tool, arguments):
    done = run(tool, *arguments)
    assert done.returncode == 2
    assert done.stdout == '' and arguments[0] in done.stderr


@pytest.mark.parametrize('tool', ['BENCH', 'EXPLAIN', 'REPLAY'])
def test_help(tool):
    done = run(tool, '--help')
    assert done.returncode == 0 and '--json' in done.stdout and done.stderr == ''


def test_bench_verifies():
    done = run('BENCH', *SMALL, '--runtime', 'simulator', '--verify', '--repeat', '2', '--json', '-')
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result['verified'] is True and result['op'] == 'batch_prefill' and result['arch'] == 'gfx950'
    assert result['device'].startswith('simulated gfx950')
    assert 0 < result['rel_frobenius_error'] <= result['tolerance']
    assert 0 < result['max_abs_error'] and 0 < result['max_row_rel_error'] <= result['row_tolerance']
    assert result['wall_seconds'] > 0 and result['instructions'] > 0
    assert result['problem']['q_len'] == [70, 1]


def test_bench_fails_when_nothing_serves():
    done = run('BENCH', *SMALL, '--head-dim', '80', '--runtime', 'simulator', '--verify', '--json', '-')
    assert done.returncode == 1
    result = json.loads(done.stdout)
    assert result['verified'] is False and result['status'] == 'unsupported request'


def test_bench_suite_writes_one_object_per_line(tmp_path):
    suite = tmp_path / 'two.suite'
    flags = ' '.join(SMALL)
    suite.write_text(f'# two problems\n--label "the first" {flags}\n\n{flags} --table sglang\n')
    lines = tmp_path / 'out.json'
    done = run('BENCH', '--suite', str(suite), '--verify', '--seed', '5', '--runtime', 'simulator',
               '--json', str(lines))
    assert done.returncode == 0, done.stdout + done.stderr
    results = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [r['problem']['table'] for r in results] == ['vllm', 'sglang']
    assert results[0]['problem']['label'] == 'the first'
    assert all(r['problem']['seed'] == 5 for r in results)
    suite.write_text('--q-len 1\n--q-len one\n')
    done = run('BENCH', '--suite', str(suite))
    assert done.returncode == 2 and 'line 2' in done.stderr


def test_suite_chooses_how_it_runs(tmp_path):
    suite = tmp_path / 'timing.suite'
    suite.write_text('run --mode timing --sample --compare\n--label "some" ' + ' '.join(SMALL) + '\n')
    lines = tmp_path / 'out.json'
    done = run('BENCH', '--suite', str(suite), '--runtime', 'simulator', '--json', str(lines))
    assert done.returncode == 0, done.stdout + done.stderr
    results = [json.loads(line) for line in lines.read_text().splitlines()]
    assert len(results) == 2 and results[0]['pipeline'] == 'v2'
    for name in ('clk', 'us', 'tflops', 'clk_lenient', 'tflops_lenient'):
        assert results[0]['modelled_' + name] > 0
    assert results[0]['modelled_clk'] >= results[0]['modelled_clk_lenient']
    assert abs(sum(results[0]['modelled_wave_time'].values()) - 1) < 0.02
    waves = results[0]['modelled_waves']
    assert [wave['wave'] for wave in waves] == list(range(len(waves))) and len(waves) in (4, 8)
    for wave in waves:
        parts = [value for key, value in wave.items() if key not in ('workgroup', 'wave', 'clk')]
        assert len(parts) == 7 and 0.95 < sum(parts) / wave['clk'] < 1.001
    done = run('BENCH', '--suite', str(suite), '--runtime', 'simulator', '--verify')
    assert done.returncode == 2 and '--sample' in done.stderr


def capture(tmp_path):
    bundle = tmp_path / 'bundle'
    done = run('BENCH', *SMALL, '--runtime', 'simulator', '--capture', str(bundle))
    assert done.returncode == 0, done.stderr
    return bundle


def test_capture_replays(tmp_path):
    bundle = capture(tmp_path)
    launch = json.loads((bundle / 'launch.json').read_text())
    assert launch['format'] == 'pagoda-launch-1' and launch['arch'] == 'gfx950'
    assert {'q', 'k_cache', 'v_cache', 'out', 'lse'} <= {b['name'] for b in launch['buffers']}
    done = run('REPLAY', str(bundle), '--runtime', 'simulator', '--repeat', '2', '--json', '-')
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result['verified'] is True and result['instructions'] > 0
    compared = {b['name']: b for b in result['buffers'] if b['compared']}
    assert set(compared) == {'out', 'lse'}
    assert all(b['equal_bytes'] for b in compared.values())


def test_capture_of_split_keys_replays(tmp_path):
    bundle = tmp_path / 'bundle'
    flags = [*SERVED, '--q-heads', '2', '--q-len', '1', '--kv-len', '900', '--splits', '3', '--runtime', 'simulator']
    done = run('BENCH', *flags, '--verify', '--capture', str(bundle), '--json', '-')
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)['num_splits'] == 3
    assert json.loads((bundle / 'launch-1/launch.json').read_text())['kernel'].endswith('_combine')
    done = run('REPLAY', str(bundle), '--runtime', 'simulator', '--json', '-')
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)['verified'] for line in done.stdout.splitlines()] == [True, True]
    done = run('BENCH', *flags, '--capture', str(bundle))
    assert done.returncode == 1 and 'already holds a bundle' in done.stdout


def test_replay_notices_a_wrong_result(tmp_path):
    bundle = capture(tmp_path)
    after = bundle / 'out.after.bin'
    data = bytearray(after.read_bytes())
    data[1] ^= 0x40  # the exponent of the first element
    after.write_bytes(data)
    done = run('REPLAY', str(bundle), '--runtime', 'simulator', '--json', '-')
    assert done.returncode == 1
    result = json.loads(done.stdout)
    wrong = [b for b in result['buffers'] if b.get('verified') is False]
    assert result['verified'] is False and [b['name'] for b in wrong] == ['out'] and wrong[0]['first_difference'] == 0


def test_replay_refuses_a_malformed_bundle(tmp_path):
    done = run('REPLAY', str(tmp_path))
    assert done.returncode == 2 and 'launch.json' in done.stderr
    bundle = capture(tmp_path)
    launch = json.loads((bundle / 'launch.json').read_text())
    launch['kernel'] = 'no_such_kernel'
    (bundle / 'launch.json').write_text(json.dumps(launch))
    done = run('REPLAY', str(bundle), '--runtime', 'simulator')
    assert done.returncode == 1 and 'hipModuleGetFunction' in done.stderr
