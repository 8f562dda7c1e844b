import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Metrics, MetricsFrame } from '../schema';
import type { IMetricsFeed } from '../tokens';
import { formatBytes, formatCount, formatUsage } from './format';
import { Sparkline } from './sparkline';

/**
 * Properties of `Readings`.
 */
export interface IReadingsProps {
  cluster: string;
  feed: IMetricsFeed;
  /** The newest frame, once there is one. */
  frame: MetricsFrame | undefined;
  /** What is said of the cluster already; then no reason of ours is beside it. */
  told: string;
  trans: TranslationBundle;
  /** Shows more of the same, where there is such a view. */
  onOpen?: () => void;
}

/**
 * CPU, memory, tasks and GPUs of a running cluster, as the server pushes them.
 */
export function Readings(props: IReadingsProps): JSX.Element {
  const { frame, told, trans } = props;
  const reason = frame?.metrics === null && told === '' ? frame.reason : '';
  const metrics = frame?.metrics ?? null;
  return (
    <div className="jp-Dask-readings">
      {reason !== '' && <p className="jp-Dask-reason">{reason}</p>}
      {props.onOpen ? (
        <button
          type="button"
          className="jp-Dask-readings-open"
          onClick={props.onOpen}
        >
          <Rows {...props} metrics={metrics} />
          <span className="jp-Dask-hiddenText">
            {trans.__('Open the cluster monitor')}
          </span>
        </button>
      ) : (
        <Rows {...props} metrics={metrics} />
      )}
      <ErredTasks tasks={metrics?.tasks ?? {}} trans={trans} />
    </div>
  );
}

function Rows(
  props: IReadingsProps & { metrics: Metrics | null }
): JSX.Element {
  const { cluster, feed, metrics, trans } = props;
  const history = feed.history(cluster);
  const top = Math.max(1, ...history.map(({ tasks }) => active(tasks)));
  return (
    <>
      <Reading
        label={trans.__('CPU')}
        value={metrics ? trans.__('%1 %', Math.round(metrics.cpu)) : '–'}
        title={trans.__('Share of all threads that is busy')}
      >
        <Sparkline values={history.map(({ cpu }) => cpu)} maximum={100} />
      </Reading>
      <Reading
        label={trans.__('Memory')}
        value={
          metrics ? formatUsage(metrics.memory, metrics.memory_limit) : '–'
        }
        title={trans.__('Memory of all workers: used, and the limit')}
      >
        <Sparkline
          values={history.map(({ memory }) => memory)}
          maximum={limitOf(history, one => one.memory, metrics?.memory_limit)}
        />
      </Reading>
      <Reading
        label={trans.__('Tasks')}
        value={metrics ? describeTasks(metrics, trans) : '–'}
        title={metrics ? listTasks(metrics, history, trans) : ''}
      >
        <Sparkline
          values={history.map(({ tasks }) => active(tasks))}
          maximum={top}
        />
      </Reading>
      {metrics?.gpu && (
        <GPUReading gpu={metrics.gpu} history={history} trans={trans} />
      )}
    </>
  );
}

function GPUReading(props: {
  gpu: NonNullable<Metrics['gpu']>;
  history: ReadonlyArray<Metrics>;
  trans: TranslationBundle;
}): JSX.Element {
  const { gpu, history, trans } = props;
  const memory = (one: Metrics): number => one.gpu?.memory ?? 0;
  return (
    <Reading
      label={trans.__('GPU')}
      value={formatUsage(gpu.memory, gpu.memory_total)}
      title={
        gpu.utilization === null
          ? trans.__(
              'Memory of %1 GPUs: %2 used',
              gpu.count,
              formatBytes(gpu.memory)
            )
          : trans.__(
              'Memory of %1 GPUs: %2 used; %3 % busy',
              gpu.count,
              formatBytes(gpu.memory),
              Math.round(gpu.utilization)
            )
      }
    >
      <Sparkline
        values={history.map(memory)}
        maximum={limitOf(history, memory, gpu.memory_total)}
      />
    </Reading>
  );
}

function ErredTasks(props: {
  tasks: Metrics['tasks'];
  trans: TranslationBundle;
}): JSX.Element | null {
  const erred = props.tasks.erred ?? 0;
  return erred === 0 ? null : (
    <p className="jp-Dask-reason jp-mod-error">
      {props.trans._n('%1 task failed', '%1 tasks failed', erred)}
    </p>
  );
}

function Reading(props: {
  label: string;
  value: string;
  title: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <span className="jp-Dask-reading" title={props.title}>
      <span className="jp-Dask-reading-label">{props.label}</span>
      {props.children}
      <span className="jp-Dask-reading-value">{props.value}</span>
    </span>
  );
}

/** What reaches the top: the limit, or the most there was where there is none. */
function limitOf(
  history: ReadonlyArray<Metrics>,
  read: (metrics: Metrics) => number,
  limit = 0
): number {
  return limit > 0 ? limit : Math.max(1, ...history.map(read));
}

/** Tasks finished a second, over the last few readings; `null` where nobody tells. */
function rateOf(history: ReadonlyArray<Metrics>): number | null {
  const last = history[history.length - 1];
  const first = history[Math.max(0, history.length - 6)];
  const seconds = (last?.time ?? 0) - (first?.time ?? 0);
  if (seconds <= 0 || last.finished === null || first.finished === null) {
    return null;
  }
  // A scheduler that has restarted counts from nothing again.
  return Math.max(0, last.finished - first.finished) / seconds;
}

function formatRate(rate: number): string {
  return rate >= 10 || rate === 0 ? formatCount(rate) : rate.toFixed(1);
}

/** Tasks that are running or wait for their turn. */
function active(tasks: Metrics['tasks']): number {
  return (tasks.processing ?? 0) + waiting(tasks);
}

function waiting(tasks: Metrics['tasks']): number {
  return (tasks.waiting ?? 0) + (tasks.queued ?? 0) + (tasks['no-worker'] ?? 0);
}

function describeTasks(metrics: Metrics, trans: TranslationBundle): string {
  const count = active(metrics.tasks);
  if (count > 0) {
    return trans.__('%1 to do', formatCount(count));
  }
  const finished = metrics.finished ?? metrics.tasks.memory ?? 0;
  return finished > 0
    ? trans.__('%1 done', formatCount(finished))
    : trans.__('none');
}

function listTasks(
  metrics: Metrics,
  history: ReadonlyArray<Metrics>,
  trans: TranslationBundle
): string {
  const { finished, tasks } = metrics;
  const lines = [
    trans.__('Running: %1', formatCount(tasks.processing ?? 0)),
    trans.__('Waiting: %1', formatCount(waiting(tasks))),
    trans.__('Kept in memory: %1', formatCount(tasks.memory ?? 0)),
    trans.__('Failed: %1', formatCount(tasks.erred ?? 0))
  ];
  if (finished !== null) {
    lines.push(trans.__('Finished so far: %1', formatCount(finished)));
    const rate = rateOf(history);
    if (rate !== null) {
      lines.push(trans.__('Finished a second: %1', formatRate(rate)));
    }
  }
  return lines.join('\n');
}
