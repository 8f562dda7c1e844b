import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { MessageLoop } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';

import { isPython, languageOf } from './language';
import type { IButtonOptions } from './notebookbuttons';
import { once } from './once';
import { watchSize } from './widgets/changed';

/**
 * What fills the places of buttons in toolbars of notebooks: the button comes with the
 * first notebook whose language is Python, and is shown as long as it is.
 */
export function placeFiller(
  app: JupyterFrontEnd,
  options: IButtonOptions
): (place: Panel, panel: NotebookPanel) => Promise<void> {
  const load = once(async () => {
    const { buttonFactory } = await import('./notebookbuttons');
    return buttonFactory(app, options);
  });
  return async (place, panel) => {
    if (place.isDisposed) {
      return;
    }
    fitToolbar(place);
    await whenPython(panel, place, async () => {
      const make = await load();
      if (!place.isDisposed) {
        place.addWidget(make(panel));
      }
    });
  };
}

/**
 * Toolbars before JupyterLab 4.6 see only that they themselves have another size. While
 * a theme is changed nothing has its true size, and 4.0 would keep what it measures
 * then: so only another text is a reason.
 */
function fitToolbar(place: Widget): void {
  let known: string | null = null;
  const unwatch = watchSize(place.node, () => {
    const { parent } = place;
    const text = place.node.textContent;
    if (parent !== null && text !== known) {
      known = text;
      const { clientHeight, clientWidth } = parent.node;
      const message = new Widget.ResizeMessage(clientWidth, clientHeight);
      MessageLoop.postMessage(parent, message);
    }
  });
  place.disposed.connect(unwatch);
}

/** Fill the place when the notebook's language is Python, and hide it while it is not. */
async function whenPython(
  panel: NotebookPanel,
  place: Widget,
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
