import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cluster, WorkerGroup } from '../schema';

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50
};

/** How numbers are written everywhere: with separators of the user's language. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString();
}

/** Bytes as `3.2 GiB`: at most three digits, so that columns stay narrow. */
export function formatBytes(bytes: number): string {
  const unit = unitOf(bytes);
  return `${scaled(bytes, unit)} ${BINARY[unit]}`;
}

/** What is used of what there is, in one unit: `1.2/6 GiB`. */
export function formatUsage(used: number, total: number): string {
  if (total <= 0) {
    return formatBytes(used);
  }
  const unit = unitOf(total);
  return `${scaled(used, unit)}/${scaled(total, unit)} ${BINARY[unit]}`;
}

/** A length of time in words that fit a card: `42 min`, `1 h 30 min`. */
export function formatDuration(
  seconds: number,
  trans: TranslationBundle
): string {
  if (seconds < 60) {
    return trans.__('%1 s', Math.max(0, Math.ceil(seconds)));
  }
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) {
    return trans.__('%1 min', minutes);
  }
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours >= 48) {
    return trans.__('%1 days', Math.round(hours / 24));
  }
  return rest === 0
    ? trans.__('%1 h', hours)
    : trans.__('%1 h %2 min', hours, rest);
}

/** Bytes of a quantity such as `8Gi`, `3 GiB` or `512MB`; `null` if it is none. */
export function parseBytes(quantity: string): number | null {
  const match = /^\s*([0-9.]+)\s*([kKMGTP]?i?)B?\s*$/.exec(quantity);
  if (!match) {
    return null;
  }
  const unit = match[2] === 'K' ? 'k' : match[2];
  const factor = FACTORS[unit];
  const value = Number(match[1]);
  return factor === undefined || Number.isNaN(value) ? null : value * factor;
}

/** Sums over the worker groups of a cluster. */
export function countWorkers(cluster: Cluster): {
  ready: number;
  desired: number;
} {
  let ready = 0;
  let desired = 0;
  for (const group of cluster.groups) {
    ready += group.ready;
    desired += group.desired;
  }
  return { ready, desired };
}

/** How many workers there are of how many, as short as a card's head is. */
export function describeWorkers(
  cluster: Cluster,
  trans: TranslationBundle
): string {
  const { desired, ready } = countWorkers(cluster);
  if (cluster.phase === 'Stopping') {
    return ready === 0 ? '' : trans._n('%1 worker', '%1 workers', ready);
  }
  return cluster.groups.length === 0
    ? trans.__('no workers')
    : trans._n('%2/%1 worker', '%2/%1 workers', desired, ready);
}

/** Who made a cluster, as a phrase; empty where it was the user. */
export function describeOwner(
  cluster: Cluster,
  user: string | null,
  trans: TranslationBundle
): string {
  if (user === null || cluster.owner === user || cluster.shared) {
    return '';
  }
  return cluster.owner === ''
    ? trans.__('Made outside this panel')
    : trans.__('Made by %1', cluster.owner);
}

/** What one worker of a group has: `2 threads, 3 GiB`. */
export function describeWorker(
  group: WorkerGroup,
  trans: TranslationBundle
): string {
  const parts: string[] = [];
  if (group.threads !== null) {
    parts.push(trans._n('%1 thread', '%1 threads', group.threads));
  } else if (group.cpu !== null) {
    parts.push(trans.__('%1 CPU', group.cpu));
  }
  if (group.memory !== null) {
    const bytes = parseBytes(group.memory);
    parts.push(bytes === null ? group.memory : formatBytes(bytes));
  }
  if (group.gpus > 0) {
    parts.push(trans._n('%1 GPU', '%1 GPUs', group.gpus));
  }
  return parts.join(', ');
}

/** When a cluster ends by itself, as a phrase; empty when there is none to say. */
export function describeLifetime(
  cluster: Cluster,
  now: number,
  trans: TranslationBundle
): string {
  const { kind, seconds, idle_since: since } = cluster.lifetime;
  if (kind === 'notebook') {
    return trans.__('Ends with this notebook server');
  }
  if (kind === 'keep' || seconds === null) {
    return cluster.shared
      ? trans.__('Shared: it is not deleted from here')
      : trans.__('Runs until you delete it');
  }
  if (since === null || cluster.phase !== 'Running') {
    return trans.__('Shuts down after %1 idle', formatDuration(seconds, trans));
  }
  const left = seconds - (now - Date.parse(since)) / 1000;
  return left <= 0
    ? trans.__('Idle: shuts down now')
    : trans.__('Idle: %1 left', formatDuration(left, trans));
}

function unitOf(bytes: number): number {
  const unit = Math.floor(Math.log2(Math.max(1, bytes)) / 10);
  return Math.min(unit, BINARY.length - 1);
}

function scaled(bytes: number, unit: number): string {
  const value = bytes / 2 ** (10 * unit);
  return value.toLocaleString(undefined, {
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0
  });
}
