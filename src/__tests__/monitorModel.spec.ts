import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { MonitorFeed } from '../monitor/feed';
import { MonitorModel } from '../monitor/model';
import type { MonitorFrame } from '../schema';
import type { IClusterManager, IMetricsFeed } from '../tokens';
import { makeCluster, settle, trans } from './fakes';
import { makeFrame, makeSample } from './monitorFakes';

/** The websocket's side of the feed: what is watched, and what comes. */
class FakeFeed {
  readonly monitored = new Signal<this, MonitorFrame>(this);
  readonly watched: string[] = [];

  watchMonitor(name: string): IDisposable {
    this.watched.push(name);
    return new DisposableDelegate(() => {
      this.watched.splice(this.watched.indexOf(name), 1);
    });
  }
}

class FakeManager {
  readonly changed = new Signal<this, void>(this);
  readonly ready = Promise.resolve();
  readonly error = '';
  readonly waiting = '';
  clusters = [makeCluster(), makeCluster({ name: 'other' })];
  looks = 0;

  get(name: string) {
    return this.clusters.find(cluster => cluster.name === name);
  }

  look(): IDisposable {
    this.looks += 1;
    return new DisposableDelegate(() => {
      this.looks -= 1;
    });
  }
}

describe('MonitorModel', () => {
  let socket: FakeFeed;
  let feed: MonitorFeed;
  let manager: FakeManager;
  let model: MonitorModel;

  const make = (): MonitorModel =>
    new MonitorModel({
      feed,
      manager: manager as unknown as IClusterManager,
      settings: { cluster: 'demo', seconds: 120, heat: 'cpu' },
      trans
    });
  const push = (time: number, part: Partial<MonitorFrame> = {}): void =>
    socket.monitored.emit(
      makeFrame({ samples: [makeSample({ time })], ...part })
    );

  beforeEach(async () => {
    jest.useFakeTimers();
    socket = new FakeFeed();
    feed = new MonitorFeed(socket as unknown as IMetricsFeed);
    manager = new FakeManager();
    model = make();
    await settle();
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  it('asks for nothing unless somebody sees it', () => {
    expect(socket.watched).toEqual([]);
    model.live = true;
    expect(socket.watched).toEqual(['demo']);
    expect(manager.looks).toBe(1);
    model.live = false;
    expect(socket.watched).toEqual([]);
    expect(manager.looks).toBe(0);
  });

  it('shares the data of a cluster, which ends with the last', () => {
    const other = make();
    model.live = true;
    push(1, { start: true });
    expect(other.data.length).toBe(1);
    other.dispose();
    expect(model.data.length).toBe(1);
    model.dispose();
    jest.advanceTimersByTime(1);
    model = make();
    expect(model.data.length).toBe(0);
  });

  it('loads, then shows, and says why nothing comes', () => {
    model.live = true;
    expect(model.state.kind).toBe('loading');
    push(1, { start: true, samples: [], reason: 'It does not answer.' });
    expect(model.state).toMatchObject({
      kind: 'waiting',
      title: 'No readings of demo',
      reason: 'It does not answer.'
    });
    push(2);
    expect(model.state.kind).toBe('none');
  });

  it('notices when messages stop to come, and that they come again', () => {
    model.live = true;
    push(1, { start: true });
    jest.advanceTimersByTime(7000);
    expect(model.state.kind).toBe('none');
    jest.advanceTimersByTime(2000);
    expect(model.state.kind).toBe('reconnecting');
    push(9);
    expect(model.state.kind).toBe('none');
    model.live = false;
    jest.advanceTimersByTime(60_000);
    expect(model.state.kind).toBe('none');
  });

  it('says when its cluster is gone, and keeps what it shows', () => {
    model.live = true;
    push(1, { start: true });
    manager.clusters = [];
    manager.changed.emit();
    expect(model.state.kind).toBe('gone');
    expect(model.state.title).toBe('Disconnected from demo');
    expect(model.data.length).toBe(1);
  });

  it('stands still while paused, and has the rest when it goes on', () => {
    const updated = jest.fn();
    model.live = true;
    push(1, { start: true });
    model.paused = true;
    model.updated.connect(updated);
    push(2);
    expect(updated).not.toHaveBeenCalled();
    expect(model.data.length).toBe(1);
    model.seconds = 30;
    expect(model.paused).toBe(true);
    model.paused = false;
    expect(model.data.length).toBe(2);
    expect(updated).toHaveBeenCalled();
  });

  it('goes to another cluster, and tells it', () => {
    const changed = jest.fn();
    model.changed.connect(changed);
    model.live = true;
    model.paused = true;
    model.cluster = 'other';
    expect(socket.watched).toEqual(['other']);
    expect(changed).toHaveBeenCalled();
    expect(model.paused).toBe(false);
    expect(model.settings).toEqual({
      cluster: 'other',
      seconds: 120,
      heat: 'cpu'
    });
  });
});
