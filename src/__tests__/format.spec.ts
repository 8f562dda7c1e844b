import type { Cluster, Lifetime } from '../schema';
import {
  describeLifetime,
  describeWorker,
  formatBytes,
  formatDuration,
  formatElapsed,
  formatUsage,
  parseBytes
} from '../widgets/format';
import { makeCluster, makeLifetime, trans } from './fakes';

const GIB = 2 ** 30;

describe('format', () => {
  it('writes bytes with few digits', () => {
    expect(formatBytes(0)).toBe('0 B');
    expect(formatBytes(1.25 * GIB)).toBe('1.3 GiB');
    expect(formatBytes(24 * GIB)).toBe('24 GiB');
    expect(formatUsage(GIB / 2, 6 * GIB)).toBe('0.5/6 GiB');
    expect(formatUsage(5, 0)).toBe('5 B');
  });

  it.each([
    ['8Gi', 8 * GIB],
    ['3 GiB', 3 * GIB],
    ['512MB', 512e6],
    ['5.5 GiB', 5.5 * GIB],
    ['1024', 1024],
    ['many', null]
  ])('reads %s', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it('writes lengths of time', () => {
    expect(formatDuration(12, trans)).toBe('12 s');
    expect(formatDuration(42 * 60, trans)).toBe('42 min');
    expect(formatDuration(3600, trans)).toBe('1 h');
    expect(formatDuration(5400, trans)).toBe('1 h 30 min');
  });

  it('says what a worker has', () => {
    expect(describeWorker(makeCluster().groups[0], trans)).toBe(
      '2 threads, 3 GiB'
    );
    const [group] = makeCluster().groups;
    expect(
      describeWorker({ ...group, threads: null, cpu: '100m' }, trans)
    ).toBe('0.1 CPU, 3 GiB');
  });

  it('says how a cluster ends', () => {
    const now = Date.parse('2026-11-21T11:18:00Z');
    const text = (
      part: Partial<Lifetime>,
      left: number | null = null,
      backend: Cluster['backend'] = 'kubernetes'
    ) =>
      describeLifetime(
        makeCluster({ backend, lifetime: makeLifetime(part) }),
        left === null ? null : now + left * 1000,
        now,
        trans
      );
    const idle = { kind: 'idle' as const, seconds: 3600 };
    expect(text(idle)).toBe('Shuts down after 1 h idle');
    expect(text(idle, 42 * 60)).toBe('Shuts down in 42 min: idle');
    expect(text(idle, -1)).toBe('Shuts down now: idle');
    const both = { ...idle, no_client_seconds: 600 };
    expect(text(both)).toBe(
      'Shuts down after 1 h idle, or 10 min without a client'
    );
    expect(text(both, 30)).toBe('Shuts down in 30 s: no client');
    expect(text({ kind: 'keep' })).toBe('Runs until you delete it');
    expect(text({ kind: 'keep' }, null, 'local')).toBe(
      'Runs until Jupyter ends'
    );
    expect(text({ kind: 'notebook' })).toBe('Ends with this notebook server');
    expect(text({ kind: 'notebook', notebook: 'Notebook alice' })).toBe(
      'Ends with Notebook alice'
    );
  });

  it('says how long something took', () => {
    expect(formatElapsed(42.9, trans)).toBe('42 s');
    expect(formatElapsed(185, trans)).toBe('3 min 5 s');
    expect(formatElapsed(11 * 60 + 59, trans)).toBe('11 min');
    expect(formatElapsed(3900, trans)).toBe('1 h 5 min');
  });
});
