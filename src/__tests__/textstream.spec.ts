import { TextStream } from '../textstream';
import { FakeBody, settle } from './fakes';

describe('TextStream', () => {
  let body: FakeBody;
  let texts: string[];
  let ends: string[];
  let stream: TextStream;
  const frame = async (): Promise<void> => {
    await settle();
    await jest.advanceTimersByTimeAsync(20);
    await settle();
  };
  const open = (failure?: Error): void => {
    stream = new TextStream({
      open: async () => {
        if (failure) {
          throw failure;
        }
        return body;
      },
      onText: text => texts.push(text),
      onEnd: error => ends.push(error)
    });
  };

  beforeEach(() => {
    jest.useFakeTimers();
    body = new FakeBody();
    texts = [];
    ends = [];
  });

  afterEach(() => {
    stream.dispose();
    jest.useRealTimers();
  });

  it('hands over what came, once a frame', async () => {
    open();
    await settle();
    for (const text of ['a', 'b', 'c']) {
      body.send(text);
      await settle();
    }
    expect(texts).toEqual([]);
    await frame();
    expect(texts).toEqual(['abc']);
  });

  it('reads no further than the screen keeps up with', async () => {
    open();
    await settle();
    const big = 'x'.repeat(300 * 1024);
    for (let index = 0; index < 4; index++) {
      body.send(big);
    }
    await settle();
    expect(body.reads).toBe(1);
    await frame();
    expect(texts).toHaveLength(1);
    expect(body.reads).toBe(2);
  });

  it('reads nothing while it is paused', async () => {
    open();
    await settle();
    stream.paused = true;
    body.send('one');
    await frame();
    const { reads } = body;
    body.send('two');
    await frame();
    expect(body.reads).toBe(reads);
    expect(texts).toEqual(['one']);
    stream.paused = false;
    await frame();
    expect(texts).toEqual(['one', 'two']);
  });

  it('puts a letter together that was cut in two', async () => {
    const bytes = new TextEncoder().encode('ü');
    const parts = [bytes.slice(0, 1), bytes.slice(1)];
    body.read = async () =>
      parts.length > 0 ? { done: false, value: parts.shift() } : { done: true };
    open();
    await frame();
    expect(texts.join('')).toBe('ü');
    expect(ends).toEqual(['']);
  });

  it('says why a request failed', async () => {
    open(new Error('There is no such pod.'));
    await frame();
    expect(ends).toEqual(['There is no such pod.']);
  });

  it('ends the request, and is silent then', async () => {
    open();
    await settle();
    body.send('late');
    stream.dispose();
    await frame();
    expect(body.cancelled).toBe(true);
    expect(texts).toEqual([]);
    expect(ends).toEqual([]);
  });
});
