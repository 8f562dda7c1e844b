import type { Event } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { ClusterClient } from '../client';
import type { IHints } from '../hints';
import { JobManager } from '../jobs';
import { ClusterManager } from '../manager';
import { EVENT_SCHEMA } from '../reader';
import type { Job, Status } from '../schema';
import { FakeServer, makeCluster, makeJob, settle, status } from './fakes';

/** Jupyter's event bus, reduced to its stream. */
class FakeEvents {
  readonly stream = new Signal<Event.IManager, Event.Emission>(
    {} as unknown as Event.IManager
  );

  hint(kind: string, name: string): void {
    const emission = {
      schema_id: EVENT_SCHEMA,
      action: 'changed',
      name,
      reason: '',
      kind
    };
    this.stream.emit(emission as unknown as Event.Emission);
  }
}

describe('JobManager', () => {
  let answer: Status;
  let jobs: Job[];
  let failure: string;
  let server: FakeServer;
  let events: FakeEvents;
  let clusters: ClusterManager;
  let manager: JobManager;

  const count = (what: string): number =>
    server.log.filter(line => line === what).length;
  const advance = async (ms: number): Promise<void> => {
    await jest.advanceTimersByTimeAsync(ms);
    await settle();
  };
  /** Wait for something that needs time to go by. */
  const during = async <T>(promise: Promise<T>): Promise<T> => {
    await advance(1);
    return promise;
  };
  const open = async (): Promise<void> => {
    const client = new ClusterClient({ serverSettings: server.settings });
    const bus = events as unknown as IHints;
    clusters = new ClusterManager({ client, hints: bus });
    manager = new JobManager({ client, clusters });
    await advance(1);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    answer = { ...status, jobs: true };
    jobs = [makeJob()];
    failure = '';
    events = new FakeEvents();
    server = new FakeServer((method, path) => {
      if (path === 'status') {
        return { body: answer };
      }
      if (path === 'clusters') {
        return { body: { clusters: [makeCluster()] } };
      }
      if (failure !== '') {
        return { status: 503, body: { message: failure, reason: 'X' } };
      }
      if (method === 'POST') {
        jobs = [makeJob({ name: 'made', phase: 'Pending' }), ...jobs];
        return { status: 201, body: jobs[0] };
      }
      if (method === 'DELETE') {
        jobs = [];
        return { status: 204 };
      }
      return path === 'jobs' ? { body: { jobs } } : { body: { text: path } };
    });
  });

  afterEach(() => {
    manager.dispose();
    clusters.dispose();
    jest.useRealTimers();
  });

  it('asks for nothing where there are no jobs', async () => {
    answer = status;
    await open();
    events.hint('job', 'nightly-etl');
    await advance(1000);
    expect(manager.available).toBe(false);
    expect(count('GET jobs')).toBe(0);
    answer = { ...status, jobs: true };
    await during(clusters.refresh());
    expect(manager.jobs).toEqual(jobs);
  });

  it('reads on hints about jobs, and tells of phases', async () => {
    await open();
    const told: string[] = [];
    manager.transitioned.connect((_, { from, name, to }) =>
      told.push(`${name}: ${from} to ${to}`)
    );
    const lists = count('GET clusters');
    jobs = [makeJob({ phase: 'Succeeded' })];
    events.hint('job', 'nightly-etl');
    await advance(100);
    expect(count('GET jobs')).toBe(2);
    expect(count('GET clusters')).toBe(lists);
    events.hint('cluster', 'demo');
    await advance(100);
    expect(count('GET jobs')).toBe(2);
    expect(told).toEqual(['nightly-etl: Running to Succeeded']);
  });

  it('reads by itself only while somebody looks', async () => {
    await open();
    await advance(180_000);
    expect(count('GET jobs')).toBe(1);
    const look = manager.look();
    await advance(61_000);
    expect(count('GET jobs')).toBeGreaterThan(1);
    const read = count('GET jobs');
    look.dispose();
    await advance(180_000);
    expect(count('GET jobs')).toBe(read);
  });

  it('keeps the list and says why it is old', async () => {
    await open();
    failure = 'The API is away.';
    await during(manager.refresh());
    expect(manager.error).toBe('The API is away.');
    expect(manager.jobs).toEqual(jobs);
  });

  it('makes and deletes jobs', async () => {
    await open();
    const made = await during(manager.create({ path: 'a.py' }));
    expect(made.name).toBe('made');
    expect(manager.jobs.map(({ name }) => name)).toEqual([
      'made',
      'nightly-etl'
    ]);
    await during(manager.remove('made'));
    expect(manager.jobs).toEqual([]);
  });

  it('asks for the logs of a pod', async () => {
    await open();
    const logs = await manager.logs('nightly-etl', 'runner', 10);
    expect(logs.text).toBe('jobs/nightly-etl/logs?pod=runner&tail=10');
  });
});
