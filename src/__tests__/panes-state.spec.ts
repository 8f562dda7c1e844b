import { IPaneFacts, schedulerOf, viewOf } from '../panestate';
import { makeCluster, trans } from './fakes';

const running = makeCluster();

function view(part: Partial<IPaneFacts>): ReturnType<typeof viewOf> {
  return viewOf(
    {
      name: 'demo',
      plot: 'Task Stream',
      cluster: running,
      known: true,
      error: '',
      frame: 'blank',
      loaded: '',
      empty: '',
      ...part
    },
    trans
  );
}

describe('viewOf', () => {
  it('loads the plot of a running cluster, then shows it', () => {
    const wanted = schedulerOf(running);
    expect(view({})).toMatchObject({ kind: 'loading', wanted });
    expect(view({ frame: 'loading', loaded: wanted }).kind).toBe('loading');
    expect(view({ frame: 'live', loaded: wanted })).toEqual({
      kind: 'none',
      title: '',
      reason: '',
      wanted
    });
  });

  it('waits for a cluster that starts, and says why', () => {
    const cluster = makeCluster({ phase: 'Pending', reason: 'Pulling image.' });
    expect(view({ cluster })).toEqual({
      kind: 'waiting',
      title: 'Waiting for demo …',
      reason: 'Pulling image.',
      wanted: ''
    });
  });

  it('says why the plot would show nothing, and loads none', () => {
    const empty = 'No worker of this cluster reports a GPU.';
    expect(view({ empty })).toEqual({
      kind: 'empty',
      title: 'Task Stream has nothing to show',
      reason: empty,
      wanted: ''
    });
  });

  it('says that it is disconnected when the scheduler went away', () => {
    const loaded = schedulerOf(running);
    for (const phase of ['Pending', 'Failed'] as const) {
      const cluster = makeCluster({ phase, reason: 'Killed.' });
      expect(view({ cluster, loaded, frame: 'lost' })).toEqual({
        kind: 'disconnected',
        title: 'Disconnected from demo',
        reason: 'Killed.',
        wanted: ''
      });
    }
  });

  it('stays with a scheduler that waits for workers', () => {
    const cluster = makeCluster({ phase: 'Pending', reason: '0 of 2 ready.' });
    const loaded = schedulerOf(running);
    expect(view({ cluster, loaded, frame: 'live' }).kind).toBe('none');
    const gone = makeCluster({ phase: 'Pending', scheduler_address: null });
    expect(view({ cluster: gone, loaded, frame: 'live' }).kind).toBe(
      'disconnected'
    );
  });

  it('says that a cluster failed which it never saw running', () => {
    const cluster = makeCluster({ phase: 'Failed', reason: 'No memory.' });
    expect(view({ cluster })).toMatchObject({
      title: 'demo has failed',
      reason: 'No memory.'
    });
  });

  it('loads anew when the scheduler has another address', () => {
    const other = makeCluster({ scheduler_address: 'tcp://127.0.0.1:1' });
    const { kind, wanted } = view({
      cluster: other,
      loaded: schedulerOf(running),
      frame: 'live'
    });
    expect(kind).toBe('loading');
    expect(wanted).not.toBe(schedulerOf(running));
  });

  it('reconnects while the cluster still runs', () => {
    expect(view({ frame: 'lost', loaded: schedulerOf(running) })).toMatchObject(
      { kind: 'reconnecting', wanted: schedulerOf(running) }
    );
  });

  it('says that a page which is kept apart cannot be shown', () => {
    const cluster = makeCluster({ contained: true });
    const loaded = schedulerOf(cluster);
    expect(view({ cluster, frame: 'barred', loaded })).toMatchObject({
      kind: 'barred',
      title: 'The dashboard of demo cannot be shown here',
      wanted: loaded
    });
    // Whose it is has changed: it is loaded the other way.
    expect(view({ frame: 'barred', loaded })).toMatchObject({
      kind: 'loading',
      wanted: schedulerOf(running)
    });
    expect(schedulerOf(running)).not.toBe(loaded);
  });

  it('offers another cluster only when the list is known', () => {
    const cluster = undefined;
    expect(view({ cluster, known: false }).kind).toBe('waiting');
    expect(view({ cluster, error: 'No server.' })).toMatchObject({
      kind: 'waiting',
      reason: 'No server.'
    });
    expect(view({ cluster })).toMatchObject({
      kind: 'gone',
      title: 'There is no cluster demo'
    });
    expect(view({ cluster, loaded: 'x' }).title).toBe('Disconnected from demo');
  });
});
