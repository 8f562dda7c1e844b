import { ServerConnection } from '@jupyterlab/services';

import { ClusterClient } from '../client';
import { MetricsFeed } from '../metrics';
import { FakeServer, FakeSocket, makeMetrics, settle } from './fakes';
import { makeFrame } from './monitorFakes';

/** Let a socket bring a reading. */
function push(socket: FakeSocket, name: string, cpu: number): void {
  const metrics = makeMetrics({ name, cpu });
  socket.receive({ name, metrics, reason: '' });
}

describe('MetricsFeed', () => {
  let feed: MetricsFeed;

  const advance = async (ms: number): Promise<void> => {
    await jest.advanceTimersByTimeAsync(ms);
    await settle();
  };

  beforeEach(() => {
    jest.useFakeTimers();
    FakeSocket.all.length = 0;
    const settings: ServerConnection.ISettings = {
      ...new FakeServer(() => ({})).settings,
      WebSocket: FakeSocket as unknown as typeof WebSocket
    };
    feed = new MetricsFeed(new ClusterClient({ serverSettings: settings }));
  });

  afterEach(() => {
    feed.dispose();
    jest.useRealTimers();
  });

  it('shares one socket and closes it with the last watcher', async () => {
    const first = feed.watch('a');
    await advance(10);
    const second = feed.watch('b');
    const again = feed.watch('a');
    FakeSocket.all[0].open();
    await advance(10);
    const socket = FakeSocket.all[0];
    expect(FakeSocket.all).toHaveLength(1);
    expect(socket.url).toBe('ws://localhost/base/dask-k8s/api/metrics');
    expect(socket.sent).toEqual(['{"watch":["a","b"]}']);

    first.dispose();
    await advance(10);
    expect(socket.sent).toHaveLength(1);
    second.dispose();
    await advance(10);
    expect(socket.sent[1]).toBe('{"watch":["a"]}');
    again.dispose();
    await advance(10);
    expect(socket.readyState).toBe(3);
    await advance(10 * 60 * 1000);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('opens no socket while nobody watches', async () => {
    await advance(60 * 1000);
    expect(FakeSocket.all).toHaveLength(0);
  });

  it('keeps what came for a view that is moved, not for one that is closed', async () => {
    const watch = feed.watch('a');
    await advance(10);
    FakeSocket.all[0].open();
    push(FakeSocket.all[0], 'a', 7);
    watch.dispose();
    const moved = feed.watch('a');
    expect(feed.latest('a')?.metrics?.cpu).toBe(7);
    await advance(10);
    expect(feed.latest('a')?.metrics?.cpu).toBe(7);
    expect(feed.history('a')).toHaveLength(1);
    moved.dispose();
    await advance(10);
    expect(feed.latest('a')).toBeUndefined();
    expect(feed.history('a')).toHaveLength(0);
  });

  it('keeps the newest frame and a bounded history', async () => {
    const watch = feed.watch('a');
    await advance(10);
    FakeSocket.all[0].open();
    const changed = jest.fn();
    feed.changed.connect(changed);
    for (let cpu = 0; cpu < 130; cpu++) {
      push(FakeSocket.all[0], 'a', cpu);
    }
    push(FakeSocket.all[0], 'unwatched', 1);
    expect(changed).toHaveBeenCalledTimes(130);
    expect(feed.latest('a')?.metrics?.cpu).toBe(129);
    expect(feed.latest('unwatched')).toBeUndefined();
    expect(feed.history('a')).toHaveLength(120);
    watch.dispose();
    await advance(10);
    expect(feed.history('a')).toHaveLength(0);
  });

  it('watches monitors over the same socket', async () => {
    const monitored = jest.fn();
    feed.monitored.connect((_, frame) => monitored(frame.name));
    const card = feed.watch('a');
    const monitor = feed.watchMonitor('a');
    await advance(10);
    const [socket] = FakeSocket.all;
    socket.open();
    expect(socket.sent).toEqual(['{"watch":["a"],"monitor":["a"]}']);
    socket.onmessage?.({ data: JSON.stringify(makeFrame({ name: 'a' })) });
    socket.onmessage?.({ data: JSON.stringify(makeFrame({ name: 'b' })) });
    expect(monitored.mock.calls).toEqual([['a']]);
    expect(feed.latest('a')).toBeUndefined();
    card.dispose();
    await advance(10);
    expect(socket.sent[1]).toBe('{"watch":[],"monitor":["a"]}');
    monitor.dispose();
    await advance(10);
    expect(socket.readyState).toBe(3);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it('connects again after a gateway cut the socket', async () => {
    feed.watch('a');
    await advance(10);
    FakeSocket.all[0].open();
    await advance(10);
    FakeSocket.all[0].close();
    await advance(5000);
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.all[1].open();
    expect(FakeSocket.all[1].sent).toEqual(['{"watch":["a"]}']);
  });
});
