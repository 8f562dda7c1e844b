import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, showErrorMessage } from '@jupyterlab/apputils';
import {
  ITranslator,
  nullTranslator,
  TranslationBundle
} from '@jupyterlab/translation';
import { addIcon, caretDownIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { chooseProfile, keyOf, requestFor } from '../profiles';
import type { Cluster } from '../schema';
import { clusterOf, messageOf } from '../target';
import {
  CommandIDs,
  IClusterManager,
  IProfileCatalog,
  TRANSLATION_DOMAIN
} from '../tokens';
import { CLUSTER_ARGS } from '../widgets/commandArgs';
import type { IAskOptions } from '../widgets/createDialog';
import { clusterIcon } from '../widgets/icons';
import { profileIcon } from '../widgets/profileIcons';

/**
 * New clusters: by the form, at once, or as a local one has it on Kubernetes.
 */
export const createPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:create',
  description: 'Adds the commands for new Dask clusters.',
  autoStart: true,
  requires: [IClusterManager, IProfileCatalog],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    catalog: IProfileCatalog,
    translatorOrNull: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands } = app;
    const translator = translatorOrNull ?? nullTranslator;
    const trans = translator.load(TRANSLATION_DOMAIN);
    const context = { catalog, commands, manager, trans, translator };
    addCreate(context, dialogs(context));
    addMenu(context);
    addPromote(context, dialogs(context));
    const notify = (): void => {
      commands.notifyCommandChanged(CommandIDs.promote);
    };
    manager.changed.connect(notify);
    manager.selectedChanged.connect(notify);
    const category = trans.__('Dask');
    palette?.addItem({ command: CommandIDs.create, category });
    palette?.addItem({ command: CommandIDs.promote, category });
  }
};

interface IContext {
  catalog: IProfileCatalog;
  commands: CommandRegistry;
  manager: IClusterManager;
  trans: TranslationBundle;
  translator: ITranslator;
}

/** Asks for a cluster and shows it. */
type Ask = (options: Partial<IAskOptions>) => Promise<string | null>;

/** One dialog at a time, and its errors told. */
function dialogs({
  catalog,
  commands,
  manager,
  trans,
  translator
}: IContext): Ask {
  let open = false;
  return async options => {
    if (open) {
      return null;
    }
    open = true;
    try {
      // The form and its validator are big: they come with the first use.
      const { askForCluster } = await import('../widgets/createDialog');
      const cluster = await askForCluster({
        manager,
        catalog,
        translator,
        ...options
      });
      return await shown(cluster, commands);
    } catch (error) {
      await tell(error, trans);
      return null;
    } finally {
      open = false;
    }
  };
}

async function shown(
  cluster: Cluster | null,
  commands: CommandRegistry
): Promise<string | null> {
  if (cluster && commands.hasCommand(CommandIDs.focus)) {
    await commands.execute(CommandIDs.focus);
  }
  return cluster?.name ?? null;
}

async function tell(error: unknown, trans: TranslationBundle): Promise<void> {
  await showErrorMessage(trans.__('No cluster can be made'), {
    message: messageOf(error)
  });
}

function addCreate(context: IContext, ask: Ask): void {
  const { commands, trans } = context;
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
        ? profileIcon(args.icon)
        : args.isLauncher
          ? clusterIcon
          : addIcon,
    describedBy: { args: CREATE_ARGS },
    execute: args => {
      const profile = typeof args.profile === 'string' ? args.profile : '';
      return args.now === true
        ? createNow(context, profile)
        : ask(profile === '' ? {} : { profile });
    }
  });
}

/** Create a cluster as its profile says, without a question. */
async function createNow(
  { catalog, commands, manager, trans }: IContext,
  wanted: string
): Promise<string | null> {
  try {
    const profiles = await catalog.read();
    const profile = chooseProfile(profiles, wanted, await catalog.last());
    const backends = new Set(profiles.profiles.map(({ backend }) => backend));
    const { backend, defaults, source } = profile;
    const cluster = await manager.create({
      ...requestFor(profile, source === 'user' ? defaults : {}),
      ...(backends.size > 1 && { backend })
    });
    await catalog.remember(keyOf(profile));
    return await shown(cluster, commands);
  } catch (error) {
    await tell(error, trans);
    return null;
  }
}

/** A menu of the profiles: a cluster with one click. */
function addMenu(context: IContext): void {
  const { catalog, commands, trans } = context;
  commands.addCommand(CommandIDs.newMenu, {
    label: '',
    caption: trans.__('Start a cluster of a profile at once'),
    icon: caretDownIcon,
    describedBy: { args: PLACE_ARGS },
    execute: async args => {
      try {
        const { openProfileMenu } = await import('../widgets/profileMenu');
        openProfileMenu(commands, await catalog.read(), placeOf(args), trans);
      } catch (error) {
        await tell(error, trans);
      }
    }
  });
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

/** A local cluster of the same sizes on Kubernetes. */
function addPromote({ commands, manager, trans }: IContext, ask: Ask): void {
  const target = (args: ReadonlyPartialJSONObject): Cluster | undefined => {
    const cluster = clusterOf(manager, args);
    const possible = manager.status?.backends.includes('kubernetes') ?? false;
    return possible && cluster?.backend === 'local' ? cluster : undefined;
  };
  commands.addCommand(CommandIDs.promote, {
    label: trans.__('Promote Dask Cluster to Kubernetes…'),
    caption: trans.__('Make a cluster of the same sizes on Kubernetes'),
    describedBy: { args: CLUSTER_ARGS },
    isVisible: args => target(args) !== undefined,
    isEnabled: args => target(args) !== undefined,
    execute: async args => {
      const cluster = target(args);
      if (!cluster) {
        return null;
      }
      const { requestLike } = await import('../widgets/promotion');
      return ask({
        backend: 'kubernetes',
        request: requestLike(cluster),
        title: trans.__('“%1” on Kubernetes', cluster.name)
      });
    }
  });
}

const CREATE_ARGS = {
  type: 'object',
  properties: {
    profile: {
      type: 'string',
      description:
        'The name of the profile; where it is missing, the last one used.'
    },
    now: {
      type: 'boolean',
      description: 'Whether to create the cluster without a form.'
    },
    label: {
      type: 'string',
      description: 'What a menu calls it.'
    },
    icon: {
      type: 'string',
      description: 'The icon that a menu shows, as profiles name it.'
    },
    isLauncher: {
      type: 'boolean',
      description: 'Whether label and icon are for the launcher.'
    }
  }
};

const PLACE_ARGS = {
  type: 'object',
  properties: {
    x: { type: 'number', description: 'Where the menu opens, from the left.' },
    y: { type: 'number', description: 'Where the menu opens, from the top.' }
  }
};
