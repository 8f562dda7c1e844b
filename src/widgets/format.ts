import type { TranslationBundle } from '@jupyterlab/translation';

import { clockOf } from '../lifetime';
import type { Cluster, WorkerGroup } from '../schema';
import { countWorkers } from '../workers';

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Made once: they are slow to make. */
const WHOLE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

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
  return WHOLE.format(Math.round(value));
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

/** Who made a cluster or a job, as a phrase; empty where it was the user. */
export function describeOwner(
  cluster: Pick<Cluster, 'owner' | 'shared'>,
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

/** Kubernetes writes a tenth of a core as `100m`. */
function coresOf(quantity: string): string {
  return /^\d+m$/.test(quantity)
    ? String(Number.parseInt(quantity, 10) / 1000)
    : quantity;
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
    parts.push(trans.__('%1 CPU', coresOf(group.cpu)));
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

/** When a cluster ends by itself, as a phrase; `end` as of `endOf`. */
export function describeLifetime(
  cluster: Cluster,
  end: number | null,
  now: number,
  trans: TranslationBundle
): string {
  if (end !== null && cluster.phase === 'Running') {
    return describeEnd(cluster.lifetime, end, now, trans);
  }
  const {
    kind,
    no_client_seconds: alone,
    notebook,
    seconds
  } = cluster.lifetime;
  if (kind === 'keep' || (kind === 'idle' && seconds === null)) {
    if (cluster.shared) {
      return trans.__('Shared: it is not deleted from here');
    }
    return cluster.backend === 'local'
      ? trans.__('Runs until Jupyter ends')
      : trans.__('Runs until you delete it');
  }
  const first =
    kind === 'notebook'
      ? notebook === null
        ? trans.__('Ends with this notebook server')
        : trans.__('Ends with %1', notebook)
      : trans.__(
          'Shuts down after %1 idle',
          formatDuration(seconds ?? 0, trans)
        );
  return alone === null
    ? first
    : trans.__(
        '%1, or %2 without a client',
        first,
        formatDuration(alone, trans)
      );
}

/** What is left while a clock runs, and why it runs. */
export function describeEnd(
  lifetime: Cluster['lifetime'],
  end: number,
  now: number,
  trans: TranslationBundle
): string {
  const idle = clockOf(lifetime, end) === 'idle';
  const left = (end - now) / 1000;
  if (left <= 0) {
    return idle
      ? trans.__('Shuts down now: idle')
      : trans.__('Shuts down now: no client');
  }
  const time = formatDuration(left, trans);
  return idle
    ? trans.__('Shuts down in %1: idle', time)
    : trans.__('Shuts down in %1: no client', time);
}

/** How long something takes or took: `42 s`, `3 min 5 s`, `11 min`, `1 h 5 min`. */
export function formatElapsed(
  seconds: number,
  trans: TranslationBundle
): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) {
    return trans.__('%1 s', whole);
  }
  const minutes = Math.floor(whole / 60);
  if (minutes < 10) {
    return trans.__('%1 min %2 s', minutes, whole % 60);
  }
  return minutes < 60
    ? trans.__('%1 min', minutes)
    : trans.__('%1 h %2 min', Math.floor(minutes / 60), minutes % 60);
}

/** How old something is, in one unit: `42 s`, `5 min`, `3 h`, `4 days`. */
export function formatAge(seconds: number, trans: TranslationBundle): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) {
    return trans.__('%1 s', whole);
  }
  if (whole < 3600) {
    return trans.__('%1 min', Math.floor(whole / 60));
  }
  const hours = Math.floor(whole / 3600);
  return hours < 48
    ? trans.__('%1 h', hours)
    : trans.__('%1 days', Math.floor(hours / 24));
}

/** A time of today as `10:42`, one of another day with its date. */
export function formatTime(iso: string, now: number, seconds = false): string {
  const time = new Date(iso);
  const clock: Intl.DateTimeFormatOptions = {
    hour: '2-digit',
    minute: '2-digit',
    second: seconds ? '2-digit' : undefined
  };
  return time.toDateString() === new Date(now).toDateString()
    ? time.toLocaleTimeString(undefined, clock)
    : time.toLocaleString(undefined, {
        month: 'short',
        day: 'numeric',
        ...clock
      });
}

function unitOf(bytes: number): number {
  const unit = Math.floor(Math.log2(Math.max(1, bytes)) / 10);
  return Math.min(unit, BINARY.length - 1);
}

function scaled(bytes: number, unit: number): string {
  const value = bytes / 2 ** (10 * unit);
  return (value < 10 && unit > 0 ? TENTHS : WHOLE).format(value);
}
