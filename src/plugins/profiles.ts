import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator } from '@jupyterlab/translation';

import { ProfileCatalog } from '../catalog';
import { textsOf } from '../texts';
import { IClusterManager, IProfileCatalog } from '../tokens';

const ID = 'jupyter-dask-k8s:profiles';

/**
 * The profiles for new clusters: the server's, and the user's from the settings.
 */
export const profilesPlugin: JupyterFrontEndPlugin<IProfileCatalog> = {
  id: ID,
  description: 'Provides the profiles for new Dask clusters.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [ITranslator, ISettingRegistry, IStateDB],
  provides: IProfileCatalog,
  activate: (
    _: JupyterFrontEnd,
    manager: IClusterManager,
    translator: ITranslator | null,
    registry: ISettingRegistry | null,
    state: IStateDB | null
  ): IProfileCatalog => {
    // Nobody waits for the settings before a form is wanted.
    const settings = registry?.load(ID);
    settings?.catch(() => undefined);
    return new ProfileCatalog({
      manager,
      settings: settings ? () => settings : null,
      state,
      trans: textsOf(translator),
      warn: sentence => {
        Notification.warning(sentence, { autoClose: false });
      }
    });
  }
};
