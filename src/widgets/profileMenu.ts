import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import { keyOf } from '../profiles';
import type { Profile, Profiles } from '../schema';
import { CommandIDs } from '../tokens';
import { popUp } from './menu';
import { profileIcon } from './profileIcons';

/**
 * Open a menu of the profiles at a place of the window: each starts a cluster at once.
 */
export function openProfileMenu(
  commands: CommandRegistry,
  { profiles }: Profiles,
  place: { x: number; y: number },
  trans: TranslationBundle
): void {
  const menu = new Menu({ commands });
  const several = new Set(profiles.map(({ backend }) => backend)).size > 1;
  for (const profile of profiles) {
    const label = labelOf(profile, several, trans);
    const { name: icon } = profileIcon(profile.icon);
    const args = { profile: keyOf(profile), icon, label };
    menu.addItem({
      command: CommandIDs.create,
      args: { ...args, now: true }
    });
  }
  menu.addItem({ type: 'separator' });
  menu.addItem({ command: CommandIDs.create });
  popUp(menu, place.x, place.y);
}

function labelOf(
  { backend, label, name }: Profile,
  several: boolean,
  trans: TranslationBundle
): string {
  const title = label === '' ? name : label;
  return several && backend === 'local'
    ? trans.__('%1 (this notebook)', title)
    : title;
}
