import { Columns } from '../monitor/columns';
import { MonitorData, SPAN } from '../monitor/data';
import { gpusOf, modelsOf, shortName } from '../monitor/gpus';
import { layOut, levelOf, order } from '../monitor/heat';
import { MonitorView } from '../monitor/view';
import type { MonitorSample } from '../schema';
import {
  makeColumns,
  makeFrame,
  makePrefix,
  makeSample,
  makeWorker
} from './monitorFakes';

const workers = [
  makeWorker({ id: 0, name: 'demo-worker-10' }),
  makeWorker({ id: 1, name: 'demo-worker-9' })
];

function filled(...parts: Partial<MonitorSample>[]): MonitorData {
  const data = new MonitorData();
  const samples = parts.map(part => makeSample(part));
  data.push(makeFrame({ start: true, workers, samples }));
  return data;
}

describe('Columns', () => {
  it('keeps the newest, and knows what was missing', () => {
    const columns = new Columns(3);
    columns.push(1, [['a', 10]]);
    columns.push(2, [['b', 20]]);
    columns.push(3, [['a', 30]]);
    columns.push(4, [['a', 40]]);
    expect(columns.length).toBe(3);
    expect([0, 1, 2].map(index => columns.time(index))).toEqual([2, 3, 4]);
    expect(columns.value('a', 0)).toBeNaN();
    expect(columns.value('b', 0)).toBe(20);
    expect(columns.value('a', -1)).toBe(40);
    expect(columns.value('nobody', 0)).toBeNaN();
  });

  it('forgets what is old, and in time the names that ended with it', () => {
    const columns = new Columns(100);
    columns.push(0, [['gone', 1]]);
    for (let time = 1; time < 20; time++) {
      columns.push(time, [['a', time]]);
      columns.dropBefore(time - 5);
    }
    expect(columns.time(0)).toBe(14);
    expect(columns.names).toEqual(['a']);
  });

  it('copies what then stays as it is', () => {
    const columns = new Columns(2);
    columns.push(1, [['a', 1]]);
    const copy = columns.copy();
    columns.push(2, [['a', 2]]);
    expect(copy.length).toBe(1);
    expect(copy.value('a', -1)).toBe(1);
  });
});

describe('MonitorData', () => {
  it('counts no tasks where the scheduler names no states', () => {
    const data = new MonitorData();
    const samples = [makeSample({ tasks: {} })];
    data.push(makeFrame({ start: true, samples }));
    expect(data.totals.value('state:processing', 0)).toBe(0);
    expect(data.totals.value('state:memory', 0)).toBe(0);
    expect(data.totals.value('state:erred', 0)).toBeNaN();
  });

  it('ignores what comes before a start, and begins anew with one', () => {
    const data = new MonitorData();
    data.push(makeFrame({ samples: [makeSample()] }));
    expect(data.length).toBe(0);
    data.push(makeFrame({ start: true, samples: [makeSample()] }));
    data.push(makeFrame({ samples: [makeSample({ time: 1001 })] }));
    expect(data.length).toBe(2);
    data.push(
      makeFrame({ start: true, samples: [makeSample({ time: 1002 })] })
    );
    expect(data.length).toBe(1);
  });

  it('takes no sample twice, and keeps ten minutes', () => {
    const data = filled({ time: 0 }, { time: 0 });
    expect(data.length).toBe(1);
    for (let time = 1; time <= SPAN + 100; time++) {
      data.push(makeFrame({ samples: [makeSample({ time })] }));
    }
    expect(data.totals.time(0)).toBe(100);
    expect(data.length).toBe(SPAN + 1);
    expect(data.workers(0)?.cpu[1]).toBe(90);
  });

  it('turns counts into rates; a restart or a gap gives none below 0', () => {
    const data = filled(
      { time: 0, finished: 100 },
      { time: 2, finished: 120 },
      { time: 3, finished: 5 },
      { time: 60, finished: 500 },
      { time: 61, finished: null }
    );
    const rates = [0, 1, 2, 3, 4].map(i => data.totals.value('rate', i));
    expect(rates).toEqual([NaN, 10, 0, NaN, NaN]);
  });

  it('counts a prefix only from when it has a number of its own', () => {
    const named = (name: string, finished: number) =>
      makePrefix({ name, finished });
    const data = filled(
      { time: 0, prefixes: [named('a', 10), named('', 1000)] },
      {
        time: 1,
        prefixes: [named('a', 15), named('b', 900), named('', 105)]
      },
      { time: 2, prefixes: [named('b', 903), named('', 130)] }
    );
    const at = (name: string) =>
      [1, 2].map(index => data.totals.value(`rate:${name}`, index));
    expect(at('a')).toEqual([5, NaN]);
    expect(at('b')).toEqual([0, 3]);
    expect(at('')).toEqual([0, 25]);
    expect(data.color('b')).toBe('#20a585');
  });

  it('copies for a pause', () => {
    const data = filled({ time: 1 });
    const copy = data.copy();
    data.push(makeFrame({ samples: [makeSample({ time: 2 })] }));
    expect([copy.length, data.length]).toEqual([1, 2]);
    expect(copy.worker(1)?.name).toBe('demo-worker-9');
  });
});

