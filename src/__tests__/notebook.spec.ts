import { NotebookModel } from '@jupyterlab/notebook';

import { isPython, placeCode, toCell } from '../clientcell';

const CODE = 'from dask.distributed import Client\n\nclient = Client("x")\n';
const SOURCE = CODE.trim();

/** A notebook with cells such as `code:x = 1` or `markdown:Hello`. */
function notebook(...cells: string[]): NotebookModel['sharedModel'] {
  const { sharedModel } = new NotebookModel();
  sharedModel.deleteCellRange(0, sharedModel.cells.length);
  cells.forEach((cell, index) => {
    const [kind, source] = cell.split(/:(.*)/s);
    sharedModel.insertCell(index, { cell_type: kind, source });
  });
  return sharedModel;
}

function sources(model: NotebookModel['sharedModel']): string[] {
  return model.cells.map(cell => cell.getSource());
}

describe('placeCode', () => {
  // JupyterLab's own model reads cells before they are part of a document.
  beforeEach(() => {
    jest.spyOn(console, 'warn').mockImplementation();
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('inserts below the active cell', () => {
    const model = notebook('code:a', 'code:b', 'code:c');
    expect(placeCode(model, 1, CODE)).toEqual({ index: 2, kind: 'inserted' });
    expect(sources(model)).toEqual(['a', 'b', SOURCE, 'c']);
    expect(model.cells[2].cell_type).toBe('code');
  });

  it('uses the active cell when that is empty', () => {
    const model = notebook('code:a', 'code:  ');
    expect(placeCode(model, 1, CODE)).toEqual({ index: 1, kind: 'filled' });
    expect(sources(model)).toEqual(['a', SOURCE]);
  });

  it('does not put code into an empty text cell', () => {
    const model = notebook('markdown:');
    expect(placeCode(model, 0, CODE)).toEqual({ index: 1, kind: 'inserted' });
    expect(sources(model)).toEqual(['', SOURCE]);
  });

  it('never puts in the same code twice', () => {
    const model = notebook('code:a', 'code:b');
    placeCode(model, 0, CODE);
    expect(placeCode(model, 2, `\n${CODE}`)).toEqual({
      index: 1,
      kind: 'there'
    });
    expect(sources(model)).toEqual(['a', SOURCE, 'b']);
  });

  it('does not take text for code that is there', () => {
    const model = notebook(`markdown:${SOURCE}`);
    expect(placeCode(model, 0, CODE).kind).toBe('inserted');
  });

  it('never puts in an empty cell', () => {
    const model = notebook('code:a');
    expect(placeCode(model, 0, ' \n')).toEqual({ index: -1, kind: 'empty' });
    expect(sources(model)).toEqual(['a']);
  });

  it('puts the code at the top of a new notebook', () => {
    const empty = notebook('code:');
    expect(placeCode(empty, -1, CODE)).toEqual({ index: 0, kind: 'filled' });
    const bare = notebook();
    expect(placeCode(bare, -1, CODE)).toEqual({ index: 0, kind: 'inserted' });
    const full = notebook('code:a');
    expect(placeCode(full, -1, CODE)).toEqual({ index: 0, kind: 'inserted' });
    expect(sources(full)).toEqual([SOURCE, 'a']);
  });
});

describe('isPython', () => {
  it('knows Python by any name, and gives the unknown a chance', () => {
    expect(['python', 'Python', 'ipython', ''].every(isPython)).toBe(true);
    expect(['R', 'julia', 'scala', 'typescript'].some(isPython)).toBe(false);
  });
});

describe('toCell', () => {
  it('makes a cell that a notebook takes', () => {
    expect(toCell(CODE)).toEqual({
      cell_type: 'code',
      source: SOURCE,
      metadata: {},
      outputs: [],
      execution_count: null
    });
  });
});
