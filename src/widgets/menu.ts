import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import { CommandIDs } from '../tokens';

/** What one can do with a cluster; an empty string is a line between. */
const ITEMS = [
  CommandIDs.connect,
  CommandIDs.openDashboard,
  CommandIDs.openLayout,
  '',
  CommandIDs.scale,
  CommandIDs.rebind,
  CommandIDs.copyAddress,
  CommandIDs.copyPython,
  CommandIDs.copyYAML,
  '',
  CommandIDs.shutdown
];

/**
 * Open the menu of a cluster at a place of the window.
 */
export function openClusterMenu(
  commands: CommandRegistry,
  cluster: string,
  x: number,
  y: number
): void {
  const menu = new Menu({ commands });
  menu.addClass('jp-ThemedContainer');
  for (const command of ITEMS) {
    if (command === '') {
      menu.addItem({ type: 'separator' });
    } else if (commands.hasCommand(command)) {
      menu.addItem({ command, args: { cluster } });
    }
  }
  // The command of the clicked item runs after the menu has closed.
  menu.aboutToClose.connect(() => {
    window.setTimeout(() => menu.dispose(), 0);
  });
  menu.open(x, y);
}
