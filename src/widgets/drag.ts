import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';

import type { INotebookConnector } from '../tokens';
import { onDragStart } from './dragstart';

/** What JupyterLab's notebooks take as cells. */
const CELLS_MIME = 'application/vnd.jupyter.cells';

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
  onDragStart(event, move => {
    if (cells === null) {
      return false;
    }
    void startDrag(move, card, cells);
    return true;
  });
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
