import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator } from '@jupyterlab/translation';

import { textsOf } from '../texts';
import { IClusterManager, IProfileCatalog } from '../tokens';

const ID = 'jupyter-dask-k8s:profiles';

/**
 * The profiles for new clusters: the server's, and the user's from the settings. They begin
 * when somebody wants a new cluster or a job.
 */
export const profilesPlugin: JupyterFrontEndPlugin<IProfileCatalog> = {
  id: ID,
  description: 'Provides the profiles for new Dask clusters.',
  autoStart: false,
  requires: [IClusterManager],
  optional: [ITranslator, ISettingRegistry, IStateDB],
  provides: IProfileCatalog,
  activate: async (
    _: JupyterFrontEnd,
    manager: IClusterManager,
    translator: ITranslator | null,
    registry: ISettingRegistry | null,
    state: IStateDB | null
  ): Promise<IProfileCatalog> => {
    const { ProfileCatalog } = await import('../catalog');
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
