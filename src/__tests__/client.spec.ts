import { ClusterClient, ClusterError } from '../client';
import { FakeServer, IAnswer, makeCluster } from './fakes';

function clientFor(answer: IAnswer | Error): {
  client: ClusterClient;
  server: FakeServer;
} {
  const server = new FakeServer(() => answer);
  return {
    client: new ClusterClient({ serverSettings: server.settings }),
    server
  };
}

async function errorOf(answer: IAnswer | Error): Promise<ClusterError> {
  const error = await clientFor(answer)
    .client.list()
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ClusterError);
  return error as ClusterError;
}

describe('ClusterClient', () => {
  it('lists the clusters', async () => {
    const { client, server } = clientFor({
      body: { clusters: [makeCluster()] }
    });
    expect((await client.list()).map(({ name }) => name)).toEqual(['demo']);
    expect(server.log).toEqual(['GET clusters']);
  });

  it('sends what is to be created', async () => {
    const { client, server } = clientFor({ status: 201, body: makeCluster() });
    await client.create({ name: 'demo', workers: 2 });
    expect(server.log).toEqual(['POST clusters']);
    expect(server.bodies).toEqual([{ name: 'demo', workers: 2 }]);
  });

  it('takes an answer without a body', async () => {
    const { client, server } = clientFor({ status: 204 });
    await client.shutdown('demo');
    expect(server.log).toEqual(['DELETE clusters/demo']);
  });

  it('deletes only the cluster that was seen', async () => {
    const { client, server } = clientFor({ status: 204 });
    await client.shutdown('demo', '1a2b');
    expect(server.log).toEqual(['DELETE clusters/demo?uid=1a2b']);
  });

  it('shows the sentence of an error and names its field', async () => {
    const error = await errorOf({
      status: 422,
      body: {
        message: 'At most 4 workers are allowed.',
        reason: 'InvalidRequest',
        details: { field: 'workers' }
      }
    });
    expect(error.message).toBe('At most 4 workers are allowed.');
    expect(error.status).toBe(422);
    expect(error.field).toBe('workers');
  });

  it.each([
    ['a page of a gateway', '<html><h1>502 Bad Gateway</h1></html>'],
    ['JSON of somebody else', '{"message": {"a": 1}}'],
    ['nothing', '']
  ])('makes a sentence of %s', async (_, text) => {
    const error = await errorOf({ status: 502, text });
    expect(error.message).toMatch(/^The server refused .* status 502.*\.$/);
    expect(error.message).not.toContain('<');
    expect(error.message).not.toContain('[object');
    expect(error.field).toBeNull();
  });

  it('tells of the login of a gateway', async () => {
    const away = { ok: false, status: 0, type: 'opaqueredirect' };
    const page = Object.assign(Response.error(), { text: async () => '' });
    for (const [name, value] of Object.entries(away)) {
      Object.defineProperty(page, name, { value });
    }
    let asked: Request | null = null;
    const client = new ClusterClient({
      serverSettings: {
        ...clientFor({}).server.settings,
        fetch: async input => {
          asked = input as Request;
          return page;
        }
      }
    });
    const error = await client.list().catch((reason: unknown) => reason);
    expect((error as ClusterError).message).toContain('You are logged out.');
    // Otherwise the page of the login would be read as an answer.
    expect(asked).toHaveProperty('redirect', 'manual');
    const refused = await errorOf({ status: 401, text: '<p>Who are you?</p>' });
    expect(refused.message).toContain('You are logged out.');
  });

  it('says that the server cannot be reached', async () => {
    const error = await errorOf(new TypeError('Failed to fetch'));
    expect(error.status).toBe(0);
    expect(error.message).toContain('cannot be reached');
  });

  it('does not wait for ever for what it only asks', async () => {
    jest.useFakeTimers();
    const client = new ClusterClient({
      serverSettings: {
        ...clientFor({}).server.settings,
        fetch: input =>
          new Promise((_, reject) => {
            const { signal } = input as Request;
            signal.addEventListener('abort', () => reject(signal.reason));
          })
      }
    });
    const answer = client.list().catch((error: Error) => error.message);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await answer).toContain('cannot be reached');
    jest.useRealTimers();
  });

  it('makes URLs of dashboards below the base URL', () => {
    const { client } = clientFor({});
    expect(client.dashboardURL('demo', 'status')).toBe(
      '/base/dask-k8s/clusters/demo/dashboard/status'
    );
  });

  it('makes URLs of dashboards that are kept apart', async () => {
    const { client } = clientFor({
      body: { path: 'dask-k8s/contained/secret', contained: true }
    });
    expect(await client.dashboardPlace('demo')).toBe(
      '/base/dask-k8s/contained/secret'
    );
  });

  describe('plots', () => {
    const silent = {
      status: 503,
      body: {
        message: 'The scheduler of “demo” does not answer.',
        reason: 'SchedulerUnavailable',
        details: { status: 404 }
      }
    };
    const ask = async (page: string): Promise<ClusterError> => {
      const server = new FakeServer((_, path) =>
        path.includes('/dashboard/status') ? { text: page } : silent
      );
      const client = new ClusterClient({ serverSettings: server.settings });
      return client.plots('demo').catch(error => error);
    };

    it('says that the image has no bokeh', async () => {
      const error = await ask(
        '<p>Dask needs bokeh>=3.1.0 for the dashboard.</p>'
      );
      expect(error.reason).toBe('NoDashboard');
      expect(error.message).toBe(
        'The image has no bokeh: the dashboard is off. Install bokeh in the image.'
      );
    });

    it('says of other schedulers what the server said', async () => {
      expect((await ask('<title>Dask: Status</title>')).reason).toBe(
        'SchedulerUnavailable'
      );
    });
  });

  it('asks for a log as it is chosen', async () => {
    const { client, server } = clientFor({ text: 'one\n' });
    const choice = { pod: 'demo-scheduler', container: '', tail: 100 };
    const { signal } = new AbortController();
    await client
      .logs('demo', { ...choice, follow: true }, signal)
      .catch(() => undefined);
    expect(server.log).toEqual([
      'GET clusters/demo/logs?pod=demo-scheduler&tail=100&follow=1'
    ]);
    expect(client.logsURL('demo', { ...choice, previous: true })).toBe(
      'http://localhost/base/dask-k8s/api/clusters/demo/logs?pod=demo-scheduler&tail=100&previous=1'
    );
  });
});