describe('MonitorView', () => {
  it('has the window, the point before it, and breaks at gaps', () => {
    const data = filled(
      { time: 0, cpu: 1 },
      { time: 1, cpu: 2 },
      { time: 50, cpu: 3 },
      { time: 51, cpu: 4 }
    );
    const all = new MonitorView(data, 100);
    expect(all.times).toEqual([0, 1, 25.5, 50, 51]);
    expect(all.points('cpu')).toEqual([1, 2, null, 3, 4]);
    expect(all.at(2)).toBe(-1);
    expect(all.nearest(49)).toBe(3);
    const short = new MonitorView(data, 0.5);
    expect(short.start).toBe(50.5);
    expect(short.times).toEqual([50, 51]);
  });

  it('averages what falls together in a long window, by the clock', () => {
    const samples = Array.from({ length: 601 }, (_, time) => ({
      time,
      cpu: time % 2 === 0 ? 10 : 20
    }));
    const data = filled(...samples);
    const view = new MonitorView(data, 600);
    expect(view.length).toBe(301);
    expect(view.points('cpu').slice(0, 3)).toEqual([15, 15, 15]);
    expect(view.times.slice(0, 3)).toEqual([1, 3, 5]);
    expect(view.at(0)).toBe(1);
    const later = makeSample({ time: 601, cpu: 20 });
    data.push(makeFrame({ samples: [later] }));
    expect(new MonitorView(data, 600).times.slice(1, 3)).toEqual([3, 5]);
  });

  it('has no more points than there is room for, within reason', () => {
    const samples = Array.from({ length: 601 }, (_, time) => ({
      time,
      cpu: 1
    }));
    const data = filled(...samples);
    const points = (room: number): number =>
      new MonitorView(data, 600, room).length;
    expect(points(150)).toBe(151);
    expect(points(1000)).toBe(301);
    expect(points(0)).toBe(101);
    // A short window has all that there is.
    expect(new MonitorView(data, 60, 100).length).toBe(62);
  });

  it('is empty without data', () => {
    const view = new MonitorView(new MonitorData(), 60);
    expect(view.times).toEqual([]);
    expect(view.nearest(0)).toBe(-1);
  });

  it('follows a worker through other places of the columns', () => {
    const data = filled(
      { time: 1 },
      { time: 2, columns: makeColumns({ ids: [1, 0] }) },
      { time: 3, columns: null }
    );
    const view = new MonitorView(data, 60);
    const cpu = view.ofWorker(1, (columns, place) => columns.cpu[place]);
    expect(cpu).toEqual([90, 10, null]);
  });
});

describe('GPUs', () => {
  it('have a lane for each device, whoever has it', () => {
    const gpu = { gpu: 'NVIDIA A100', gpu_memory_total: 40 * 2 ** 30 };
    const data = new MonitorData();
    data.push(
      makeFrame({
        start: true,
        workers: [
          makeWorker({ id: 0, name: 'a-0', ...gpu, gpu_device: 'x' }),
          makeWorker({ id: 1, name: 'a-1', ...gpu, gpu_device: 'x' }),
          makeWorker({ id: 2, name: 'a-2' })
        ],
        samples: [
          makeSample({
            columns: makeColumns({
              ids: [0, 1, 2],
              gpu_memory: [null, 1024, null],
              gpu_use: [null, 70, null]
            })
          })
        ]
      })
    );
    const gpus = gpusOf(new MonitorView(data, 60), 32);
    expect(gpus).toHaveLength(1);
    expect(gpus[0].workers).toEqual(['a-0', 'a-1']);
    expect(gpus[0].memory).toEqual([2 ** 30]);
    expect(gpus[0].use).toEqual([70]);
    expect(modelsOf(gpus)).toBe('1 × NVIDIA A100');
    expect(shortName('demo-default-worker-a1')).toBe('worker-a1');
    expect(shortName('tcp://10.0.0.1:80')).toBe('tcp://10.0.0.1:80');
  });

  it('are in the order of the names of workers', () => {
    const names = ['w-10', 'w-2', 'w-1'];
    const data = new MonitorData();
    data.push(
      makeFrame({
        start: true,
        workers: names.map((name, id) => makeWorker({ id, name, gpu: 'A100' })),
        samples: [makeSample({ columns: makeColumns({ ids: [0, 1, 2] }) })]
      })
    );
    const lanes = (most: number) =>
      gpusOf(new MonitorView(data, 60), most).map(({ workers }) => workers[0]);
    expect(lanes(32)).toEqual(['w-1', 'w-2', 'w-10']);
    expect(lanes(2)).toEqual(['w-1', 'w-2']);
  });
});

describe('the cells of workers', () => {
  it('are as large as fits, and no smaller than one can see', () => {
    expect(layOut(6, 300, 120)).toEqual({ columns: 12, rows: 1, step: 24 });
    const many = layOut(1000, 600, 120);
    expect(many.rows * many.step).toBeLessThanOrEqual(120);
    expect(many.columns * many.rows).toBeGreaterThanOrEqual(1000);
    expect(layOut(1000, 100, 50).step).toBe(6);
    expect(layOut(3, 0, 0).columns).toBe(1);
  });

  it('are in the order of names, with levels of what is known', () => {
    const data = filled({});
    const columns = data.workers(0);
    if (columns === null) {
      throw new Error('There are no columns.');
    }
    expect(order(data, columns.ids)).toEqual([1, 0]);
    expect(levelOf('cpu', data, columns, 1)).toBe(0.9);
    expect(levelOf('memory', data, columns, 1)).toBe(0.5);
    expect(levelOf('gpuUse', data, columns, 1)).toBeNaN();
  });
});
