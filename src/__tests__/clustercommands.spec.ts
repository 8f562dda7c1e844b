import { CommandRegistry } from '@lumino/commands';

import { clusterCommands } from '../clustercommands';
import { hasScheduler } from '../target';
import type { IClusterManager } from '../tokens';
import { makeCluster } from './fakes';

describe('commands about a cluster', () => {
  let commands: CommandRegistry;
  let done: string[];

  beforeEach(() => {
    const clusters = [
      makeCluster(),
      makeCluster({ name: 'gone', phase: 'Stopping' })
    ];
    const manager = {
      selected: 'demo',
      get: (name: string) => clusters.find(it => it.name === name)
    } as unknown as IClusterManager;
    commands = new CommandRegistry();
    done = [];
    clusterCommands(commands, manager)('do', {
      fits: hasScheduler,
      shows: ({ phase }) => phase === 'Running',
      execute: ({ name }, { how }) => void done.push(`${name} ${how}`)
    });
  });

  it('are about the named one, else the selected one', async () => {
    await commands.execute('do', { how: 'well' });
    await commands.execute('do', { cluster: 'demo', how: 'again' });
    expect(done).toEqual(['demo well', 'demo again']);
    expect(commands.isEnabled('do')).toBe(true);
    expect(commands.isVisible('do')).toBe(true);
  });

  it.each(['gone', 'unknown'])(
    'do nothing where they do not fit: %s',
    async name => {
      await commands.execute('do', { cluster: name });
      expect(done).toEqual([]);
      expect(commands.isEnabled('do', { cluster: name })).toBe(false);
      expect(commands.isVisible('do', { cluster: name })).toBe(false);
    }
  );
});
