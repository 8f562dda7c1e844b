import { OccurrencesModel, parseOccurrences } from '../occurrences';
import type { Occurrence } from '../schema';
import type { IClusterManager } from '../tokens';
import { FakeBody, settle } from './fakes';

function make(part: Partial<Occurrence> = {}): Occurrence {
  return {
    id: 'a',
    time: '2026-11-21T10:00:00Z',
    warning: false,
    reason: 'Pulled',
    message: 'The image is here.',
    object: 'Pod demo-scheduler',
    count: 1,
    ...part
  };
}

const line = (part: Partial<Occurrence>): string =>
  `${JSON.stringify(make(part))}\n`;

describe('parseOccurrences', () => {
  it('reads whole lines, and leaves the rest', () => {
    const text = `${line({ id: 'a' })}\n<html>\n${line({ id: 'b' })}{"id":`;
    const { occurrences, rest } = parseOccurrences(text);
    expect(occurrences.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(rest).toBe('{"id":');
  });
});

describe('OccurrencesModel', () => {
  let bodies: FakeBody[];
  let failure: Error | null;
  let model: OccurrencesModel;
  const wait = async (ms: number): Promise<void> => {
    await jest.advanceTimersByTimeAsync(ms);
    await settle();
  };
  const last = (): FakeBody => bodies[bodies.length - 1];

  beforeEach(() => {
    jest.useFakeTimers();
    bodies = [];
    failure = null;
    const manager = {
      events: async () => {
        if (failure) {
          throw failure;
        }
        bodies.push(new FakeBody());
        return last();
      }
    } as unknown as IClusterManager;
    model = new OccurrencesModel({ cluster: 'demo', manager });
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  it('asks while somebody looks, and not before or after', async () => {
    await wait(1000);
    expect(bodies).toHaveLength(0);
    model.visible = true;
    await wait(20);
    expect(model.live).toBe(true);
    model.visible = false;
    await wait(20);
    expect(last().cancelled).toBe(true);
    await wait(120_000);
    expect(bodies).toHaveLength(1);
  });

  it('has the newest first, and each once', async () => {
    model.visible = true;
    await wait(20);
    last().send(line({ id: 'a' }));
    last().send(line({ id: 'b', time: '2026-11-21T10:00:05Z' }));
    await wait(20);
    expect(model.occurrences.map(({ id }) => id)).toEqual(['b', 'a']);
    last().send(line({ id: 'a', time: '2026-11-21T10:00:09Z', count: 2 }));
    await wait(20);
    expect(model.occurrences.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(model.occurrences[0].count).toBe(2);
  });

  it('asks again when the stream breaks, ever more slowly', async () => {
    model.visible = true;
    await wait(20);
    last().end();
    await wait(20);
    expect(model.live).toBe(false);
    failure = new Error('The Kubernetes API does not answer.');
    await wait(1100);
    expect(model.error).toBe('The Kubernetes API does not answer.');
    failure = null;
    await wait(1000);
    expect(model.live).toBe(false);
    await wait(1500);
    expect(model.live).toBe(true);
    expect(model.error).toBe('');
  });

  it('takes a silent stream for dead, and an empty line for life', async () => {
    model.visible = true;
    await wait(20);
    await wait(50_000);
    last().send('\n');
    await wait(50_000);
    expect(bodies).toHaveLength(1);
    await wait(12_000);
    expect(bodies).toHaveLength(2);
  });
});
