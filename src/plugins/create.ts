import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import { addIcon, caretDownIcon, LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';

import { clusterCommands } from '../clustercommands';
import { isMissingPart } from '../missingparts';
import type { NewClusters } from '../newclusters';
import { once } from '../once';
import type { Cluster } from '../schema';
import { takes } from '../takes';
import {
  CommandIDs,
  IClusterManager,
  IProfileCatalog,
  TRANSLATION_DOMAIN
} from '../tokens';
import { clusterIcon } from '../widgets/icons';

/**
 * New clusters: by the form, at once, or as a local one has it on Kubernetes.
 */
export const createPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:create',
  description: 'Adds the commands for new Dask clusters.',
  autoStart: true,
  requires: [IClusterManager],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    translatorOrNull: ITranslator | null
  ): void => {
    const { commands } = app;
    const translator = translatorOrNull ?? nullTranslator;
    const trans = translator.load(TRANSLATION_DOMAIN);
    const load = once(async () => {
      const [{ NewClusters }, catalog] = await Promise.all([
        import('../newclusters'),
        app.resolveRequiredService(IProfileCatalog)
      ]);
      return new NewClusters({ catalog, commands, manager, translator });
    });
    addCreate(commands, load, trans);
    addMenu(commands, load, trans);
    addPromote(commands, load, manager, trans);
  }
};

/** What the commands do comes with the first use. */
type Load = () => Promise<NewClusters>;

function addCreate(
  commands: CommandRegistry,
  load: Load,
  trans: TranslationBundle
): void {
  commands.addCommand(CommandIDs.create, {
    label: args =>
      typeof args.label === 'string'
        ? args.label
        : args.isLauncher
          ? trans.__('Dask Cluster')
          : trans.__('New Dask Cluster…'),
    caption: trans.__('Start a new Dask cluster'),
    icon: args =>
      typeof args.icon === 'string'
        ? LabIcon.resolve({ icon: args.icon })
        : args.isLauncher
          ? clusterIcon
          : addIcon,
    describedBy: takes('CREATE_ARGS'),
    execute: async args => {
      const profile = typeof args.profile === 'string' ? args.profile : '';
      const clusters = await load().catch((error: unknown) => {
        // The launcher would tell of it once more.
        if (!isMissingPart(error)) {
          throw error;
        }
      });
      return args.now === true
        ? clusters?.createNow(profile)
        : clusters?.ask(profile === '' ? {} : { profile });
    }
  });
}

/** A menu of the profiles: a cluster with one click. */
function addMenu(
  commands: CommandRegistry,
  load: Load,
  trans: TranslationBundle
): void {
  commands.addCommand(CommandIDs.newMenu, {
    label: '',
    caption: trans.__('Start a cluster of a profile at once'),
    icon: caretDownIcon,
    describedBy: takes('PLACE_ARGS'),
    execute: async args => {
      await (await load()).openMenu(args);
    }
  });
}

/** A local cluster of the same sizes on Kubernetes. */
function addPromote(
  commands: CommandRegistry,
  load: Load,
  manager: IClusterManager,
  trans: TranslationBundle
): void {
  const fits = ({ backend }: Cluster): boolean =>
    backend === 'local' &&
    manager.status?.backends.includes('kubernetes') === true;
  clusterCommands(commands, manager)(CommandIDs.promote, {
    label: trans.__('Promote Dask Cluster to Kubernetes…'),
    caption: trans.__('Make a cluster of the same sizes on Kubernetes'),
    shows: fits,
    fits,
    execute: async cluster => (await load()).promote(cluster)
  });
}
