import { NotebookModel } from '@jupyterlab/notebook';

import { isClientCode, placeCode, toCell } from '../clientcell';
import { isPython } from '../language';

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

const KUBERNETES = (name: string): string =>
  [
    'import dask',
    'from dask.distributed import Client',
    'from dask_kubernetes.operator import KubeCluster',
    '',
    `cluster = KubeCluster.from_name("${name}", namespace="team-a", shutdown_on_close=False, port_forward_cluster_ip=True)`,
    'client = Client(cluster, timeout="10 minutes")',
    `dask.config.set({"distributed.dashboard.link": "/x/${name}/status"})  # links open through Jupyter`,
    'client'
  ].join('\n');

const CLIENT = (name: string): string =>
  [
    'from dask.distributed import Client',
    '',
    `client = Client("tcp://${name}-scheduler.team-a.svc.cluster.local:8786")  # ${name}`,
    'client'
  ].join('\n');

describe('code for another cluster', () => {
  beforeEach(() => {
    jest.spyOn(console, 'warn').mockImplementation();
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is recognised, whatever it connects through', () => {
    expect([CLIENT('a'), KUBERNETES('a')].every(isClientCode)).toBe(true);
    const inside = KUBERNETES('a')
      .replace('import dask\n', '')
      .replace(', port_forward_cluster_ip=True', '')
      .replace(/dask\.config.*\n/, '');
    expect(isClientCode(`\n${inside}\n`)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['an import alone', 'from dask.distributed import Client'],
    ['more than we put in', `${CLIENT('a')}\nx = 1`],
    ['another variable', CLIENT('a').replace('client =', 'mine =')],
    ['a cluster that is made', 'client = Client(LocalCluster())\nclient']
  ])('is not taken for %s', (_, source) => {
    expect(isClientCode(source)).toBe(false);
  });

  it.each([
    ['the same way', CLIENT('a'), CLIENT('b')],
    ['another way', CLIENT('a'), KUBERNETES('b')],
    ['and back', KUBERNETES('a'), CLIENT('b')]
  ])('takes its place, %s', (_, before, after) => {
    const model = notebook(`code:${before}`, 'code:x = 1', 'code:');
    expect(placeCode(model, 2, after)).toEqual({ index: 0, kind: 'replaced' });
    expect(sources(model)).toEqual([after, 'x = 1', '']);
  });

  it('drops what the cell printed of the other cluster', () => {
    const model = notebook(`code:${CLIENT('a')}`);
    const cell = model.cells[0] as unknown as {
      setOutputs(outputs: unknown[]): void;
      getOutputs(): unknown[];
    };
    cell.setOutputs([{ output_type: 'stream', name: 'stdout', text: 'old' }]);
    placeCode(model, 0, CLIENT('b'));
    expect(cell.getOutputs()).toEqual([]);
  });

  it('takes the place of the active cell where there are several', () => {
    const model = notebook(`code:${CLIENT('a')}`, `code:${KUBERNETES('b')}`);
    expect(placeCode(model, 1, CLIENT('c')).index).toBe(1);
    expect(sources(model)).toEqual([CLIENT('a'), CLIENT('c')]);
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
