import { Notification } from '@jupyterlab/apputils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { IPlacement, placeCode, toCell } from './clientcell';
import { IConsolePanel, placeInPrompt } from './consoles';
import { isPython, kernelLanguage, languageOf } from './language';
import type { Export } from './schema';
import type { IClusterManager, INotebookConnector } from './tokens';
import type { VersionCheck } from './versioncheck';

/** How long a notice is shown, in ms; without a time none pops up. */
const NOTICE = 10 * 1000;

/** What notebooks can connect through, in the words of the setting. */
export type ConnectionKind = Extract<Export['kind'], 'client' | 'kubecluster'>;

/**
 * Puts Client code into notebooks. It never runs the code, and the code can never
 * delete a cluster.
 */
export class NotebookConnector implements INotebookConnector {
  constructor(private readonly _options: NotebookConnector.IOptions) {}

  async connect(cluster: string, group?: string): Promise<void> {
    const panel = this._options.tracker?.currentWidget ?? null;
    const console = this._options.consoleFor();
    if (this._cannotConnect(cluster)) {
      return;
    }
    if (console !== null) {
      await this._connectConsole(cluster, console, group);
      return;
    }
    if (panel === null) {
      this._offerNotebook(cluster, group);
      return;
    }
    await this.connectPanel(cluster, panel, group);
  }

  /** Put the code into a notebook, below its active cell. */
  async connectPanel(
    cluster: string,
    panel: NotebookPanel,
    group?: string
  ): Promise<void> {
    const { trans } = this._options;
    const language = await languageOf(panel);
    if (!isPython(language)) {
      Notification.warning(
        trans.__(
          'This notebook runs %1. Client code is Python: open a notebook with a Python kernel.',
          language
        ),
        { autoClose: NOTICE }
      );
      return;
    }
    const code = await this._code(cluster, group);
    if (code === null || panel.isDisposed) {
      return;
    }
    const placed = this._place(panel, cluster, code);
    if (placed !== null) {
      await show(panel, placed.index);
      // The code is there at once; a warning comes as soon as something is known.
      this._options.check?.(cluster, panel);
    }
  }

  /** Put the code at the top of an empty notebook, without a word if it cannot be. */
  async connectNew(cluster: string, panel: NotebookPanel): Promise<void> {
    const { manager } = this._options;
    if (
      manager.get(cluster)?.phase !== 'Running' ||
      !isPython(await languageOf(panel)) ||
      !isEmpty(panel)
    ) {
      return;
    }
    let code: string;
    try {
      code = await this._export(cluster);
    } catch {
      // Nobody asked for it in so many words: leave the notebook as it is.
      return;
    }
    const model = panel.isDisposed ? null : panel.content.model;
    if (model !== null) {
      placeCode(model.sharedModel, -1, code);
      this._options.check?.(cluster, panel);
    }
  }

  async dragCells(cluster: string): Promise<unknown | null> {
    const { manager } = this._options;
    const listed = manager.get(cluster);
    if (!listed || listed.scheduler_address === null) {
      return null;
    }
    const code = await this._export(cluster);
    return code.trim() === '' ? null : [toCell(code)];
  }

  /** Put the code into the prompt of a console. */
  private async _connectConsole(
    cluster: string,
    console: IConsolePanel,
    group?: string
  ): Promise<void> {
    const { check, trans } = this._options;
    const tell = (text: string): unknown =>
      Notification.warning(text, { autoClose: NOTICE });
    const language = kernelLanguage(console.sessionContext);
    if (!isPython(language)) {
      tell(
        trans.__(
          'This console runs %1. Client code is Python: open one with a Python kernel.',
          language
        )
      );
      return;
    }
    const code = await this._code(cluster, group);
    if (code === null || console.isDisposed) {
      return;
    }
    const kind = placeInPrompt(console, code);
    if (kind === null) {
      tell(trans.__('This console is not ready yet.'));
      return;
    }
    console.activate();
    check?.(cluster, console);
  }

