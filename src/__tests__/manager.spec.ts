import type { Event } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { ClusterClient } from '../client';
import type { IHints } from '../hints';
import { ClusterManager } from '../manager';
import { EVENT_SCHEMA } from '../reader';
import type { Cluster, Status } from '../schema';
import type { ITransition } from '../tokens';
import { FakeServer, IAnswer, makeCluster, settle, status } from './fakes';

/** Jupyter's event bus, reduced to its stream. */
class FakeEvents {
  readonly stream = new Signal<Event.IManager, Event.Emission>(
    {} as unknown as Event.IManager
  );

  hint(action: string, name: string, reason = ''): void {
    const emission = { schema_id: EVENT_SCHEMA, action, name, reason };
    this.stream.emit(emission as unknown as Event.Emission);
  }
}

const waits: IAnswer = {
  status: 503,
  body: {
    message: 'Reading the list of clusters.',
    reason: 'BackendUnavailable',
    details: {}
  }
};

describe('ClusterManager', () => {
  let answer: Status;
  let clusters: Cluster[];
  let failure: string;
  let deletion: IAnswer;
  let hidden: boolean;
  let server: FakeServer;
  let events: FakeEvents;
  let manager: ClusterManager;
  let transitions: ITransition[];

  const count = (what: string): number =>
    server.log.filter(line => line === what).length;
  const lists = (): number => count('GET clusters');
  const statuses = (): number => count('GET status');

  const advance = async (ms: number): Promise<void> => {
    await jest.advanceTimersByTimeAsync(ms);
    await settle();
  };

  beforeEach(async () => {
    jest.useFakeTimers();
    clusters = [makeCluster()];
    answer = status;
    failure = '';
    deletion = { status: 204 };
    hidden = false;
    jest.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
    server = new FakeServer((method, path) => {
      if (failure !== '') {
        return { status: 503, body: { message: failure, reason: 'X' } };
      }
      if (method === 'DELETE') {
        return deletion;
      }
      if (method === 'POST') {
        return { status: 201, body: makeCluster({ name: 'new' }) };
      }
      if (path === 'status') {
        return { body: answer };
      }
      return answer.state === 'starting' ? waits : { body: { clusters } };
    });
    events = new FakeEvents();
    manager = new ClusterManager({
      client: new ClusterClient({ serverSettings: server.settings }),
      hints: events as unknown as IHints
    });
    transitions = [];
    manager.transitioned.connect((_, transition) => {
      transitions.push(transition);
    });
    await advance(10);
    await manager.ready;
  });

  afterEach(() => {
    manager.dispose();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('reads the status and the list once, and selects the first', () => {
    expect(server.log).toEqual(['GET status', 'GET clusters']);
    expect(manager.clusters).toHaveLength(1);
    expect(manager.status?.user).toBe('alice');
    expect(manager.selected).toBe('demo');
    expect(transitions).toEqual([]);
  });

  it('reads once for a burst of hints', async () => {
    for (let turn = 0; turn < 5; turn++) {
      events.hint('changed', 'demo');
      await advance(5);
    }
    await advance(200);
    expect(lists()).toBe(2);
    // A hint about a cluster says nothing about the server.
    expect(statuses()).toBe(1);
  });

  it('loses no hint that comes while it reads', async () => {
    server.latency = 300;
    events.hint('changed', 'demo');
    await advance(100);
    expect(lists()).toBe(2);
    // The answer that is under way still has the cluster.
    clusters = [];
    events.hint('removed', 'demo');
    await advance(1500);
    expect(manager.clusters).toEqual([]);
    expect(lists()).toBe(3);
  });

  it('does not read for events of others', async () => {
    events.stream.emit({ schema_id: 'https://example.org/other' });
    await advance(200);
    expect(lists()).toBe(1);
  });

  it('emits no signal when nothing changed', async () => {
    const changed = jest.fn();
    manager.changed.connect(changed);
    clusters = [makeCluster()];
    events.hint('changed', 'demo');
    await advance(200);
    expect(lists()).toBe(2);
    expect(changed).not.toHaveBeenCalled();
  });

  it('tells of each phase and of a cluster that ended by itself', async () => {
    clusters = [...clusters, makeCluster({ name: 'b', phase: 'Pending' })];
    events.hint('added', 'b');
    await advance(200);
    clusters = [clusters[0], makeCluster({ name: 'b' })];
    events.hint('changed', 'b');
    await advance(200);
    clusters = [clusters[0]];
    events.hint('removed', 'b', 'It was idle for 1 h.');
    await advance(200);
    expect(transitions).toEqual([
      { name: 'b', from: null, to: 'Pending', reason: '' },
      { name: 'b', from: 'Pending', to: 'Running', reason: '' },
      { name: 'b', from: 'Running', to: null, reason: 'It was idle for 1 h.' }
    ]);
  });

  it('has deleted what another tab has deleted before', async () => {
    const reason = 'ClusterNotFound';
    deletion = { status: 404, body: { message: 'There is none.', reason } };
    clusters = [];
    const done = manager.shutdown('demo');
    await advance(10);
    await expect(done).resolves.toBeUndefined();
    expect(manager.clusters).toEqual([]);
  });

  it('gives no reason for what the user ended', async () => {
    const done = manager.shutdown('demo');
    clusters = [];
    events.hint('removed', 'demo', 'Deleted.');
    await advance(200);
    await done;
    expect(transitions).toEqual([
      { name: 'demo', from: 'Running', to: null, reason: '' }
    ]);
    expect(manager.selected).toBeNull();
  });

  it('polls only while somebody looks at a visible page', async () => {
    await advance(10 * 60 * 1000);
    expect(lists()).toBe(1);
    const look = manager.look();
    await advance(10);
    // The list was old: looking at it reads it.
    expect(lists()).toBe(2);
    await advance(5 * 60 * 1000);
    const seen = lists();
    expect(seen).toBeGreaterThanOrEqual(6);
    expect(seen).toBeLessThanOrEqual(7);
    hidden = true;
    await advance(5 * 60 * 1000);
    expect(lists()).toBe(seen);
    hidden = false;
    look.dispose();
    await advance(5 * 60 * 1000);
    expect(lists()).toBe(seen);
  });

  it('refreshes when asked, also on a hidden page', async () => {
    hidden = true;
    const done = manager.refresh();
    await advance(10);
    await done;
    expect(lists()).toBe(2);
  });

  it('keeps the list and says why it is old', async () => {
    failure = 'The cluster manager is away.';
    const done = manager.refresh();
    await advance(10);
    await done;
    expect(manager.error).toBe('The cluster manager is away.');
    expect(manager.clusters).toHaveLength(1);
    failure = '';
    events.hint('changed', 'demo');
    await advance(200);
    expect(manager.error).toBe('');
    expect(transitions).toEqual([]);
  });

  describe('the server', () => {
    it('is asked again after a hint about no cluster', async () => {
      const changed = jest.fn();
      manager.changed.connect(changed);
      answer = { ...status, trouble: 'The Kubernetes API is away.' };
      events.hint('changed', '');
      await advance(200);
      expect([statuses(), lists()]).toEqual([2, 2]);
      expect(manager.status?.trouble).toBe('The Kubernetes API is away.');
      expect(manager.clusters).toHaveLength(1);
      expect(manager.error).toBe('');
      expect(changed).toHaveBeenCalledTimes(1);
      answer = status;
      events.hint('changed', '');
      await advance(200);
      expect(manager.status?.trouble).toBe('');
    });

    it('is asked by the safety poll only while there is trouble', async () => {
      const look = manager.look();
      await advance(3 * 60 * 1000);
      expect(statuses()).toBe(1);
      answer = { ...status, trouble: 'The Kubernetes API is away.' };
      events.hint('changed', '');
      await advance(200);
      // A hint about a cluster still costs one request.
      events.hint('changed', 'demo');
      await advance(200);
      expect(statuses()).toBe(2);
      answer = status;
      await advance(60 * 1000);
      expect(statuses()).toBe(3);
      expect(manager.status?.trouble).toBe('');
      await advance(5 * 60 * 1000);
      expect(statuses()).toBe(3);
      look.dispose();
    });

    it('is asked when the user refreshes', async () => {
      const done = manager.refresh();
      await advance(10);
      await done;
      expect([statuses(), lists()]).toEqual([2, 2]);
    });

    it('is waited for without an error, until a hint', async () => {
      answer = { ...status, state: 'starting' };
      events.hint('changed', '');
      await advance(200);
      expect(manager.waiting).toBe('Reading the list of clusters.');
      expect(manager.error).toBe('');
      // What was known stays.
      expect(manager.clusters).toHaveLength(1);
      answer = status;
      clusters = [makeCluster({ phase: 'Pending' })];
      events.hint('changed', '');
      await advance(200);
      expect(manager.waiting).toBe('');
      expect(manager.clusters[0].phase).toBe('Pending');
      // Nothing is told of what happened meanwhile.
      expect(transitions).toEqual([]);
    });

    it('takes its local clusters along when it ends', async () => {
      failure = 'Nobody is there.';
      events.hint('changed', '');
      await advance(200);
      expect(manager.error).toBe(failure);
      failure = '';
      clusters = [];
      events.hint('changed', '');
      await advance(200);
      expect(transitions).toEqual([
        { name: 'demo', from: 'Running', to: null, reason: '', lost: true }
      ]);
    });

    it('is not thought to have ended where it told of an end', async () => {
      clusters = [];
      events.hint('removed', 'demo');
      events.hint('changed', '');
      await advance(200);
      expect(transitions).toEqual([
        { name: 'demo', from: 'Running', to: null, reason: '' }
      ]);
    });

    it('is noticed to have started anew', async () => {
      answer = { ...status, state: 'starting' };
      events.hint('changed', 'demo');
      await advance(200);
      expect(manager.waiting).toBe('Reading the list of clusters.');
      expect(manager.error).toBe('');
      expect(statuses()).toBe(2);
    });

    it('is asked again ever more slowly where the hint was missed', async () => {
      const look = manager.look();
      answer = { ...status, state: 'starting' };
      events.hint('changed', '');
      await advance(10 * 1000);
      const soon = lists();
      expect(soon).toBeGreaterThan(3);
      expect(soon).toBeLessThan(7);
      await advance(10 * 60 * 1000);
      expect(lists() - soon).toBeLessThan(15);
      answer = status;
      await advance(61 * 1000);
      expect(manager.waiting).toBe('');
      const seen = lists();
      await advance(59 * 1000);
      expect(lists() - seen).toBeLessThanOrEqual(1);
      look.dispose();
    });
  });

  it('selects what it has created', async () => {
    await manager.create({ name: 'new' });
    expect(manager.selected).toBe('new');
    expect(manager.clusters.map(({ name }) => name)).toEqual(['demo', 'new']);
  });
});
