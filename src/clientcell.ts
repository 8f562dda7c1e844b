import type { ICodeCell } from '@jupyterlab/nbformat';
import type { PartialJSONObject } from '@lumino/coreutils';

/**
 * What we use of a cell of a notebook's shared model.
 */
export interface ICellLike {
  readonly cell_type: string;
  getSource(): string;
  setSource(source: string): void;
}

/**
 * What we use of a notebook's shared model.
 */
export interface ICellsLike {
  readonly cells: ReadonlyArray<ICellLike>;
  insertCell(
    index: number,
    cell: { cell_type: 'code'; source: string; metadata: PartialJSONObject }
  ): unknown;
}

/**
 * Where Client code went.
 */
export interface IPlacement {
  /** The index of the cell that has the code; -1 when there is none. */
  readonly index: number;
  /** `there`: the notebook had it already; `empty`: there was no code. */
  readonly kind: 'inserted' | 'filled' | 'there' | 'empty';
}

/**
 * Put code into a notebook: into the cell at `active` when that is an empty code
 * cell, else into a new one below it. Never twice the same code, never an empty cell.
 *
 * @param active The index of the active cell; -1 puts the code at the top.
 */
export function placeCode(
  notebook: ICellsLike,
  active: number,
  code: string
): IPlacement {
  const source = code.trim();
  if (source === '') {
    return { index: -1, kind: 'empty' };
  }
  const same = notebook.cells.findIndex(
    cell => cell.cell_type === 'code' && cell.getSource().trim() === source
  );
  if (same >= 0) {
    return { index: same, kind: 'there' };
  }
  const target = Math.max(active, 0);
  const cell = notebook.cells[target];
  if (cell?.cell_type === 'code' && cell.getSource().trim() === '') {
    cell.setSource(source);
    return { index: target, kind: 'filled' };
  }
  const index = Math.min(active + 1, notebook.cells.length);
  notebook.insertCell(index, { cell_type: 'code', source, metadata: {} });
  return { index, kind: 'inserted' };
}

/**
 * Whether a notebook's language can run the code. One whose language is not
 * known yet (`''`) is taken for Python: it has no kernel to object.
 */
export function isPython(language: string): boolean {
  return language === '' || /^i?python/i.test(language);
}

/**
 * Code as a cell that JupyterLab's notebooks take from a drag.
 */
export function toCell(code: string): ICodeCell {
  return {
    cell_type: 'code',
    source: code.trim(),
    metadata: {},
    outputs: [],
    execution_count: null
  };
}
