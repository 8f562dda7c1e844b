import type { Kernel } from '@jupyterlab/services';

import { hidden, IProgress, KernelRunner, Lines } from '../kernelcode';
import {
  canInstall,
  failureWords,
  IComparison,
  IFailure,
  IKernelPackage,
  IPlace,
  mismatches,
  PackagesModel,
  rowsOf
} from '../packages';
import { sentWords } from '../sender';
import { trans } from './fakes';

function makePackage(part: Partial<IKernelPackage> = {}): IKernelPackage {
  return {
    name: 'xarray',
    version: '2.0',
    used: false,
    imported: false,
    tool: false,
    core: false,
    path: '',
    ...part
  };
}

function makePlace(part: Partial<IPlace> = {}): IPlace {
  return {
    kind: 'worker',
    count: 2,
    names: ['0', '1'],
    python: '3.11.9',
    environments: ['b'],
    differences: {},
    ...part
  };
}

function makeComparison(
  packages: IKernelPackage[],
  places: IPlace[],
  versions: Record<string, string> = {}
): IComparison {
  return {
    kernel: { python: '3.11.7', environment: 'a', versions, packages },
    places,
    silent: []
  };
}

const scheduler = makePlace({ kind: 'scheduler', count: 1 });

describe('rowsOf', () => {
  it('puts what the notebook uses first, and its tools last', () => {
    const packages = [
      makePackage({ name: 'a-tool', tool: true }),
      makePackage({ name: 'b' }),
      makePackage({ name: 'c', imported: true }),
      makePackage({ name: 'd', used: true })
    ];
    const rows = rowsOf(makeComparison(packages, [scheduler]), trans);
    expect(rows.map(({ name }) => name)).toEqual(['d', 'c', 'b', 'a-tool']);
  });

  it.each([
    [{}, {}, 'same', '2.0'],
    [{ xarray: null }, { xarray: null }, 'missing', 'missing'],
    [{ xarray: '1.0' }, { xarray: '1.0' }, 'differs', '1.0'],
    [{ xarray: null }, { xarray: '1.0' }, 'missing', '1.0, missing (scheduler)']
  ])('says what %j and %j have', (ofScheduler, ofWorkers, state, there) => {
    const places = [
      { ...scheduler, differences: ofScheduler },
      makePlace({ differences: ofWorkers })
    ];
    const [row] = rowsOf(makeComparison([makePackage()], places), trans);
    expect(row).toMatchObject({ state, there });
  });

  it('counts workers that differ from each other', () => {
    const places = [
      scheduler,
      makePlace({ count: 3 }),
      makePlace({ count: 1, differences: { xarray: null } })
    ];
    const [row] = rowsOf(makeComparison([makePackage()], places), trans);
    expect(row.there).toBe(
      '2.0 (3 workers), missing (1 worker), 2.0 (scheduler)'
    );
  });

  it('leaves what comes with the image, and folders, alone', () => {
    const lacking = [
      { ...scheduler, differences: { dask: '1', mine: null, xarray: null } }
    ];
    const packages = [
      makePackage({ name: 'dask', core: true }),
      makePackage({ name: 'mine', path: '/home/alice/mine' }),
      makePackage()
    ];
    const rows = rowsOf(makeComparison(packages, lacking), trans);
    expect(rows.filter(canInstall).map(({ name }) => name)).toEqual(['xarray']);
    expect(rows[1].obstacle).toContain('/home/alice/mine');
  });
});

describe('mismatches', () => {
  it('is silent when all is well, and about patches of Python', () => {
    const comparison = makeComparison([], [scheduler, makePlace()], {
      dask: '2026.8.0'
    });
    expect(mismatches(comparison, trans)).toEqual([]);
  });

  it('names both versions and where', () => {
    const places = [
      { ...scheduler, python: '3.10.4', differences: { dask: '2024.5.0' } },
      makePlace({ differences: { dask: '2024.5.0' } })
    ];
    const versions = { dask: '2026.8.0' };
    expect(mismatches(makeComparison([], places, versions), trans)).toEqual([
      'Python 3.11.7 here, 3.10.4 on the scheduler',
      'dask 2026.8.0 here, 2024.5.0 on the cluster'
    ]);
  });

  it('does not want arrays on the scheduler', () => {
    const differences = { numpy: null, lz4: null };
    const places = [{ ...scheduler, differences }, makePlace()];
    const versions = { numpy: '2.4', lz4: '4.0' };
    expect(mismatches(makeComparison([], places, versions), trans)).toEqual([
      'lz4 4.0 here, missing on the scheduler'
    ]);
  });
});

