import { FrameQueue } from '../widgets/monitor/frames';

describe('FrameQueue', () => {
  let queue: FrameQueue;
  let done: string[];
  let now: number;
  let frame: (() => void) | null;

  /** The screen draws so many ms after it was asked to. */
  const draw = (ms: number): void => {
    now += ms;
    const drawn = frame;
    frame = null;
    drawn?.();
  };
  const add = (...names: string[]): void =>
    names.forEach(name => queue.add(name, () => done.push(name)));

  beforeEach(() => {
    now = 0;
    frame = null;
    done = [];
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    jest.spyOn(window, 'requestAnimationFrame').mockImplementation(callback => {
      frame = () => callback(now);
      return 1;
    });
    jest.spyOn(window, 'cancelAnimationFrame').mockImplementation(() => {
      frame = null;
    });
    queue = new FrameQueue();
    queue.active = true;
  });

  afterEach(() => {
    queue.dispose();
    jest.restoreAllMocks();
  });

  it('does one job a frame, and none twice', () => {
    add('a', 'b', 'a');
    draw(16);
    expect(done).toEqual(['a']);
    draw(16);
    expect(done).toEqual(['a', 'b']);
    expect(frame).toBeNull();
  });

  it('does a few at a time where frames are rare', () => {
    add('a');
    queue.add('b', () => add('e'));
    add('c', 'd');
    draw(300);
    expect(done).toEqual(['a', 'c']);
    draw(300);
    expect(done).toEqual(['a', 'c', 'd', 'e']);
    expect(frame).toBeNull();
  });

  it('keeps what nobody can see', () => {
    queue.active = false;
    add('a');
    expect(frame).toBeNull();
    queue.active = true;
    draw(16);
    expect(done).toEqual(['a']);
  });
});
