import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import '../../style/base.css';
import '../../style/notebook.css';
import {
  clusterOfClient,
  IConnectionView,
  viewConnection
} from '../connection';
import type { KernelRunner } from '../kernelcode';
import { NotebookClients } from '../notebookclients';
import type { IClusterManager } from '../tokens';
import { clusterIcon } from './icons';
import { LiveWidget } from './liveWidget';
import { Phase } from './phase';

/**
 * Which cluster a notebook is connected to, in its toolbar.
 */
export class NotebookButton extends LiveWidget {
  constructor(private readonly _options: NotebookButton.IOptions) {
    super();
    this.addClass('jp-Dask-NotebookButton');
    const { manager, panel, runner } = _options;
    this.clients = new NotebookClients({
      session: panel.sessionContext,
      runner
    });
    this.clients.changed.connect(this._refresh, this);
    manager.changed.connect(this._refresh, this);
    panel.node.addEventListener('focusin', this._onFocus);
    this._refresh();
  }

  /** What is known of the clients of the notebook's kernel. */
  readonly clients: NotebookClients;

  dispose(): void {
    if (!this.isDisposed) {
      const { manager, panel } = this._options;
      manager.changed.disconnect(this._refresh, this);
      panel.node.removeEventListener('focusin', this._onFocus);
      this._look?.dispose();
      this.clients.dispose();
      super.dispose();
    }
  }

  protected onLive(live: boolean): void {
    this._follow();
    if (live) {
      this.clients.lookIfRun();
    }
  }

  /** Read the list while it is somebody's cluster, and somebody can see it. */
  private _follow(): void {
    const { clients } = this.clients;
    if (this.live && clients === null) {
      // The notebook has another kernel.
      this.clients.lookIfRun();
    }
    const wanted = this.live && clients !== null && clients.length > 0;
    if (wanted) {
      this._look ??= this._options.manager.look();
    } else {
      this._look?.dispose();
      this._look = null;
    }
  }

  protected render(): JSX.Element {
    const { sign, label, words } = this._view;
    const { trans } = this._options;
    return (
      <button
        type="button"
        className={`jp-Dask-NotebookButton-button jp-mod-${sign.toLowerCase()}`}
        aria-haspopup="menu"
        aria-label={trans.__('Dask cluster of this notebook: %1', label)}
        title={words}
        onClick={event => {
          // JupyterLab 4.0's toolbars would give the focus to the notebook.
          event.stopPropagation();
          this._open(event.currentTarget);
        }}
      >
        <Sign sign={sign} />
        <span className="jp-Dask-NotebookButton-label">{label}</span>
      </button>
    );
  }

  private _open(button: HTMLElement): void {
    // What is known is shown at once; what has changed shows in the button.
    this.clients.lookIfRun();
    const { left, bottom } = button.getBoundingClientRect();
    this._options.openMenu(this._view, left, bottom);
  }

  private _refresh(): void {
    const { baseUrl, manager, trans } = this._options;
    const { clients } = this.clients;
    for (const client of clients ?? []) {
      const found = clusterOfClient(client, manager.clusters, baseUrl);
      if (found !== undefined) {
        this._names.set(client.address, found.name);
      }
    }
    this._view = viewConnection(
      { clients, names: this._names },
      manager.clusters,
      baseUrl,
      trans
    );
    this._follow();
    this.update();
  }

  /** Somebody comes to the notebook from elsewhere. */
  private readonly _onFocus = (event: FocusEvent): void => {
    const from = event.relatedTarget;
    if (!(from instanceof Node && this._options.panel.node.contains(from))) {
      this.clients.lookIfRun();
    }
  };

  private _view: IConnectionView = {
    sign: 'unknown',
    label: '',
    words: '',
    cluster: null
  };
  private readonly _names = new Map<string, string>();
  private _look: { dispose(): void } | null = null;
}

/**
 * Options of `NotebookButton`.
 */
export namespace NotebookButton {
  export interface IOptions {
    panel: NotebookPanel;
    manager: IClusterManager;
    runner: Pick<KernelRunner, 'clients'>;
    /** The base URL of Jupyter. */
    baseUrl: string;
    trans: TranslationBundle;
    /** Open the menu at a place of the window. */
    openMenu: (view: IConnectionView, x: number, y: number) => void;
  }
}

function Sign({ sign }: { sign: IConnectionView['sign'] }): JSX.Element {
  return sign === 'none' || sign === 'other' || sign === 'unknown' ? (
    <clusterIcon.react tag="span" width="16px" height="16px" />
  ) : (
    <Phase phase={sign} silent={true} />
  );
}
