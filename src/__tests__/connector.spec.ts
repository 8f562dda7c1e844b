import { ClusterClient } from '../client';
import { ConnectionKind, NotebookConnector } from '../connector';
import { ClusterManager } from '../manager';
import { makeFilter } from '../announcer';
import { FakeServer, makeCluster, status, trans } from './fakes';

const CODE = 'import dask\nfrom dask.distributed import Client\n\nclient\n';

describe('NotebookConnector', () => {
  let server: FakeServer;
  let manager: ClusterManager;
  let wanted: ConnectionKind;
  let connector: NotebookConnector;

  beforeEach(async () => {
    wanted = 'client';
    server = new FakeServer((_, path) => {
      if (path === 'status') {
        return { body: status };
      }
      return {
        body: path.includes('export')
          ? { kind: 'client', mimetype: 'text/x-python', content: CODE }
          : {
              clusters: [
                makeCluster(),
                makeCluster({ name: 'k8s', backend: 'kubernetes' }),
                makeCluster({ name: 'new', scheduler_address: null })
              ]
            }
      };
    });
    manager = new ClusterManager({
      client: new ClusterClient({ serverSettings: server.settings })
    });
    await manager.ready;
    connector = new NotebookConnector({
      manager,
      tracker: null,
      trans,
      wanted: () => wanted,
      consoleFor: () => null,
      createNotebook: () => Promise.resolve(null)
    });
    server.log.length = 0;
  });

  afterEach(() => manager.dispose());

  it.each([
    ['demo', 'client', 'client'],
    ['k8s', 'client', 'client'],
    ['k8s', 'kubecluster', 'kubecluster'],
    ['demo', 'kubecluster', 'client']
  ] as const)('connects %s through %s by %s', async (name, kind, expected) => {
    wanted = kind;
    await connector.dragCells(name);
    expect(server.log).toEqual([`GET clusters/${name}/export?as=${expected}`]);
  });

  it('makes one cell of any number of lines', async () => {
    expect(await connector.dragCells('k8s')).toMatchObject([
      { cell_type: 'code', source: CODE.trim() }
    ]);
  });

  it('asks for nothing while there is no address', async () => {
    expect(await connector.dragCells('new')).toBeNull();
    expect(server.log).toEqual([]);
  });
});

describe('what is news', () => {
  it('tells once that a cluster is ready', () => {
    const isNews = makeFilter();
    const step = (
      from: 'Pending' | 'Running' | null,
      to: 'Pending' | 'Running' | 'Failed' | null
    ): boolean => isNews({ name: 'demo', from, to, reason: '' });
    expect(step(null, 'Pending')).toBe(true);
    expect(step('Pending', 'Running')).toBe(true);
    // It was scaled from none, and waits for workers.
    expect(step('Running', 'Pending')).toBe(true);
    expect(step('Pending', 'Running')).toBe(false);
    expect(step('Running', null)).toBe(true);
    expect(step('Pending', 'Running')).toBe(true);
  });

  it('knows clusters that ran before it was asked', () => {
    const isNews = makeFilter();
    const demo = { name: 'demo', reason: '' };
    isNews({ ...demo, from: 'Running', to: 'Pending' });
    expect(isNews({ ...demo, from: 'Pending', to: 'Running' })).toBe(false);
  });
});
