import type { Kernel } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { clusterOfClient, viewConnection } from '../connection';
import type { IKernelClient } from '../kernelcode';
import { concernsClients, NotebookClients } from '../notebookclients';
import { makeCluster, settle, trans } from './fakes';

const BASE = 'http://localhost/notebook/team-a/nb/';

function makeClient(part: Partial<IKernelClient> = {}): IKernelClient {
  return {
    status: 'running',
    address: 'tcp://127.0.0.1:8786',
    kind: '',
    name: '',
    namespace: '',
    link: '',
    ...part
  };
}

const demo = makeCluster();
const remote = makeCluster({
  name: 'k8s',
  namespace: 'team-a',
  backend: 'kubernetes',
  scheduler_address: 'tcp://k8s-scheduler.team-a.svc.cluster.local:8786'
});

describe('clusterOfClient', () => {
  const find = (part: Partial<IKernelClient>): string | undefined =>
    clusterOfClient(makeClient(part), [demo, remote], BASE)?.name;

  it.each([
    ['tcp://127.0.0.1:8786', 'demo'],
    ['tcp://127.0.0.1:1', undefined],
    ['tcp://k8s-scheduler.team-a.svc.cluster.local:8786', 'k8s'],
    ['tcp://k8s-scheduler.team-a:8786', 'k8s'],
    ['tcp://k8s-scheduler:8786', 'k8s'],
    ['tcp://k8s-scheduler.team-b:8786', undefined],
    ['', undefined]
  ])('finds %s', (address, name) => {
    expect(find({ address })).toBe(name);
  });

  it('knows a KubeCluster by its name and namespace', () => {
    const kube = { kind: 'KubeCluster', name: 'k8s', address: 'tcp://x:1' };
    expect(find({ ...kube, namespace: 'team-a' })).toBe('k8s');
    expect(find({ ...kube, namespace: 'team-b' })).toBeUndefined();
  });

  it('knows a forwarded port by its link, and only that', () => {
    const link = '/notebook/team-a/nb/dask-k8s/clusters/k8s/dashboard/status';
    const forwarded = { address: 'tcp://localhost:41000', link };
    expect(find(forwarded)).toBe('k8s');
    // The link is one for the whole kernel.
    expect(find({ ...forwarded, kind: 'LocalCluster' })).toBeUndefined();
    expect(find({ link, address: 'tcp://10.0.0.1:8786' })).toBeUndefined();
  });
});

describe('viewConnection', () => {
  const names = new Map([['tcp://127.0.0.1:9999', 'train']]);
  const view = (clients: IKernelClient[] | null, clusters = [demo]) =>
    viewConnection({ clients, names }, clusters, BASE, trans);

  it('does not say what it does not know', () => {
    expect(view(null)).toMatchObject({ sign: 'unknown', cluster: null });
  });

  it('says that there is no connection', () => {
    expect(view([])).toMatchObject({ sign: 'none', label: 'Not connected' });
  });

  it('shows phase and sentence of the cluster', () => {
    expect(view([makeClient()])).toEqual({
      sign: 'Running',
      label: 'demo',
      words: 'This notebook is connected to “demo”. Running: 2/2 workers',
      cluster: 'demo'
    });
    const pending = makeCluster({ phase: 'Pending', reason: 'Needs a node.' });
    expect(view([makeClient()], [pending])).toMatchObject({
      sign: 'Pending',
      words: 'This notebook is connected to “demo”. Pending: Needs a node.'
    });
  });

  it('tells a lost connection, and further clients', () => {
    const lost = view([makeClient({ status: 'connecting' }), makeClient()]);
    expect(lost.sign).toBe('Pending');
    expect(lost.words).toMatch(/has lost its connection to “demo”/);
    expect(lost.words).toMatch(/It has one more client\.$/);
  });

  it('tells a cluster that is gone from one that nobody knows', () => {
    const gone = makeClient({ address: 'tcp://127.0.0.1:9999' });
    expect(view([gone])).toMatchObject({ sign: 'Failed', label: 'train' });
    const own = makeClient({
      address: 'tcp://127.0.0.1:1',
      kind: 'SSHCluster'
    });
    expect(view([own])).toMatchObject({ sign: 'other', label: 'SSHCluster' });
  });
});

describe('concernsClients', () => {
  it.each([
    ['client = Client()', true],
    ['cluster.close()', true],
    ['with KubeCluster() as c: pass', true],
    ['import dask.array as da', true],
    ['x = clients + 1', false],
    ['df.plot()', false]
  ])('%s: %s', (source, concerns) => {
    expect(concernsClients(source)).toBe(concerns);
  });
});

describe('NotebookClients', () => {
  let kernel: { id: string; status: Kernel.Status; isDisposed: boolean };
  let answers: (IKernelClient[] | Error)[];
  let asked: number;
  let session: ReturnType<typeof makeSession>;
  let clients: NotebookClients;

  function makeSession() {
    const owner = {};
    return {
      session: { kernel } as unknown as null,
      kernelChanged: new Signal<object, never>(owner),
      statusChanged: new Signal<object, Kernel.Status>(owner)
    };
  }

  function say(value: Kernel.Status): void {
    kernel.status = value;
    session.statusChanged.emit(value);
  }

  async function status(value: Kernel.Status): Promise<void> {
    say(value);
    await settle();
  }

  beforeEach(() => {
    kernel = { id: '1', status: 'busy', isDisposed: false };
    answers = [];
    asked = 0;
    session = makeSession();
    const runner = {
      clients: async () => {
        asked += 1;
        // Our own question makes the kernel busy, too.
        say('busy');
        await Promise.resolve();
        say('idle');
        const answer = answers.shift() ?? [];
        if (answer instanceof Error) {
          throw answer;
        }
        return answer;
      }
    };
    clients = new NotebookClients({
      session: session as unknown as NotebookClients.IOptions['session'],
      runner
    });
  });

  afterEach(() => clients.dispose());

  it('waits until the kernel is idle, and asks once', async () => {
    answers = [[makeClient()]];
    clients.look();
    clients.look();
    await settle();
    expect(asked).toBe(0);
    expect(clients.clients).toBeNull();
    await status('idle');
    expect(asked).toBe(1);
    expect(clients.clients).toHaveLength(1);
  });

  it('asks again only after something ran', async () => {
    await status('idle');
    clients.lookIfRun();
    await settle();
    clients.lookIfRun();
    await settle();
    expect(asked).toBe(1);
    await status('busy');
    await status('idle');
    expect(asked).toBe(1);
    clients.lookIfRun();
    await settle();
    expect(asked).toBe(2);
  });

  it('needs no question after a restart', async () => {
    answers = [[makeClient()]];
    await status('idle');
    clients.look();
    await settle();
    expect(clients.clients).toHaveLength(1);
    await status('restarting');
    expect(clients.clients).toEqual([]);
    await status('idle');
    clients.lookIfRun();
    await settle();
    expect(asked).toBe(1);
  });

  it('keeps what it knows where a kernel does not answer', async () => {
    answers = [[makeClient()], new Error('no Python')];
    await status('idle');
    clients.look();
    await settle();
    clients.look();
    await settle();
    expect(asked).toBe(2);
    expect(clients.clients).toHaveLength(1);
  });

  it('knows nothing of another kernel', async () => {
    await status('idle');
    clients.look();
    await settle();
    expect(clients.clients).toEqual([]);
    session.kernelChanged.emit(undefined as never);
    expect(clients.clients).toBeNull();
  });
});
