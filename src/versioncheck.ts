import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { KernelRunner, KernelTrouble } from './kernelcode';
import { IComparison, mismatches } from './packages';

/** How long the warning is shown, in ms. */
const NOTICE = 60 * 1000;

/** How long a busy kernel is waited for, in ms: a late warning is no help. */
const PATIENCE = 60 * 1000;

/** So many differences are named; the view has all of them. */
const NAMED = 6;

/**
 * Compares what both ends of a connection need before a notebook connects. It says
 * something only if something differs, and never keeps anybody from connecting.
 */
export class VersionCheck {
  constructor(private readonly _options: VersionCheck.IOptions) {}

  /** Compare the kernel of a notebook or console with a cluster. Never rejects. */
  async check(cluster: string, panel: VersionCheck.IPanel): Promise<void> {
    const { runner, trans } = this._options;
    await panel.sessionContext.ready;
    const kernel = panel.sessionContext.session?.kernel;
    if (!kernel || this._checking.has(kernel.id)) {
      return;
    }
    this._checking.add(kernel.id);
    try {
      const comparison = await runner.run<IComparison>(
        kernel,
        cluster,
        { action: 'compare', quick: true },
        { patience: PATIENCE, isCancelled: () => panel.isDisposed }
      );
      this._tell(cluster, mismatches(comparison, trans));
    } catch (error) {
      // The cell itself will say why it cannot connect; but not what is missing.
      if (error instanceof KernelTrouble && error.word === 'no dask') {
        Notification.warning(error.message, { autoClose: NOTICE });
      }
    } finally {
      this._checking.delete(kernel.id);
    }
  }

  private _tell(cluster: string, found: ReadonlyArray<string>): void {
    const { trans, showPackages } = this._options;
    if (found.length === 0) {
      return;
    }
    const more =
      found.length > NAMED
        ? [trans.__('and %1 more', found.length - NAMED)]
        : [];
    const listed = [...found.slice(0, NAMED), ...more].join('; ');
    Notification.warning(
      trans.__(
        'This kernel and “%1” differ: %2. You can connect, but tasks or results may fail to travel.',
        cluster,
        listed
      ),
      {
        autoClose: NOTICE,
        actions: [
          {
            label: trans.__('Packages…'),
            callback: () => showPackages(cluster)
          }
        ]
      }
    );
  }

  private readonly _checking = new Set<string>();
}

/**
 * Options of `VersionCheck`.
 */
export namespace VersionCheck {
  /** What has a kernel. */
  export type IPanel = Pick<NotebookPanel, 'isDisposed' | 'sessionContext'>;

  export interface IOptions {
    runner: Pick<KernelRunner, 'run'>;
    trans: TranslationBundle;
    /** Show all packages of a cluster. */
    showPackages: (cluster: string) => void;
  }
}
