import type { Lifetime, MetricsFrame } from './schema';

/** Ends that differ by less, in ms, are those of one run of a clock. */
export const SAME_END = 2000;

/** Which clock of a lifetime runs. */
export type Clock = 'idle' | 'no client';

/**
 * When a cluster ends if nothing happens, in ms of this browser's clock; `null` while no
 * clock runs. A live reading knows it first, and by the server's clock; what is listed
 * comes later, by a hint.
 */
export function endOf(
  lifetime: Lifetime,
  frame: MetricsFrame | undefined,
  arrived: number
): number | null {
  const metrics = frame?.metrics ?? null;
  if (metrics !== null) {
    return metrics.ends === null
      ? null
      : arrived + (metrics.ends - metrics.time) * 1000;
  }
  return lifetime.ends === null ? null : Date.parse(lifetime.ends);
}

/** Which of the clocks runs out first, where one runs. */
export function clockOf(lifetime: Lifetime, end: number): Clock {
  const { idle_since: since, kind, seconds } = lifetime;
  if (lifetime.no_client_seconds === null) {
    return 'idle';
  }
  if (kind !== 'idle' || seconds === null || since === null) {
    return 'no client';
  }
  const idleEnd = Date.parse(since) + seconds * 1000;
  return Math.abs(idleEnd - end) <= SAME_END ? 'idle' : 'no client';
}

/** How long the clock that runs takes from its start, in ms; `null` if unknown. */
export function lengthOf(lifetime: Lifetime, end: number): number | null {
  const seconds =
    clockOf(lifetime, end) === 'idle'
      ? lifetime.seconds
      : lifetime.no_client_seconds;
  return seconds === null ? null : seconds * 1000;
}
