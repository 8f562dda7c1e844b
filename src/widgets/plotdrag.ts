import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';

import { onDragStart } from './dragstart';

/** What Lumino's dock takes: a function that makes the widget to dock. */
const FACTORY_MIME = 'application/vnd.lumino.widget-factory';

/**
 * Starts the drag of a plot once the pointer has moved far enough. What makes the pane is
 * asked for at pointer down, since a drag cannot wait for it.
 */
export function watchPlotDrag(
  event: React.PointerEvent<HTMLElement>,
  make: () => Promise<unknown>
): void {
  if (event.button !== 0) {
    return;
  }
  const item = event.currentTarget;
  let factory: unknown = null;
  make().then(
    value => {
      factory = value;
    },
    () => undefined
  );
  onDragStart(event, move => {
    if (factory === null) {
      return false;
    }
    void startDrag(move, item, factory);
    return true;
  });
}

async function startDrag(
  event: PointerEvent,
  item: HTMLElement,
  factory: unknown
): Promise<void> {
  const mimeData = new MimeData();
  mimeData.setData(FACTORY_MIME, factory);
  const dragImage = item.cloneNode(true) as HTMLElement;
  dragImage.classList.add('jp-Dask-Plot-dragImage');
  const drag = new Drag({
    mimeData,
    dragImage,
    proposedAction: 'move',
    supportedActions: 'move',
    source: item
  });
  await drag.start(event.clientX, event.clientY);
  drag.dispose();
}
