import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Metrics, MetricsFrame } from '../schema';
import type { IMetricsFeed } from '../tokens';
import { formatBytes, formatCount, formatUsage } from './format';
import { Bar, Sparkline } from './sparkline';

/**
 * Properties of `Readings`.
 */
export interface IReadingsProps {
  cluster: string;
  feed: IMetricsFeed;
  /** The newest frame, once there is one. */
  frame: MetricsFrame | undefined;
  trans: TranslationBundle;
}

/**
 * CPU, memory, tasks and GPUs of a running cluster, as the server pushes them.
 */
export function Readings(props: IReadingsProps): JSX.Element {
  const { cluster, feed, frame, trans } = props;
  const reason = frame?.metrics === null ? frame.reason : '';
  const metrics = frame?.metrics ?? null;
  const history = feed.history(cluster);
  const top = Math.max(1, ...history.map(({ tasks }) => active(tasks)));
  return (
    <div className="jp-Dask-readings">
      {reason !== '' && <p className="jp-Dask-reason">{reason}</p>}
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
        <Bar
          parts={[{ kind: 'used', value: metrics?.memory ?? 0 }]}
          total={metrics?.memory_limit ?? 0}
        />
      </Reading>
      <Reading
        label={trans.__('Tasks')}
        value={metrics ? describeTasks(metrics, trans) : '–'}
        title={metrics ? listTasks(metrics, trans) : ''}
      >
        <Sparkline
          values={history.map(({ tasks }) => active(tasks))}
          maximum={top}
        />
      </Reading>
      {metrics?.gpu && <GPUReading gpu={metrics.gpu} trans={trans} />}
      <ErredTasks tasks={metrics?.tasks ?? {}} trans={trans} />
    </div>
  );
}

function GPUReading(props: {
  gpu: NonNullable<Metrics['gpu']>;
  trans: TranslationBundle;
}): JSX.Element {
  const { gpu, trans } = props;
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
      <Bar
        parts={[{ kind: 'used', value: gpu.memory }]}
        total={gpu.memory_total}
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
    <div className="jp-Dask-reading" title={props.title}>
      <span className="jp-Dask-reading-label">{props.label}</span>
      {props.children}
      <span className="jp-Dask-reading-value">{props.value}</span>
    </div>
  );
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

function listTasks(metrics: Metrics, trans: TranslationBundle): string {
  const { finished, tasks } = metrics;
  const lines = [
    trans.__('Running: %1', formatCount(tasks.processing ?? 0)),
    trans.__('Waiting: %1', formatCount(waiting(tasks))),
    trans.__('Kept in memory: %1', formatCount(tasks.memory ?? 0)),
    trans.__('Failed: %1', formatCount(tasks.erred ?? 0))
  ];
  if (finished !== null) {
    lines.push(trans.__('Finished so far: %1', formatCount(finished)));
  }
  return lines.join('\n');
}