describe('failureWords', () => {
  const failure: IFailure = {
    cause: 'index',
    line: 'No matching distribution found for xarray==2.0',
    output: '',
    names: ['scheduler', '0', '1'],
    count: 5
  };

  it('says where, what, and what helps', () => {
    const words = failureWords(failure, 7, trans);
    expect(words).toMatch(/^On scheduler, 0, 1, …: No matching/);
    expect(words).toContain('PIP_INDEX_URL');
  });

  it('says that it failed everywhere', () => {
    const everywhere = { ...failure, cause: '' as const };
    expect(failureWords(everywhere, 5, trans)).toBe(
      'Everywhere: No matching distribution found for xarray==2.0.'
    );
  });
});

describe('sentWords', () => {
  const sent = {
    total: 3,
    failed: 0,
    names: [],
    modules: ['helpers'],
    bytes: 1,
    later: ''
  };

  it('names the import that works now', () => {
    expect(sentWords(sent, 'helpers', 'demo', trans)).toContain(
      '“import helpers” works on all workers of “demo”'
    );
  });

  it('says where it did not arrive', () => {
    const failed = { ...sent, failed: 1, names: ['0'] };
    expect(sentWords(failed, 'helpers', 'demo', trans)).toBe(
      'helpers did not reach 1 of 3: 0.'
    );
  });
});

describe('hidden', () => {
  it('is one expression that needs no name of the notebook', () => {
    const code = hidden('print("a")\n', '{"x": "’"}');
    expect(code).toBe(
      '__import__("builtins").exec("print(\\"a\\")\\n", {"REQUEST": "{\\"x\\": \\"’\\"}"})'
    );
  });
});

describe('Lines', () => {
  it('puts pieces together, and skips what others print', () => {
    const lines = new Lines('m:');
    expect(lines.push('m:{"a"')).toEqual([]);
    expect(lines.push(': 1}\nsomething else\nm:2')).toEqual([{ a: 1 }]);
    expect(lines.push('3\n')).toEqual([23]);
  });
});

describe('PackagesModel', () => {
  const differences = { xarray: null, dask: '1', zarr: '1.0' };
  const before = makeComparison(
    [
      makePackage({ used: true }),
      makePackage({ name: 'dask', core: true }),
      makePackage({ name: 'zarr' })
    ],
    [{ ...scheduler, differences }]
  );
  const after = makeComparison(before.kernel.packages as IKernelPackage[], [
    scheduler
  ]);
  const installed = { total: 1, failed: 0, failures: [], stale: 0, later: '' };

  function makeModel(answers: unknown[]): {
    model: PackagesModel;
    asked: unknown[];
  } {
    const asked: unknown[] = [];
    const run = <T>(
      _kernel: Kernel.IKernelConnection,
      _cluster: string,
      request: unknown,
      options: KernelRunner.IOptions = {}
    ): Promise<T> => {
      asked.push(request);
      options.onProgress?.({ total: 1, done: 0, failed: 0 });
      const answer = answers.shift();
      return answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve(answer as T);
    };
    const kernel = (): Kernel.IKernelConnection =>
      ({}) as Kernel.IKernelConnection;
    const model = new PackagesModel({
      runner: { run },
      kernel,
      cluster: 'demo',
      trans
    });
    return { model, asked };
  }

  it('chooses what the notebook uses and workers lack', async () => {
    const { model } = makeModel([before]);
    await model.compare();
    expect([...model.selected]).toEqual(['xarray']);
    model.select(['zarr', 'dask'], true);
    // What comes with the image cannot be chosen.
    expect([...model.selected]).toEqual(['xarray', 'zarr']);
  });

  it('installs the versions of the kernel, and compares again', async () => {
    const { model, asked } = makeModel([before, installed, after]);
    const seen: (IProgress | null)[] = [];
    model.changed.connect(() => seen.push(model.progress));
    await model.compare();
    model.select(['zarr'], true);
    await model.install();
    expect(asked[1]).toEqual({
      action: 'install',
      packages: { xarray: '2.0', zarr: '2.0' },
      changed: ['zarr']
    });
    expect(asked[2]).toEqual({ action: 'compare' });
    expect(seen).toContainEqual({ total: 1, done: 0, failed: 0 });
    expect(model.installed).toEqual(installed);
    expect(model.selected.size).toBe(0);
  });

  it('shows why it failed, and goes on', async () => {
    const { model } = makeModel([new Error('The kernel has ended.'), before]);
    await model.compare();
    expect(model.error).toBe('The kernel has ended.');
    expect(model.activity).toBeNull();
    await model.compare();
    expect(model.error).toBe('');
    expect(model.rows).toHaveLength(3);
  });
});
