import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

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
 * Whether a command's cluster has, or will have, a scheduler to talk to.
 */
export function hasScheduler(
  manager: IClusterManager,
  args: ReadonlyPartialJSONObject
): boolean {
  const name = targetOf(manager, args);
  const phase = name === null ? undefined : manager.get(name)?.phase;
  return phase === 'Pending' || phase === 'Running';
}
