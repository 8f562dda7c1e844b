import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Cluster } from './schema';
import { takes } from './takes';
import { clusterOf } from './target';
import type { IClusterManager } from './tokens';

/**
 * What a command does with a cluster that is listed.
 */
export interface IClusterCommand extends Omit<
  CommandRegistry.ICommandOptions,
  'execute' | 'isEnabled'
> {
  /** Whether it can be done with a cluster as it is now. */
  fits: (cluster: Cluster, args: ReadonlyPartialJSONObject) => boolean;
  /** For which clusters it is shown; without it, always. */
  shows?: (cluster: Cluster) => boolean;
  execute: (cluster: Cluster, args: ReadonlyPartialJSONObject) => unknown;
}

/**
 * Add a command that is about the named cluster, else the selected one: enabled while it
 * fits, and without effect while it does not.
 */
export function addClusterCommand(
  commands: CommandRegistry,
  manager: IClusterManager,
  id: string,
  { execute, fits, shows, ...options }: IClusterCommand
): void {
  const target = (args: ReadonlyPartialJSONObject): Cluster | undefined => {
    const cluster = clusterOf(manager, args);
    return cluster && fits(cluster, args) ? cluster : undefined;
  };
  commands.addCommand(id, {
    describedBy: takes('CLUSTER_ARGS'),
    isVisible: args => {
      const cluster = clusterOf(manager, args);
      return !shows || (cluster !== undefined && shows(cluster));
    },
    ...options,
    isEnabled: args => target(args) !== undefined,
    execute: async args => {
      const cluster = target(args);
      return cluster ? execute(cluster, args) : null;
    }
  });
}
