import type { JupyterFrontEnd } from '@jupyterlab/application';
import { NotebookPanel } from '@jupyterlab/notebook';

import { NotebookConnector } from './connector';
import { consoleFor } from './consoles';
import { KernelRunner } from './kernelcode';
import { once } from './once';
import { CommandIDs } from './tokens';
import type { VersionCheck } from './versioncheck';

/** What a connector needs of the application. */
export interface IConnectorOptions extends Pick<
  NotebookConnector.IOptions,
  'manager' | 'tracker' | 'trans' | 'wanted'
> {
  app: JupyterFrontEnd;
}

/**
 * A connector that compares the packages of a notebook with those of its cluster.
 */
export function makeConnector({
  app,
  ...options
}: IConnectorOptions): NotebookConnector {
  const { manager, trans } = options;
  const versions = once(async () => {
    const { VersionCheck } = await import('./versioncheck');
    return new VersionCheck({
      runner: new KernelRunner(manager, trans),
      trans,
      showPackages: cluster =>
        void app.commands.execute(CommandIDs.packages, { cluster })
    });
  });
  const check = async (cluster: string, panel: VersionCheck.IPanel) => {
    await (await versions()).check(cluster, panel);
  };
  return new NotebookConnector({
    ...options,
    consoleFor: () => consoleFor(app.shell, options.tracker),
    createNotebook: () => createNotebook(app),
    check: (cluster, panel) => void check(cluster, panel)
  });
}

/**
 * Open a new notebook, with a Python kernel where there is one.
 */
async function createNotebook(
  app: JupyterFrontEnd
): Promise<NotebookPanel | null> {
  const specs = app.serviceManager.kernelspecs.specs;
  const names = [
    specs?.default ?? '',
    ...Object.keys(specs?.kernelspecs ?? {})
  ];
  const kernelName = names.find(name =>
    /^python/i.test(specs?.kernelspecs[name]?.language ?? '')
  );
  const made: unknown = await app.commands.execute('notebook:create-new', {
    ...(kernelName === undefined ? {} : { kernelName })
  });
  return made instanceof NotebookPanel ? made : null;
}
