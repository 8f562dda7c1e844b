import { ContainedPage, ContainedState } from '../containedpage';

/** What the server answers; `null`: the browser got nothing it may read. */
interface IAnswer {
  status?: number;
  text: string;
}

const OPEN = { text: '{"open": true, "sockets": 0}' };

describe('ContainedPage', () => {
  let place: IAnswer | null;
  let health: IAnswer;
  let asked: { url: string; init?: RequestInit }[];
  let host: HTMLElement;
  let page: ContainedPage;
  let states: ContainedState[];
  let places: number;

  beforeEach(() => {
    jest.useFakeTimers();
    place = OPEN;
    health = { text: 'ok' };
    asked = [];
    places = 0;
    globalThis.fetch = jest.fn(async (url: string, init?: RequestInit) => {
      asked.push({ url, init });
      const answer = url.endsWith('/health') ? health : place;
      if (answer === null) {
        throw new TypeError('Failed to fetch');
      }
      const { status = 200, text } = answer;
      const json = async () => JSON.parse(text) as unknown;
      return { ok: status < 400, status, json } as Response;
    }) as unknown as typeof fetch;
    host = document.createElement('div');
    states = [];
    page = new ContainedPage({
      host,
      label: 'CPU · demo',
      path: 'individual-cpu',
      place: async () => `/base/dask-k8s/contained/${(places += 1)}`,
      standby: () => false
    });
    page.changed.connect((_, state) => states.push(state));
  });

  afterEach(() => {
    page.dispose();
    jest.useRealTimers();
  });

  const settle = (ms = 1) => jest.advanceTimersByTimeAsync(ms);
  const frame = () => host.querySelector('iframe');

  async function load(): Promise<void> {
    page.open();
    await settle();
    frame()?.dispatchEvent(new Event('load'));
  }

  it('loads a page without an origin, and asks without cookies', async () => {
    await load();
    expect(states).toEqual(['open']);
    expect(frame()?.getAttribute('sandbox')).toBe('allow-scripts allow-popups');
    expect(frame()?.getAttribute('src')).toBe(
      '/base/dask-k8s/contained/1/individual-cpu'
    );
    expect(frame()?.title).toBe('CPU · demo');
    expect(asked.map(({ url }) => url)).toEqual([
      '/base/dask-k8s/contained/1',
      '/base/dask-k8s/contained/1/health'
    ]);
    for (const { init } of asked) {
      expect(init).toMatchObject({ credentials: 'omit', redirect: 'error' });
    }
  });

  it.each([
    ['leads elsewhere', null],
    ['asks for a login', { text: '<p>Who are you?</p>' }],
    ['forbids it', { status: 403, text: 'RBAC: access denied' }],
    ['says something else', { status: 401, text: '{"error": "login"}' }]
  ])('is barred where a gateway %s', async (_, answer) => {
    place = answer;
    await load();
    expect(states).toEqual(['barred']);
    expect(frame()).toBeNull();
  });

  it.each([
    ['the gateway finds no server', { status: 503, text: '' }, { text: '' }],
    ['the scheduler is away', OPEN, { status: 503, text: '' }],
    ['it is over', { status: 404, text: '{"open": false}' }, { text: '' }]
  ])('is lost while %s', async (_, first, second) => {
    place = first;
    health = second;
    await load();
    expect(states).toEqual(['lost']);
    expect(frame()).toBeNull();
  });

  it('notices that its websocket is gone for good', async () => {
    await load();
    place = { text: '{"open": true, "sockets": 1}' };
    await settle(16_000);
    place = OPEN;
    await settle(15_000);
    place = { text: '{"open": true, "sockets": 1}' };
    await settle(15_000);
    expect(states).toEqual(['open']);
    place = OPEN;
    await settle(30_000);
    expect(states).toEqual(['open', 'lost']);
    // Another address is another chance.
    await load();
    expect(states).toEqual(['open', 'lost', 'open']);
    expect(host.children).toHaveLength(1);
    expect(frame()?.src).toContain('/contained/2/');
  });

  it('notices that its address is no longer valid', async () => {
    await load();
    place = { status: 404, text: '{"open": false}' };
    await settle(16_000);
    expect(states).toEqual(['open', 'lost']);
  });

  it('thinks nothing of it when nobody answers', async () => {
    await load();
    place = null;
    await settle(60_000);
    expect(states).toEqual(['open']);
  });

  it('knows pages without a websocket', async () => {
    await load();
    await settle(60_000);
    expect(states).toEqual(['open', 'none']);
  });

  it('lets a page lead to one without a websocket', async () => {
    await load();
    place = { text: '{"open": true, "sockets": 1}' };
    await settle(16_000);
    frame()?.dispatchEvent(new Event('load'));
    place = OPEN;
    await settle(60_000);
    expect(states).toEqual(['open', 'none']);
  });

  it('forgets what comes too late', async () => {
    page.open();
    page.dispose();
    await settle(60_000);
    expect(states).toEqual([]);
    expect(frame()).toBeNull();
  });
});
