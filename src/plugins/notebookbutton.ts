import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { PanelLayout, Widget } from '@lumino/widgets';

import { isPython, languageOf } from '../language';
import { once } from '../once';
import { textsOf } from '../texts';
import { IClusterManager, INotebookConnector } from '../tokens';
import { watchSize } from '../widgets/changed';

/** The name of the item in settings of toolbars. */
const ITEM = 'dask-cluster';

/**
 * Shows in the toolbar of notebooks which cluster they are connected to.
 */
export const notebookButtonPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-dask-k8s:notebook-button',
  description:
    'A button in the toolbar of notebooks that shows and changes their Dask cluster.',
  autoStart: true,
  requires: [IClusterManager, INotebookConnector],
  optional: [IToolbarWidgetRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    manager: IClusterManager,
    connector: INotebookConnector,
    toolbars: IToolbarWidgetRegistry | null,
    translator: ITranslator | null
  ): void => {
    const trans = textsOf(translator);
    const load = once(async () => {
      const { buttonFactory } = await import('../notebookbuttons');
      return buttonFactory(app, { manager, connector, trans });
    });
    const fill = async (place: Place, panel: NotebookPanel): Promise<void> => {
      const make = await load();
      if (!place.isDisposed) {
        place.add(make(panel));
      }
    };
    toolbars?.addFactory<NotebookPanel>('Notebook', ITEM, panel => {
      const place = new Place();
      void whenPython(panel, place, () => fill(place, panel));
      return place;
    });
  }
};

/** The place in the toolbar: the button comes when it is loaded, and for Python only. */
class Place extends Widget {
  constructor() {
    super();
    this.addClass('jp-Dask-NotebookButton-place');
    this.layout = new PanelLayout();
    this.hide();
    this._unwatch = watchSize(this.node, () => this._fit());
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._unwatch();
      super.dispose();
    }
  }

  add(button: Widget): void {
    (this.layout as PanelLayout).addWidget(button);
    this.show();
  }

  /**
   * Toolbars before JupyterLab 4.6 see only that they themselves have another size. While
   * a theme is changed nothing has its true size, and 4.0 would keep what it measures
   * then: so only another text is a reason.
   */
  private _fit(): void {
    const { parent } = this;
    const text = this.node.textContent;
    if (parent !== null && text !== this._text) {
      this._text = text;
      const { clientHeight, clientWidth } = parent.node;
      const message = new Widget.ResizeMessage(clientWidth, clientHeight);
      MessageLoop.postMessage(parent, message);
    }
  }

  private readonly _unwatch: () => void;
  private _text: string | null = null;
}

/** Show the button as long as the notebook's language is Python. */
async function whenPython(
  panel: NotebookPanel,
  place: Place,
  fill: () => Promise<void>
): Promise<void> {
  let filled: Promise<void> | null = null;
  const follow = async (): Promise<void> => {
    const python = isPython(await languageOf(panel));
    if (python) {
      await (filled ??= fill());
    }
    if (!place.isDisposed) {
      place.setHidden(!python);
    }
  };
  const onKernel = (): void => void follow();
  panel.sessionContext.kernelChanged.connect(onKernel);
  place.disposed.connect(() =>
    panel.sessionContext.kernelChanged.disconnect(onKernel)
  );
  await follow();
}
