import { defaultLayout, fitLayout, parseLayout } from '../panelayout';
import type { Plot } from '../schema';
import { trans } from './fakes';

/** The settings as they are shipped. */
const settings = jest.requireActual<{
  properties: { layout: { default: unknown } };
}>('../../schema/panes.json');

const layout = defaultLayout(trans);

function plot(path: string, empty_reason = ''): Plot {
  return { path, title: path, useful: true, empty_reason };
}

function paths(plots: ReadonlyArray<Plot> | null): string[] {
  return fitLayout(layout, plots).map(({ path }) => path);
}

const COMMON = [
  'individual-task-stream',
  'individual-progress',
  'individual-workers-memory'
];

describe('The default layout', () => {
  it('is the one of the settings', () => {
    expect(parseLayout(settings.properties.layout.default)).toEqual(layout);
  });

  it('has GPU memory only where workers report GPUs', () => {
    const common = COMMON.map(path => plot(path));
    const gpu = 'individual-gpu-memory';
    expect(paths([...common, plot(gpu)])).toEqual([...COMMON, gpu]);
    expect(paths([...common, plot(gpu, 'No GPU.')])).toEqual(COMMON);
    expect(paths(null)).toEqual(COMMON);
  });

  it('leaves out what a scheduler does not have', () => {
    expect(paths([plot('individual-progress')])).toEqual([
      'individual-progress'
    ]);
  });
});

describe('parseLayout', () => {
  it('mends what it can, and leaves out the rest', () => {
    expect(
      parseLayout([
        { path: 'a' },
        { path: 'b', title: 'B', mode: 'sideways', ref: '' },
        { title: 'no path' },
        null,
        'text'
      ])
    ).toEqual([
      { path: 'a', title: 'a', mode: 'split-right' },
      { path: 'b', title: 'B', mode: 'split-right' }
    ]);
  });

  it('takes what is no list for none', () => {
    expect(parseLayout(undefined)).toEqual([]);
  });
});
