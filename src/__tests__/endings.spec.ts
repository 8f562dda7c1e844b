import { ClusterClient } from '../client';
import { EndingWatch, warnTime } from '../endings';
import { clockOf, endOf } from '../lifetime';
import { ClusterManager } from '../manager';
import type { Cluster } from '../schema';
import {
  FakeServer,
  makeCluster,
  makeLifetime,
  makeMetrics,
  settle,
  status
} from './fakes';

const MINUTE = 60_000;

/** A cluster whose idle clock of so many minutes runs out in `left` ms. */
function ending(left: number, minutes: number, part: Partial<Cluster> = {}) {
  const end = Date.now() + left;
  const since = end - minutes * MINUTE;
  return makeCluster({
    lifetime: makeLifetime({
      kind: 'idle',
      seconds: minutes * 60,
      idle_since: new Date(since).toISOString(),
      ends: new Date(end).toISOString()
    }),
    ...part
  });
}

describe('lifetimes', () => {
  it('end by the clock of the server, or as listed', () => {
    const { lifetime } = ending(MINUTE, 60);
    const frame = (ends: number | null) => ({
      name: 'demo',
      metrics: makeMetrics({ time: 5000, ends }),
      reason: '',
      kind: 'metrics' as const
    });
    expect(endOf(lifetime, frame(5010), 7)).toBe(7 + 10_000);
    expect(endOf(lifetime, frame(null), 7)).toBeNull();
    expect(endOf(lifetime, undefined, 7)).toBe(Date.parse(lifetime.ends ?? ''));
  });

  it('tell which clock runs', () => {
    const { lifetime } = ending(MINUTE, 60);
    const end = Date.parse(lifetime.ends ?? '');
    const two = { ...lifetime, no_client_seconds: 600 };
    expect(clockOf(two, end)).toBe('idle');
    expect(clockOf(two, end - MINUTE)).toBe('no client');
    expect(clockOf({ ...two, kind: 'notebook' }, end)).toBe('no client');
  });

  it('are warned of five minutes before, or at 80 % of short ones', () => {
    const now = Date.now();
    jest.useFakeTimers({ now });
    expect(warnTime(ending(0, 60), now)).toBe(now - 5 * MINUTE);
    expect(warnTime(ending(0, 10), now)).toBe(now - 2 * MINUTE);
    jest.useRealTimers();
  });
});

describe('EndingWatch', () => {
  let clusters: Cluster[];
  let manager: ClusterManager;
  let watch: EndingWatch;
  let told: string[];

  const read = async (...listed: Cluster[]): Promise<void> => {
    clusters = listed;
    const done = manager.refresh();
    await jest.advanceTimersByTimeAsync(1);
    await done;
    await settle();
  };

  beforeEach(async () => {
    jest.useFakeTimers();
    clusters = [];
    told = [];
    const server = new FakeServer((_, path) => ({
      body: path === 'status' ? status : { clusters }
    }));
    manager = new ClusterManager({
      client: new ClusterClient({ serverSettings: server.settings })
    });
    await jest.advanceTimersByTimeAsync(1);
    await manager.ready;
    watch = new EndingWatch({
      manager,
      warn: ({ name }) => {
        told.push(name);
        return () => told.push(`${name} is over`);
      }
    });
  });

  afterEach(() => {
    watch.dispose();
    manager.dispose();
    jest.useRealTimers();
  });

  it('warns once per run of the clock, and asks for nothing', async () => {
    await read(ending(10 * MINUTE, 60));
    await jest.advanceTimersByTimeAsync(4 * MINUTE);
    expect(told).toEqual([]);
    await jest.advanceTimersByTimeAsync(2 * MINUTE);
    expect(told).toEqual(['demo']);
    await read(ending(4 * MINUTE, 60, { warnings: ['Something else.'] }));
    expect(told).toEqual(['demo']);
  });

  it('takes the warning back when somebody extends', async () => {
    await read(ending(MINUTE, 60));
    expect(told).toEqual(['demo']);
    await read(ending(60 * MINUTE, 60));
    expect(told).toEqual(['demo', 'demo is over']);
    await jest.advanceTimersByTimeAsync(56 * MINUTE);
    expect(told).toEqual(['demo', 'demo is over', 'demo']);
  });

  it('is quiet about what others have, and about what stops', async () => {
    await read(
      ending(MINUTE, 60, { name: 'hers', owner: 'bob' }),
      ending(MINUTE, 60, { name: 'ours', shared: true }),
      ending(MINUTE, 60, { name: 'gone', phase: 'Stopping' })
    );
    expect(told).toEqual([]);
  });
});
