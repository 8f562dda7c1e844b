import {
  describeLifetime,
  describeWorker,
  formatBytes,
  formatDuration,
  formatUsage,
  parseBytes
} from '../widgets/format';
import { makeCluster, trans } from './fakes';

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
  });

  it('says how a cluster ends', () => {
    const now = Date.parse('2026-11-21T11:18:00Z');
    const text = (idle_since: string | null, kind: 'idle' | 'keep' = 'idle') =>
      describeLifetime(
        makeCluster({ lifetime: { kind, seconds: 3600, idle_since } }),
        now,
        trans
      );
    expect(text(null)).toBe('Shuts down after 1 h idle');
    expect(text('2026-11-21T11:00:00Z')).toBe('Idle: 42 min left');
    expect(text('2026-11-21T10:00:00Z')).toBe('Idle: shuts down now');
    expect(text(null, 'keep')).toBe('Runs until you delete it');
  });
});
