import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';

import type { INotebookConnector } from '../tokens';

/** What JupyterLab's notebooks take as cells. */
const CELLS_MIME = 'application/vnd.jupyter.cells';

/** So many pixels make a drag of a click. */
const THRESHOLD = 5;

/**
 * Starts the drag of a card once the pointer has moved far enough. The cells are
 * asked for at pointer down, since a drag cannot wait for the server.
 */
export function watchDrag(
  event: PointerEvent,
  card: HTMLElement,
  cluster: string,
  connector: INotebookConnector
): void {
  let cells: unknown = null;
  connector.dragCells(cluster).then(
    value => {
      cells = value;
    },
    () => undefined
  );
  const onMove = (move: PointerEvent): void => {
    const far =
      Math.abs(move.clientX - event.clientX) +
      Math.abs(move.clientY - event.clientY);
    if (far >= THRESHOLD && cells !== null) {
      stop();
      void startDrag(move, card, cells);
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

/** The text of cells in any of notebook format's two spellings. */
export function textOfCells(cells: unknown): string {
  if (!Array.isArray(cells)) {
    return '';
  }
  return cells
    .map((cell: { source?: string | string[] }) => {
      const source = cell.source ?? '';
      return Array.isArray(source) ? source.join('') : source;
    })
    .join('\n\n');
}

async function startDrag(
  event: PointerEvent,
  card: HTMLElement,
  cells: unknown
): Promise<void> {
  const mimeData = new MimeData();
  mimeData.setData(CELLS_MIME, cells);
  mimeData.setData('text/plain', textOfCells(cells));
  const dragImage = card.cloneNode(true) as HTMLElement;
  dragImage.classList.add('jp-Dask-dragImage');
  const drag = new Drag({
    mimeData,
    dragImage,
    proposedAction: 'copy',
    supportedActions: 'copy',
    source: card
  });
  await drag.start(event.clientX, event.clientY);
  drag.dispose();
}
