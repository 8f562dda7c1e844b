import { ServerConnection } from '@jupyterlab/services';

import { HintStream } from '../hints';
import { FakeServer, FakeSocket, settle } from './fakes';

describe('HintStream', () => {
  let hints: HintStream;
  let hidden: boolean;
  let heard: string[];

  const advance = async (ms: number): Promise<void> => {
    await jest.advanceTimersByTimeAsync(ms);
    await settle();
  };
  const sockets = FakeSocket.all;

  beforeEach(async () => {
    jest.useFakeTimers();
    hidden = false;
    jest.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
    sockets.length = 0;
    heard = [];
    const settings: ServerConnection.ISettings = {
      ...new FakeServer(() => ({})).settings,
      WebSocket: FakeSocket as unknown as typeof WebSocket
    };
    hints = new HintStream(settings);
    hints.stream.connect((_, { schema_id }) => heard.push(schema_id));
    hints.missed.connect(() => heard.push('missed'));
    await advance(10);
  });

  afterEach(() => {
    hints.dispose();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('passes events on, and says from when on', async () => {
    expect(sockets).toHaveLength(1);
    expect(sockets[0].url).toMatch(/api\/events\/subscribe$/);
    sockets[0].open();
    sockets[0].receive({ schema_id: 'one' });
    expect(heard).toEqual(['missed', 'one']);
  });

  it('is back soon after each cut, and says that it was away', async () => {
    sockets[0].open();
    for (let cut = 1; cut <= 5; cut++) {
      sockets[cut - 1].close();
      expect(heard).toHaveLength(cut);
      await advance(600);
      expect(sockets).toHaveLength(cut + 1);
      sockets[cut].open();
      expect(heard).toEqual(Array(cut + 1).fill('missed'));
    }
  });

  it('tries ever more slowly while nobody answers', async () => {
    for (let minutes = 0; minutes < 10; minutes++) {
      for (let second = 0; second < 60; second++) {
        sockets[sockets.length - 1].close();
        await advance(1000);
      }
    }
    expect(sockets.length).toBeLessThan(30);
    sockets[sockets.length - 1].close();
    await advance(31_000);
    // Of all that failed, the first was told.
    expect(heard).toEqual(['missed']);
    sockets[sockets.length - 1].open();
    expect(heard).toEqual(['missed', 'missed']);
  });

  it('leaves the server alone while nobody sees the page', async () => {
    sockets[0].open();
    hidden = true;
    sockets[0].close();
    await advance(600_000);
    expect(sockets).toHaveLength(1);
    hidden = false;
    await advance(60_000);
    expect(sockets).toHaveLength(2);
  });

  it('closes its websocket when it is disposed', async () => {
    sockets[0].open();
    hints.dispose();
    expect(sockets[0].readyState).toBe(3);
    await advance(60_000);
    expect(sockets).toHaveLength(1);
    expect(heard).toEqual(['missed']);
  });
});
