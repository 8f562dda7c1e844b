import type { ICodeCell, IOutput } from '@jupyterlab/nbformat';
import type { PartialJSONObject } from '@lumino/coreutils';

/**
 * What we use of a cell of a notebook's shared model.
 */
export interface ICellLike {
  readonly cell_type: string;
  getSource(): string;
  setSource(source: string): void;
  /** Code cells have it. */
  setOutputs?(outputs: IOutput[]): void;
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
  /**
   * `replaced`: a cell connected to another cluster; `there`: the notebook had it
   * already; `empty`: there was no code.
   */
  readonly kind: 'inserted' | 'filled' | 'replaced' | 'there' | 'empty';
}

/**
 * Every line that Client code may have (snippets.py writes them). With any other line
 * a cell is its author's.
 */
const CLIENT_LINES = [
  /^$/,
  /^import (dask|time)$/,
  /^from dask\.distributed import Client$/,
  /^from dask_kubernetes\.operator import KubeCluster$/,
  /^from kr8s\.objects import Service$/,
  /^service = Service\.get\(.*\)$/,
  /^forward = service\.portforward\(.*\)$/,
  /^forward\.start\(\)$/,
  /^while not forward\.local_port:$/,
  /^ {4}time\.sleep\(0\.1\)$/,
  /^client = Client\(f"tcp:\/\/localhost:\{forward\.local_port\}"(, timeout="[^"]*")?\) {2}# .*$/,
  /^cluster = KubeCluster\.from_name\(.*\)$/,
  /^client = Client\((cluster|"[^"]*")(, timeout="[^"]*")?\)( {2}# .*)?$/,
  /^\w+ = \{"(resources|workers)": .*\} {2}# client\.submit\(f, x, \*\*\w+\)$/,
  /^dask\.config\.set\(\{"distributed\.dashboard\.link": "[^"]*"\}\)( {2}# .*)?$/,
  /^client$/
];

/**
 * Whether a cell's source is Client code as we put it in, for whichever cluster.
 */
export function isClientCode(source: string): boolean {
  const lines = source.trim().split('\n');
  return (
    lines.some(line => line.startsWith('client = Client(')) &&
    lines.every(line => CLIENT_LINES.some(known => known.test(line.trimEnd())))
  );
}

/**
 * Put code into a notebook: into the cell that connected to another cluster, if there
 * is one (the variable `client` is the same), or into the cell at `active` when that is
 * an empty code cell, else into a new one below it. Never twice the same code, never an
 * empty cell.
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
  const old = findClientCode(notebook, active);
  if (old >= 0) {
    const cell = notebook.cells[old];
    cell.setSource(source);
    // What it printed was about the other cluster.
    cell.setOutputs?.([]);
    return { index: old, kind: 'replaced' };
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

/** The cell with Client code: the active one, else the first; -1 without any. */
function findClientCode(notebook: ICellsLike, active: number): number {
  const has = (cell: ICellLike | undefined): boolean =>
    cell?.cell_type === 'code' && isClientCode(cell.getSource());
  return has(notebook.cells[active]) ? active : notebook.cells.findIndex(has);
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
