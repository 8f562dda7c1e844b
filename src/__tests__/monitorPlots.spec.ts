import { MonitorData } from '../monitor/data';
import { IPlot, plotsOf, stack } from '../monitor/plots';
import { describe as words, describeTick, topOf } from '../monitor/units';
import { MonitorView } from '../monitor/view';
import type { MonitorSample } from '../schema';
import { trans } from './fakes';
import { makeFrame, makePrefix, makeSample } from './monitorFakes';

const GIB = 2 ** 30;

function plots(...samples: Partial<MonitorSample>[]): Map<string, IPlot> {
  const data = new MonitorData();
  data.push(
    makeFrame({
      start: true,
      samples: samples.map((part, time) => makeSample({ time, ...part }))
    })
  );
  const found = plotsOf(new MonitorView(data, 60), trans);
  return new Map(found.map(plot => [plot.key, plot]));
}

const labels = (plot?: IPlot): string[] =>
  plot?.lines.map(({ label }) => label) ?? [];

describe('plotsOf', () => {
  it('shows throughput by prefix in the colours of Dask, the rest as one', () => {
    const prefixes = (step: number) =>
      Array.from({ length: 10 }, (_, index) =>
        makePrefix({ name: `p${index}`, finished: step * (index + 1) })
      );
    const rate = plots(
      { prefixes: prefixes(0), finished: 0 },
      { prefixes: prefixes(1), finished: 55 }
    ).get('rate');
    expect(labels(rate)).toEqual([
      ...[3, 4, 5, 6, 7, 8, 9].map(index => `p${index}`),
      'other'
    ]);
    expect(rate?.lines[0].color).toBe('#20a585');
    expect(rate?.lines[7].values).toEqual([null, 1 + 2 + 3]);
    expect(rate?.sum).toEqual([null, 55]);
    expect(rate?.top).toBe(60);
  });

  it('shows throughput of a scheduler that tells no prefixes', () => {
    const rate = plots({ finished: 0 }, { finished: 3 }).get('rate');
    expect(labels(rate)).toEqual(['finished']);
    expect(rate?.lines[0].values).toEqual([null, 3]);
  });

  it('puts queued tasks to those that wait, and shows failed ones', () => {
    const tasks = { processing: 2, waiting: 3, queued: 4, memory: 5 };
    const states = plots({ tasks }).get('states');
    expect(labels(states)).toEqual(['running', 'waiting', 'in memory']);
    expect(states?.lines[1].values).toEqual([7]);
    const failed = plots({ tasks: { ...tasks, erred: 1 } }).get('states');
    expect(labels(failed)).toContain('failed');
  });

  it('measures memory against the limit where that is near', () => {
    const near = plots({ memory: 3 * GIB, memory_limit: 8 * GIB });
    expect(near.get('memory')?.top).toBe(8 * GIB);
    const far = plots({ memory: 3 * GIB, memory_limit: 800 * GIB });
    expect(far.get('memory')?.top).toBe(4 * GIB);
    const none = plots({ memory: 3 * GIB, memory_limit: 0 });
    expect(labels(none.get('memory'))).not.toContain('limit');
  });

  it('says what a scheduler of others does not tell', () => {
    const guessed = plots({ guessed: true });
    expect(labels(guessed.get('memory'))).toEqual(['used', 'limit']);
    expect(guessed.get('cpu')?.note).toContain('Estimated');
    expect(guessed.get('network')?.lines[0].values).toEqual([null]);
  });
});

describe('scales', () => {
  it('stack areas, and break where all do', () => {
    const line = (values: (number | null)[]) => ({
      key: '',
      label: '',
      color: '',
      kind: 'area' as const,
      values
    });
    expect(stack([line([1, null, null]), line([2, 3, null])])).toEqual([
      [1, null, null],
      [3, 3, null]
    ]);
  });

  it('end at numbers that one can read', () => {
    expect(topOf(0, 'count')).toBe(4);
    expect(topOf(11, 'count')).toBe(20);
    expect(topOf(1000, 'count')).toBe(1000);
    expect(topOf(1001, 'count')).toBe(2000);
    expect(topOf(3, 'percent')).toBe(100);
    expect(topOf(0, 'bytes')).toBe(2 ** 20);
    expect(topOf(5 * GIB, 'bytes')).toBe(6 * GIB);
    expect(topOf(400 * GIB, 'bytes')).toBe(512 * GIB);
    expect(topOf(600 * GIB, 'bytes')).toBe(1024 * GIB);
  });

  it('have units', () => {
    expect(words(62.4, 'percent', trans)).toBe('62 %');
    expect(words(1.5 * GIB, 'bytes', trans)).toBe('1.5 GiB');
    expect(words(2 ** 20, 'bytesRate', trans)).toBe('1 MiB/s');
    expect(words(869.34, 'rate', trans)).toBe('869/s');
    expect(words(3.456, 'rate', trans, true)).toBe('3.5 tasks/s');
    expect(words(1204, 'count', trans)).toBe('1,204');
    expect(describeTick(1500, 'count', trans)).toBe('1.5K');
  });
});
