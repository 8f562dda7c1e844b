import { BokehState, BokehWatch } from '../bokeh';

/** A page as far as the watch looks at it. */
function frameWith(page: object): HTMLIFrameElement {
  return { contentWindow: page } as unknown as HTMLIFrameElement;
}

function watch(page: object): { states: BokehState[]; watch: BokehWatch } {
  const states: BokehState[] = [];
  const watched = new BokehWatch(frameWith(page));
  watched.changed.connect((_, state) => {
    states.push(state);
  });
  watched.start();
  return { states, watch: watched };
}

describe('BokehWatch', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('leaves pages without Bokeh alone', async () => {
    const { states } = watch({});
    await jest.advanceTimersByTimeAsync(60 * 1000);
    expect(states).toEqual(['none']);
  });

  it('hears the events of Bokeh 3', async () => {
    const heard = new Map<string, () => void>();
    const document = {
      on_event: (name: string, callback: () => void) =>
        heard.set(name, callback)
    };
    const { states } = watch({ Bokeh: { documents: [document] } });
    await jest.advanceTimersByTimeAsync(1);
    expect(states).toEqual(['open']);
    heard.get('connection_lost')?.();
    heard.get('client_reconnected')?.();
    expect(states).toEqual(['open', 'lost', 'open']);
  });

  it('reads the log of older ones, which goes on', async () => {
    const lines: unknown[] = [];
    const logger = { info: (line: unknown) => lines.push(line) };
    const { states } = watch({ Bokeh: { documents: [{}], logger } });
    await jest.advanceTimersByTimeAsync(1);
    logger.info('Lost websocket 0 connection, 1006 ()');
    expect(states).toEqual(['open', 'lost']);
    expect(lines).toEqual(['Lost websocket 0 connection, 1006 ()']);
  });

  it('notices a page that never gets its document', async () => {
    const { states } = watch({ Bokeh: { documents: [] } });
    await jest.advanceTimersByTimeAsync(10 * 1000);
    expect(states).toEqual([]);
    await jest.advanceTimersByTimeAsync(10 * 1000);
    expect(states).toEqual(['lost']);
  });

  it('does not listen to a page that was left', async () => {
    const logger = { info: (): void => undefined };
    const { states, watch: watched } = watch({
      Bokeh: { documents: [{}], logger }
    });
    await jest.advanceTimersByTimeAsync(1);
    watched.stop();
    (logger.info as (line: string) => void)('Lost websocket 0 connection');
    expect(states).toEqual(['open']);
  });

  it('looks no more once the page tells by itself', async () => {
    const { watch: watched } = watch({ Bokeh: { documents: [{}] } });
    await jest.advanceTimersByTimeAsync(1);
    expect(jest.getTimerCount()).toBe(0);
    watched.dispose();
  });
});
