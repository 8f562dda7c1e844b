import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';

/** What Lumino's dock takes: a function that makes the widget to dock. */
const FACTORY_MIME = 'application/vnd.lumino.widget-factory';

/** So many pixels make a drag of a click. */
const THRESHOLD = 5;

/**
 * Starts the drag of a plot once the pointer has moved far enough.
 */
export function watchPlotDrag(
  event: React.PointerEvent<HTMLElement>,
  factory: unknown
): void {
  if (event.button !== 0) {
    return;
  }
  const item = event.currentTarget;
  const { clientX, clientY } = event;
  const onMove = (move: PointerEvent): void => {
    const far = Math.hypot(move.clientX - clientX, move.clientY - clientY);
    if (far >= THRESHOLD) {
      stop();
      void startDrag(move, item, factory);
    }
  };
  const stop = (): void => {
    document.removeEventListener('pointermove', onMove, true);
    document.removeEventListener('pointerup', stop, true);
    document.removeEventListener('pointercancel', stop, true);
  };
  document.addEventListener('pointermove', onMove, true);
  document.addEventListener('pointerup', stop, true);
  document.addEventListener('pointercancel', stop, true);
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
