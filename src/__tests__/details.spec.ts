import { Signal } from '@lumino/signaling';
import { DisposableDelegate } from '@lumino/disposable';

import { DetailsModel } from '../details';
import type { Cluster, Pod } from '../schema';
import type { IClusterManager, ITransition } from '../tokens';
import { FakeBody, makeCluster, makePod, settle, trans } from './fakes';

/** A manager of one cluster, and what was asked of it. */
class FakeManager {
  cluster: Cluster | undefined = makeCluster({ backend: 'kubernetes' });
  error = '';
  status = { stale_since: null as string | null };
  waiting = '';
  lookers = 0;
  readonly ready = Promise.resolve();
  readonly log: string[] = [];
  readonly bodies: FakeBody[] = [];
  readonly changed = new Signal<FakeManager, void>(this);
  readonly transitioned = new Signal<FakeManager, ITransition>(this);

  get(name: string): Cluster | undefined {
    return name === this.cluster?.name ? this.cluster : undefined;
  }

  look(): DisposableDelegate {
    this.lookers += 1;
    return new DisposableDelegate(() => {
      this.lookers -= 1;
    });
  }

  async pods(): Promise<Pod[]> {
    this.log.push('pods');
    return [makePod()];
  }

  events = async (): Promise<FakeBody> => this._open('events');
  logs = async (): Promise<FakeBody> => this._open('logs');

  private _open(what: string): FakeBody {
    this.log.push(what);
    const body = new FakeBody();
    this.bodies.push(body);
    return body;
  }
}

describe('DetailsModel', () => {
  let manager: FakeManager;
  let model: DetailsModel;
  const wait = async (ms = 40): Promise<void> => {
    await jest.advanceTimersByTimeAsync(ms);
    await settle();
  };
  const asked = (what: string): number =>
    manager.log.filter(one => one === what).length;

  beforeEach(async () => {
    jest.useFakeTimers();
    manager = new FakeManager();
    model = new DetailsModel({
      cluster: 'demo',
      manager: manager as unknown as IClusterManager,
      trans
    });
    await wait();
  });

  afterEach(() => {
    model.dispose();
    expect(manager.lookers).toBe(0);
    jest.useRealTimers();
  });

  it('asks for nothing that nobody sees', async () => {
    model.setLive('overview', true);
    await wait(30_000);
    expect(manager.log).toEqual([]);
    expect(manager.lookers).toBe(1);
  });

  it('reads pods every few seconds while they are seen', async () => {
    model.setLive('pods', true);
    await wait(16_000);
    expect(asked('pods')).toBeGreaterThanOrEqual(3);
    expect(asked('logs') + asked('events')).toBe(0);
    model.setLive('pods', false);
    const before = asked('pods');
    await wait(60_000);
    expect(asked('pods')).toBe(before);
  });

  it('opens the log of a pod', async () => {
    model.showLogs('demo-default-worker-1');
    expect(model.tab).toBe('logs');
    model.setLive('logs', true);
    await wait();
    expect(manager.log).toContain('logs');
    expect(model.logs.pod).toBe('demo-default-worker-1');
  });

  it('ends its streams when nobody looks', async () => {
    model.setLive('events', true);
    await wait();
    expect(asked('events')).toBe(1);
    model.setLive('events', false);
    expect(manager.bodies[0].cancelled).toBe(true);
    model.setLive('events', true);
    await wait();
    expect(asked('events')).toBe(2);
  });

  it('says that the cluster is gone, why, and when it is there again', async () => {
    model.setLive('pods', true);
    await wait();
    const last = manager.cluster;
    manager.cluster = undefined;
    manager.changed.emit();
    manager.transitioned.emit({
      name: 'demo',
      from: 'Running',
      to: null,
      reason: 'It was idle for an hour.'
    });
    expect(model.gone).toBe(true);
    expect(model.ending).toBe('It was idle for an hour.');
    expect(model.cluster).toBe(last);
    const before = asked('pods');
    await wait(60_000);
    expect(asked('pods')).toBe(before);
    manager.cluster = makeCluster({ created: '2026-11-21T12:00:00Z' });
    manager.changed.emit();
    expect(model.gone).toBe(false);
    expect(model.ending).toBe('');
    await wait();
    expect(asked('pods')).toBe(before + 1);
  });

  it('says since when it may be old', () => {
    let changes = 0;
    model.changed.connect(() => {
      changes += 1;
    });
    const since = '2026-11-21T10:42:07Z';
    manager.status = { stale_since: since };
    manager.changed.emit();
    manager.changed.emit();
    expect(model.staleSince).toBe(since);
    expect(changes).toBe(1);
    manager.status = { stale_since: null };
    manager.changed.emit();
    expect(model.staleSince).toBeNull();
  });

  it('takes no error for the end of a cluster', () => {
    manager.error = 'The Jupyter server cannot be reached.';
    manager.cluster = undefined;
    manager.changed.emit();
    expect(model.gone).toBe(false);
  });
});
