import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { Menu } from '@lumino/widgets';

import { CommandIDs } from '../tokens';

/** What one can do with a cluster; an empty string is a line between. */
const CLUSTER_ITEMS = [
  CommandIDs.connect,
  CommandIDs.packages,
  CommandIDs.sendFolder,
  CommandIDs.monitor,
  CommandIDs.openDashboard,
  CommandIDs.openLayout,
  CommandIDs.details,
  '',
  CommandIDs.scale,
  CommandIDs.addGroup,
  CommandIDs.lifetime,
  CommandIDs.extend,
  '',
  CommandIDs.rebind,
  CommandIDs.copyAddress,
  CommandIDs.copyPython,
  CommandIDs.copyYAML,
  CommandIDs.exportAs,
  CommandIDs.promote,
  '',
  CommandIDs.shutdown
];

/** What one can do with a job. */
const JOB_ITEMS = [
  CommandIDs.jobLogs,
  CommandIDs.jobResult,
  '',
  CommandIDs.jobDelete
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
  openMenu(commands, CLUSTER_ITEMS, { cluster }, x, y);
}

/**
 * Open the menu of a job at a place of the window.
 */
export function openJobMenu(
  commands: CommandRegistry,
  job: string,
  x: number,
  y: number
): void {
  openMenu(commands, JOB_ITEMS, { job }, x, y);
}

function openMenu(
  commands: CommandRegistry,
  items: ReadonlyArray<string>,
  args: ReadonlyJSONObject,
  x: number,
  y: number
): void {
  const menu = new Menu({ commands });
  for (const command of items) {
    if (command === '') {
      menu.addItem({ type: 'separator' });
    } else if (commands.hasCommand(command)) {
      menu.addItem({ command, args });
    }
  }
  popUp(menu, x, y);
}

/**
 * Open a menu that is needed once. The focus goes back to where it was, before the
 * command of the chosen item puts it elsewhere.
 */
export function popUp(menu: Menu, x: number, y: number): void {
  const before = document.activeElement;
  menu.addClass('jp-ThemedContainer');
  menu.aboutToClose.connect(() => {
    if (before instanceof HTMLElement) {
      before.focus();
    }
    // The command of the clicked item runs after the menu has closed.
    window.setTimeout(() => menu.dispose(), 0);
  });
  menu.open(x, y);
}
