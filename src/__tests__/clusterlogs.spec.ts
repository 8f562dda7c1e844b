import { Signal } from '@lumino/signaling';

import { ClusterLogs } from '../clusterlogs';
import type { PodListModel } from '../podlist';
import type { Pod } from '../schema';
import type { IClusterManager, ILogChoice } from '../tokens';
import { FakeBody, makePod, settle, trans } from './fakes';

/** The pods that are known, as `PodListModel` has them. */
class FakePods {
  pods: Pod[] | null = [
    makePod({ name: 'scheduler', component: 'scheduler', group: '' }),
    makePod({ name: 'worker', containers: ['worker', 'proxy'] })
  ];
  error = '';
  readonly changed = new Signal<FakePods, void>(this);

  set(...pods: Pod[]): void {
    this.pods = pods;
    this.changed.emit();
  }
}

describe('ClusterLogs', () => {
  let pods: FakePods;
  let asked: ILogChoice[];
  let bodies: FakeBody[];
  let failure: Error | null;
  let logs: ClusterLogs;
  const wait = async (ms = 40): Promise<void> => {
    await jest.advanceTimersByTimeAsync(ms);
    await settle();
  };
  const send = async (text: string): Promise<void> => {
    bodies[bodies.length - 1].send(text);
    await wait();
  };

  beforeEach(() => {
    jest.useFakeTimers();
    pods = new FakePods();
    asked = [];
    bodies = [];
    failure = null;
    const manager = {
      logs: async (_: string, choice: ILogChoice) => {
        asked.push(choice);
        if (failure) {
          throw failure;
        }
        const body = new FakeBody();
        bodies.push(body);
        return body;
      },
      logsURL: (name: string, { pod, tail }: ILogChoice) =>
        `${name}/${pod}/${tail ?? 'all'}`
    } as unknown as IClusterManager;
    logs = new ClusterLogs({
      cluster: 'demo',
      manager,
      pods: pods as unknown as PodListModel,
      trans
    });
  });

  afterEach(() => {
    logs.dispose();
    jest.useRealTimers();
  });

  it('reads the first pod while somebody looks', async () => {
    await wait(60_000);
    expect(asked).toEqual([]);
    logs.visible = true;
    await wait();
    expect(asked).toEqual([
      {
        pod: 'scheduler',
        container: '',
        tail: 1000,
        previous: false,
        follow: true
      }
    ]);
    await send('one\n');
    expect(logs.state).toBe('live');
    expect(logs.lines.text()).toBe('one\n');
  });

  it('waits while nobody looks, and then lets go', async () => {
    logs.visible = true;
    await wait();
    logs.visible = false;
    await send('one\n');
    const { reads } = bodies[0];
    await send('two\n');
    expect(bodies[0].reads).toBe(reads);
    logs.visible = true;
    await wait();
    expect(logs.lines.text()).toBe('one\ntwo\n');
    expect(asked).toHaveLength(1);
    logs.visible = false;
    await wait(25_000);
    expect(bodies[0].cancelled).toBe(true);
  });

  it('goes on where it stopped, and has nothing twice', async () => {
    logs.visible = true;
    await wait();
    await send('one\ntwo\n');
    logs.visible = false;
    await wait(25_000);
    logs.visible = true;
    await wait();
    expect(asked).toHaveLength(2);
    expect(asked[1].tail).toBe(5000);
    await send('one\ntwo\nthree\n');
    await wait(1000);
    expect(logs.lines.text()).toBe('one\ntwo\nthree\n');
    await send('four\n');
    expect(logs.lines.text()).toBe('one\ntwo\nthree\nfour\n');
  });

  it('stays cleared when it is read anew', async () => {
    logs.visible = true;
    await wait();
    await send('one\ntwo\n');
    logs.clear();
    logs.visible = false;
    await wait(25_000);
    logs.visible = true;
    await wait();
    expect(asked).toHaveLength(2);
    await send('one\ntwo\nthree\n');
    await wait(1000);
    expect(logs.lines.text()).toBe('three\n');
  });

  it('has all lines when another log is chosen after it was cleared', async () => {
    logs.visible = true;
    await wait();
    await send('one\n');
    logs.clear();
    logs.pod = 'worker';
    logs.pod = 'scheduler';
    await wait();
    await send('one\n');
    await wait(1000);
    expect(logs.lines.text()).toBe('one\n');
  });

  it('says where lines are missing', async () => {
    logs.visible = true;
    await wait();
    await send('one\n');
    bodies[0].end();
    await wait(3000);
    await send('eight\n');
    await wait(1000);
    expect(logs.lines.text()).toBe(
      'one\n… lines may be missing here …\neight\n'
    );
  });

  it('comes back when a container has started again', async () => {
    logs.visible = true;
    await wait();
    await send('one\n');
    bodies[0].end();
    await wait();
    expect(logs.state).toBe('ended');
    pods.set(makePod({ name: 'scheduler', restarts: 1, previous: true }));
    await wait();
    await send('anew\n');
    await wait(1000);
    expect(logs.lines.text()).toBe(
      'one\n… the container has started again …\nanew\n'
    );
  });

  it('shows another pod, container and the log before the last restart', async () => {
    logs.visible = true;
    await wait();
    await send('one\n');
    logs.pod = 'worker';
    expect(bodies[0].cancelled).toBe(true);
    expect(logs.lines.length).toBe(0);
    await wait();
    logs.container = 'proxy';
    await wait();
    logs.previous = true;
    await wait();
    expect(asked[asked.length - 1]).toMatchObject({
      pod: 'worker',
      container: 'proxy',
      previous: true,
      follow: false
    });
    await send('last words\n');
    bodies[bodies.length - 1].end();
    await wait();
    expect(logs.state).toBe('ended');
    const { length } = asked;
    await wait(120_000);
    expect(asked).toHaveLength(length);
  });

  it('stands still when nobody follows', async () => {
    logs.visible = true;
    await wait();
    await send('one\n');
    logs.following = false;
    expect(logs.state).toBe('paused');
    await send('two\n');
    const { reads } = bodies[0];
    await send('three\n');
    expect(bodies[0].reads).toBe(reads);
    logs.following = true;
    await wait();
    expect(logs.lines.text()).toBe('one\ntwo\nthree\n');
  });

  it('keeps what somebody reads from being driven out', async () => {
    logs.visible = true;
    await wait();
    await send('line\n'.repeat(30_000));
    expect(logs.lines.full).toBe(true);
    logs.atEnd = false;
    expect(logs.state).toBe('paused');
    const { reads } = bodies[0];
    await send('new\n');
    await send('newer\n');
    expect(bodies[0].reads).toBeLessThanOrEqual(reads + 1);
    logs.atEnd = true;
    await wait();
    expect(logs.state).toBe('live');
    expect(logs.lines.at(logs.lines.end - 1)).toBe('newer');
  });

  it('says why there is no log, and tries again', async () => {
    failure = new Error('The container has not started yet.');
    logs.visible = true;
    await wait();
    expect(logs.error).toBe('The container has not started yet.');
    failure = null;
    await wait(2500);
    expect(logs.error).toBe('');
    await send('one\n');
    expect(logs.state).toBe('live');
  });

  it('has all of the log to save while the pod is there', async () => {
    expect(logs.downloadURL).toBe('demo/scheduler/100000');
    logs.pod = 'gone';
    expect(logs.downloadURL).toBeNull();
  });
});
