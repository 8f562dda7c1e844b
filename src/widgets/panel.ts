import type { ITranslator } from '@jupyterlab/translation';
import { SidePanel } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';

import { TRANSLATION_DOMAIN } from '../tokens';
import { onFirstSight } from './firstSight';
import { clusterIcon } from './icons';
import { Visibility } from './visibility';

/** The id of the panel in the shell, also in saved layouts. */
export const PANEL_ID = 'jupyter-dask-k8s-panel';

/**
 * The sidebar panel: in its place from the start, filled when it is first seen.
 */
export class DaskPanel extends SidePanel {
  constructor({ fill, translator }: DaskPanel.IOptions) {
    super({ translator });
    const trans = translator.load(TRANSLATION_DOMAIN);
    const caption = trans.__('Dask clusters');
    this.id = PANEL_ID;
    this.addClass('jp-Dask-Panel');
    this.title.icon = clusterIcon;
    this.title.caption = caption;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', caption);
    onFirstSight(this.visibility, () => fill(this));
  }

  /** Whether a person can see it. */
  readonly visibility = new Visibility();

  dispose(): void {
    if (!this.isDisposed) {
      this.visibility.dispose();
      super.dispose();
    }
  }

  processMessage(msg: Message): void {
    super.processMessage(msg);
    // The first messages come from the constructor of `SidePanel`.
    this.visibility?.follow(this, msg);
  }
}

/**
 * Options of `DaskPanel`.
 */
export namespace DaskPanel {
  export interface IOptions {
    /** Puts into the panel what it shows. */
    fill: (panel: DaskPanel) => Promise<void>;
    translator: ITranslator;
  }
}
