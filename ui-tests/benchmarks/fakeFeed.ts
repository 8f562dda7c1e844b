import type { Page } from '@playwright/test';

import type {
  MonitorFrame,
  MonitorPrefix,
  MonitorSample,
  MonitorWorker
} from '../../src/schema';

/** What the made-up cluster has. */
export interface IFakeCluster {
  name: string;
  workers: number;
  gpus: number;
  /** Seconds between two samples as the page gets them. */
  interval: number;
  /** How many seconds of the past come first. */
  past: number;
}

const GIB = 2 ** 30;
const COLORS = ['#440154', '#3b528b', '#21918c', '#5ec962', '#fde725'];
const NAMES = [
  'read-parquet',
  'map-blocks',
  'shuffle-split',
  'sum',
  'mean-agg'
];

/**
 * Answer the page's websocket for readings with a cluster that nobody runs: frames such as
 * the server sends, for figures of drawing only. All else is the real server.
 */
export async function fakeFeed(page: Page, fake: IFakeCluster): Promise<void> {
  await page.routeWebSocket(/dask-k8s\/api\/metrics/, socket => {
    let timer: ReturnType<typeof setInterval> | undefined;
    socket.onMessage(message => {
      const { monitor = [] } = JSON.parse(String(message)) as {
        monitor?: string[];
      };
      clearInterval(timer);
      timer = undefined;
      if (monitor.includes(fake.name)) {
        const send = (frame: Partial<MonitorFrame>): void =>
          socket.send(JSON.stringify(frameOf(fake, frame)));
        const now = Date.now() / 1000;
        send({
          start: true,
          workers: workersOf(fake),
          samples: past(fake, now)
        });
        timer = setInterval(() => {
          send({ samples: [sampleAt(fake, Date.now() / 1000)] });
        }, fake.interval * 1000);
      }
    });
    socket.onClose(() => clearInterval(timer));
  });
}

function frameOf(
  fake: IFakeCluster,
  part: Partial<MonitorFrame>
): MonitorFrame {
  return {
    kind: 'monitor',
    name: fake.name,
    start: false,
    workers: [],
    samples: [],
    interval: fake.interval,
    reason: '',
    ...part
  };
}

function workersOf(fake: IFakeCluster): MonitorWorker[] {
  return Array.from({ length: fake.workers }, (_, id) => ({
    id,
    name: `${fake.name}-default-worker-${id}`,
    threads: 2,
    memory_limit: 4 * GIB,
    gpu: id < fake.gpus ? 'NVIDIA A100-SXM4-40GB' : null,
    gpu_device: id < fake.gpus ? `GPU-${id}` : null,
    gpu_memory_total: id < fake.gpus ? 40 * GIB : 0
  }));
}

function past(fake: IFakeCluster, now: number): MonitorSample[] {
  return Array.from({ length: fake.past }, (_, index) =>
    sampleAt(fake, now - fake.past + index)
  );
}

/** A wave, with a little of its own for each worker. */
function wave(time: number, seed: number): number {
  const slow = Math.sin(time / 17 + seed / 40);
  const fast = Math.sin(time * 1.3 + seed * 7.1);
  return Math.min(1, Math.max(0, 0.5 + 0.35 * slow + 0.15 * fast));
}

function sampleAt(fake: IFakeCluster, time: number): MonitorSample {
  const ids = Array.from({ length: fake.workers }, (_, id) => id);
  const cpu = ids.map(id => Math.round(100 * wave(time, id)));
  const memory = ids.map(id => Math.round(600 + 2400 * wave(time / 5, id)));
  const total = memory.reduce((sum, one) => sum + one, 0) * 2 ** 20;
  const prefixes = prefixesAt(fake, time);
  const gpu = (scale: number) =>
    fake.gpus === 0
      ? []
      : ids.map(id =>
          id < fake.gpus ? Math.round(scale * wave(time / 2, id * 3)) : null
        );
  return {
    time,
    workers: fake.workers,
    threads: 2 * fake.workers,
    cpu: cpu.reduce((sum, one) => sum + one, 0) / Math.max(1, fake.workers),
    memory: total,
    managed: total * 0.6,
    unmanaged: total * 0.4,
    spilled: total * 0.1 * wave(time / 3, 5),
    memory_limit: 4 * GIB * fake.workers,
    read: 3e6 * fake.workers * wave(time, 1),
    write: 2e6 * fake.workers * wave(time, 9),
    tasks: {
      processing: 2 * fake.workers,
      waiting: Math.round(4e3 * wave(time / 4, 2)),
      queued: 500,
      memory: Math.round(3e3 * wave(time / 4, 7)),
      erred: 0
    },
    finished: prefixes.reduce((sum, one) => sum + one.finished, 0),
    prefixes,
    gpu:
      fake.gpus === 0
        ? null
        : {
            count: fake.gpus,
            memory: 9 * GIB,
            memory_total: 40 * GIB,
            utilization: 50
          },
    columns: {
      ids,
      cpu,
      tasks: ids.map(() => 3),
      memory,
      managed: memory.map(one => Math.round(one * 0.6)),
      spilled: ids.map(() => 0),
      read: ids.map(() => 3000),
      write: ids.map(() => 2000),
      gpu_memory: gpu(40 * 1024),
      gpu_use: gpu(100)
    },
    finished_only: false,
    guessed: false
  };
}

function prefixesAt(fake: IFakeCluster, time: number): MonitorPrefix[] {
  return NAMES.map((name, index) => ({
    name,
    color: COLORS[index],
    waiting: 0,
    processing: 0,
    memory: 0,
    erred: 0,
    released: 0,
    finished: Math.round(
      (fake.workers / (index + 2)) * (time % 1e6) +
        3 * fake.workers * Math.sin(time / (7 + index))
    )
  }));
}
