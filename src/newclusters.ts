import { showErrorMessage } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { isMissingPart } from './missingparts';
import { chooseProfile, keyOf, requestFor } from './profiles';
import type { Cluster } from './schema';
import { messageOf } from './target';
import {
  CommandIDs,
  IClusterManager,
  IProfileCatalog,
  TRANSLATION_DOMAIN
} from './tokens';
import type { IAskOptions } from './widgets/createDialog';
import { openProfileMenu } from './widgets/profileMenu';
import { requestLike } from './widgets/promotion';

/**
 * Makes clusters as the user wishes, shows them, and says why there is none. Each returns
 * the name of the new cluster; `null` if there is none.
 */
export class NewClusters {
  constructor(private readonly _options: NewClusters.IOptions) {
    this._trans = _options.translator.load(TRANSLATION_DOMAIN);
  }

  /** Ask in a dialog; one at a time. */
  async ask(wanted: Partial<IAskOptions>): Promise<string | null> {
    if (this._open) {
      return null;
    }
    this._open = true;
    try {
      return await this._show(async () => {
        // The form and its validator are big: they come with the first use.
        const { askForCluster } = await import('./widgets/createDialog');
        return askForCluster({ ...this._options, ...wanted });
      });
    } finally {
      this._open = false;
    }
  }

  /** Create a cluster as a profile says, without a question; `wanted` may be empty. */
  createNow(wanted: string): Promise<string | null> {
    const { catalog, manager } = this._options;
    return this._show(async () => {
      const profiles = await catalog.read();
      const profile = chooseProfile(profiles, wanted, await catalog.last());
      const backends = new Set(profiles.profiles.map(({ backend }) => backend));
      const { backend, defaults, source } = profile;
      const cluster = await manager.create({
        ...requestFor(profile, source === 'user' ? defaults : {}),
        ...(backends.size > 1 && { backend })
      });
      await catalog.remember(keyOf(profile));
      return cluster;
    });
  }

  /** Ask for one on Kubernetes that is like a local one. */
  promote(cluster: Cluster): Promise<string | null> {
    return this.ask({
      backend: 'kubernetes',
      request: requestLike(cluster),
      title: this._trans.__('“%1” on Kubernetes', cluster.name)
    });
  }

  /** Offer the profiles in a menu. */
  async openMenu(args: ReadonlyPartialJSONObject): Promise<void> {
    const place = placeOf(args);
    const { catalog, commands } = this._options;
    try {
      const profiles = await catalog.read();
      openProfileMenu(commands, profiles, place, this._trans);
    } catch (error) {
      await this._tell(error);
    }
  }

  private async _show(
    make: () => Promise<Cluster | null>
  ): Promise<string | null> {
    const { commands } = this._options;
    try {
      const cluster = await make();
      if (cluster && commands.hasCommand(CommandIDs.focus)) {
        await commands.execute(CommandIDs.focus);
      }
      return cluster?.name ?? null;
    } catch (error) {
      await this._tell(error);
      return null;
    }
  }

  private async _tell(error: unknown): Promise<void> {
    if (!isMissingPart(error)) {
      await showErrorMessage(this._trans.__('No cluster can be made'), {
        message: messageOf(error)
      });
    }
  }

  private readonly _trans: TranslationBundle;
  private _open = false;
}

/**
 * Options of `NewClusters`.
 */
export namespace NewClusters {
  export interface IOptions {
    catalog: IProfileCatalog;
    commands: CommandRegistry;
    manager: IClusterManager;
    translator: ITranslator;
  }
}

/** Where a menu opens: where it was asked to, else below what has the focus. */
function placeOf({ x, y }: ReadonlyPartialJSONObject): {
  x: number;
  y: number;
} {
  if (typeof x === 'number' && typeof y === 'number') {
    return { x, y };
  }
  const { left = 0, bottom = 0 } =
    document.activeElement?.getBoundingClientRect() ?? {};
  return { x: left, y: bottom };
}
