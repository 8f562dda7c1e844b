import { ClusterError } from '../client';
import { EmptyPlot } from '../emptyplot';
import type { Plot } from '../schema';
import type { IClusterManager } from '../tokens';
import { makeCluster, makeGroup, settle } from './fakes';

const NO_GPU = 'No worker of this cluster reports a GPU.';

function plot(path: string, empty = ''): Plot {
  return { path, title: path, useful: true, empty_reason: empty };
}

describe('EmptyPlot', () => {
  let answer: Plot[] | Error;
  let asked: number;
  let empty: EmptyPlot;
  const open = (path: string): void => {
    const manager = {
      plots: async () => {
        asked += 1;
        if (answer instanceof Error) {
          throw answer;
        }
        return answer;
      }
    } as unknown as IClusterManager;
    empty = new EmptyPlot(manager, path);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    asked = 0;
    answer = [
      plot('individual-gpu-memory', NO_GPU),
      plot('individual-task-stream')
    ];
  });

  afterEach(() => {
    empty.dispose();
    jest.useRealTimers();
  });

  it('asks nothing about a plot that is well', async () => {
    open('individual-task-stream');
    empty.follow(makeCluster(), false);
    await settle();
    expect(asked).toBe(0);
    expect(empty.reason).toBe('');
  });

  it('knows that there are no GPUs, until there are', async () => {
    open('individual-gpu-memory');
    const changes = jest.fn();
    empty.changed.connect(changes);
    empty.follow(makeCluster(), false);
    empty.follow(makeCluster(), false);
    await settle();
    expect(asked).toBe(1);
    expect(empty.reason).toBe(NO_GPU);
    expect(changes).toHaveBeenCalledTimes(1);
    answer = [plot('individual-gpu-memory')];
    empty.follow(makeCluster({ groups: [makeGroup({ ready: 1 })] }), false);
    expect(empty.reason).toBe(NO_GPU);
    await settle();
    expect(empty.reason).toBe('');
  });

  it('knows that the image has no dashboard', async () => {
    answer = new ClusterError('The image has no bokeh.', 503, 'NoDashboard');
    open('individual-task-stream');
    empty.follow(makeCluster(), true);
    await settle();
    expect(empty.reason).toBe('The image has no bokeh.');
    empty.follow(makeCluster({ phase: 'Pending' }), false);
    expect(empty.reason).toBe('');
  });

  it('asks again when nobody could tell', async () => {
    answer = new Error('The scheduler does not answer.');
    open('individual-task-stream');
    const changes = jest.fn();
    empty.changed.connect(changes);
    empty.follow(makeCluster(), true);
    await settle();
    expect(empty.reason).toBe('');
    await jest.advanceTimersByTimeAsync(11_000);
    expect(changes).toHaveBeenCalledTimes(1);
    empty.follow(makeCluster(), true);
    await settle();
    expect(asked).toBe(2);
  });
});
