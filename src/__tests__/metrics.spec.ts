import { ServerConnection } from '@jupyterlab/services';

import { ClusterClient } from '../client';
import { MetricsFeed } from '../metrics';
import { FakeServer, makeMetrics, settle } from './fakes';

/** A websocket that a test opens, closes and speaks through. */
class FakeSocket {
  static all: FakeSocket[] = [];

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  readyState = 0;
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;

  send(text: string): void {
    this.sent.push(text);
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  close(): void {
    if (this.readyState < 2) {
      this.readyState = 3;
      this.onclose?.();
    }
  }

  push(name: string, cpu: number): void {
    const frame = { name, metrics: makeMetrics({ name, cpu }), reason: '' };
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

describe('MetricsFeed', () => {
  let feed: MetricsFeed;

  const advance = async (ms: number): Promise<void> => {
    await jest.advanceTimersByTimeAsync(ms);
    await settle();
  };

  beforeEach(() => {
    jest.useFakeTimers();
    FakeSocket.all = [];
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

  it('keeps the newest frame and a bounded history', async () => {
    const watch = feed.watch('a');
    await advance(10);
    FakeSocket.all[0].open();
    const changed = jest.fn();
    feed.changed.connect(changed);
    for (let cpu = 0; cpu < 130; cpu++) {
      FakeSocket.all[0].push('a', cpu);
    }
    FakeSocket.all[0].push('unwatched', 1);
    expect(changed).toHaveBeenCalledTimes(130);
    expect(feed.latest('a')?.metrics?.cpu).toBe(129);
    expect(feed.latest('unwatched')).toBeUndefined();
    expect(feed.history('a')).toHaveLength(120);
    watch.dispose();
    expect(feed.history('a')).toHaveLength(0);
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
