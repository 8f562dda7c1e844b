import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Cluster } from './schema';
import type { IClusterManager } from './tokens';

/**
 * The cluster that a command is about: the named one, else the selected one.
 */
export function targetOf(
  manager: IClusterManager,
  args: ReadonlyPartialJSONObject
): string | null {
  return typeof args.cluster === 'string' ? args.cluster : manager.selected;
}

/**
 * Whether a cluster has, or will have, a scheduler to talk to.
 */
export function hasScheduler(cluster: Cluster | undefined): boolean {
  return cluster?.phase === 'Pending' || cluster?.phase === 'Running';
}

/**
 * The cluster that a command is about, if it is listed.
 */
export function clusterOf(
  manager: IClusterManager,
  args: ReadonlyPartialJSONObject
): Cluster | undefined {
  const name = targetOf(manager, args);
  return name === null ? undefined : manager.get(name);
}

/**
 * What an error says, as a sentence.
 */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