  private _place(
    panel: NotebookPanel,
    cluster: string,
    code: string
  ): IPlacement | null {
    const { trans } = this._options;
    const { activeCellIndex, model } = panel.content;
    if (model === null || model.readOnly) {
      Notification.warning(trans.__('This notebook cannot be changed.'), {
        autoClose: NOTICE
      });
      return null;
    }
    const placed = placeCode(model.sharedModel, activeCellIndex, code);
    const { kind } = placed;
    if (kind === 'there' || kind === 'replaced') {
      // Who clicks again has read it, or not: one notice is enough.
      if (this._notice !== '') {
        Notification.dismiss(this._notice);
      }
      this._notice = Notification.info(
        kind === 'there'
          ? trans.__(
              'This notebook has the code already; run the selected cell.'
            )
          : trans.__(
              'The selected cell connects to “%1” now; run it.',
              cluster
            ),
        { autoClose: NOTICE }
      );
    }
    return placed.kind === 'empty' ? null : placed;
  }

  /** Say why a cluster cannot be connected to. */
  private _cannotConnect(name: string): boolean {
    const { manager, trans } = this._options;
    const cluster = manager.get(name);
    const starts = cluster?.phase === 'Pending';
    if (
      cluster?.phase === 'Running' ||
      // Its scheduler is there; only workers are still to come.
      (starts && cluster.scheduler_address !== null)
    ) {
      return false;
    }
    const reason = cluster?.reason ?? '';
    const what =
      cluster === undefined
        ? trans.__('There is no cluster “%1”.', name)
        : starts
          ? trans.__('“%1” is not ready to connect to yet.', name)
          : trans.__('“%1” does not run.', name);
    Notification.warning(`${what} ${reason}`.trim(), { autoClose: NOTICE });
    return true;
  }

  private async _code(cluster: string, group?: string): Promise<string | null> {
    try {
      return await this._export(cluster, group);
    } catch (error) {
      Notification.error(
        error instanceof Error ? error.message : String(error),
        { autoClose: NOTICE }
      );
      return null;
    }
  }

  /** The code for a cluster, by the way of connecting that the user wants. */
  private async _export(name: string, group?: string): Promise<string> {
    const { manager, wanted } = this._options;
    // KubeCluster exists for clusters on Kubernetes only; a group is for a Client.
    const kind =
      manager.get(name)?.backend === 'kubernetes' && group === undefined
        ? wanted()
        : 'client';
    return (await manager.export(name, kind, group)).content;
  }

  private _offerNotebook(cluster: string, group?: string): void {
    const { trans, createNotebook } = this._options;
    let opened = false;
    const open = async (): Promise<void> => {
      // A double click is one wish.
      if (opened) {
        return;
      }
      opened = true;
      const panel = await createNotebook();
      if (panel !== null) {
        await this.connectPanel(cluster, panel, group);
      }
    };
    Notification.info(
      trans.__('No notebook is open to put the Client code into.'),
      {
        autoClose: NOTICE,
        actions: [
          {
            label: trans.__('New notebook'),
            displayType: 'accent',
            callback: () => void open()
          }
        ]
      }
    );
  }

  /** The last notice about code that was there already. */
  private _notice = '';
}

/**
 * Options of `NotebookConnector`.
 */
export namespace NotebookConnector {
  export interface IOptions {
    manager: IClusterManager;
    tracker: INotebookTracker | null;
    trans: TranslationBundle;
    /** How the user wants to connect where there is a choice. */
    wanted: () => ConnectionKind;
    /** Open a new Python notebook; `null` when the user thought better of it. */
    createNotebook: () => Promise<NotebookPanel | null>;
    /** The console that the code is for; `null` where it is for a notebook. */
    consoleFor: () => IConsolePanel | null;
    /** Compare the notebook with the cluster, and warn where they differ. */
    check?: (cluster: string, panel: VersionCheck.IPanel) => void;
  }
}

function isEmpty(panel: NotebookPanel): boolean {
  const cells = panel.content.model?.sharedModel.cells ?? [];
  return cells.every(cell => cell.getSource().trim() === '');
}

/** Select a cell, bring it into view and give its notebook the focus. */
async function show(panel: NotebookPanel, index: number): Promise<void> {
  const { content } = panel;
  content.deselectAll();
  content.activeCellIndex = index;
  content.mode = 'command';
  content.activate();
  await content.scrollToItem(index, 'smart');
}
