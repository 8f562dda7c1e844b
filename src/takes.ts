import type { CommandRegistry } from '@lumino/commands';

import type * as Args from './widgets/commandArgs';

/**
 * What a command takes, for its `describedBy`. Few ever ask for it: it is loaded then.
 */
export function takes(
  args: keyof typeof Args
): () => Promise<Pick<CommandRegistry.Description, 'args'>> {
  return async () => ({ args: (await import('./widgets/commandArgs'))[args] });
}
