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
 * What adds commands that are about the named cluster, else the selected one: enabled while
 * they fit it, and without effect while they do not.
 */
export function clusterCommands(
  commands: CommandRegistry,
  manager: IClusterManager
): (id: string, options: IClusterCommand) => void {
  return (id, { execute, fits, shows, ...options }) => {
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
  };
}
