import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { PartialJSONValue } from '@lumino/coreutils';

import { mergeProfiles } from './profiles';
import type { Profiles } from './schema';
import type { IClusterManager, IProfileCatalog, IUserProfile } from './tokens';

/** Where the state database keeps the profile that was used last. */
const LAST = 'jupyter-dask-k8s:profile';

/**
 * The server's profiles and the user's, as the settings have them at the moment.
 */
export class ProfileCatalog implements IProfileCatalog {
  constructor(private readonly _options: ProfileCatalog.IOptions) {
    const { settings } = _options;
    this.save = settings
      ? async profile => this._save(await settings(), profile)
      : null;
  }

  readonly save: IProfileCatalog['save'];

  async read(): Promise<Profiles> {
    const { manager, settings, trans, warn } = this._options;
    const server = await manager.profiles();
    const troubles: string[] = [];
    let entries: ReadonlyArray<unknown> = [];
    try {
      entries = settings ? entriesOf(await settings()) : [];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      troubles.push(trans.__('Your Dask profiles cannot be read: %1', why));
    }
    const profiles = mergeProfiles(server, entries, trans);
    const told = [...troubles, ...profiles.troubles].join(' ');
    // Once is enough, until something else is wrong.
    if (told !== this._told) {
      this._told = told;
      if (told !== '') {
        warn(told);
      }
    }
    return profiles;
  }

  async last(): Promise<string> {
    const value = await this._options.state?.fetch(LAST);
    return typeof value === 'string' ? value : '';
  }

  async remember(profile: string): Promise<void> {
    await this._options.state?.save(LAST, profile);
  }

  private async _save(
    settings: ISettingRegistry.ISettings,
    profile: IUserProfile
  ): Promise<void> {
    const others = entriesOf(settings).filter(
      entry => (entry as Partial<IUserProfile> | null)?.name !== profile.name
    );
    await settings.set('profiles', [
      ...others,
      profile
    ] as unknown as PartialJSONValue);
  }

  private _told = '';
}

/**
 * Options of `ProfileCatalog`.
 */
export namespace ProfileCatalog {
  export interface IOptions {
    manager: IClusterManager;
    /** The user's profiles; without them there are the server's only. */
    settings: (() => Promise<ISettingRegistry.ISettings>) | null;
    /** What is remembered; without it, nothing is. */
    state: IStateDB | null;
    trans: TranslationBundle;
    /** Tells the user what is wrong with profiles. */
    warn: (sentence: string) => void;
  }
}

function entriesOf(
  settings: ISettingRegistry.ISettings
): ReadonlyArray<unknown> {
  const entries = settings.composite.profiles;
  return Array.isArray(entries) ? entries : [];
}
