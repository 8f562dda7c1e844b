import {
  checkGroup,
  draftField,
  EMPTY_DRAFT,
  groupRequest,
  readPairs,
  readTolerations,
  words
} from '../groupdraft';
import { trans } from './fakes';

describe('a new worker group', () => {
  it('says only what was typed', () => {
    const draft = { ...EMPTY_DRAFT, name: ' highmem ', workers: '2' };
    expect(groupRequest(draft)).toEqual({ name: 'highmem', workers: 2 });
  });

  it('says all that was typed', () => {
    expect(
      groupRequest({
        name: 'gpu',
        workers: '2',
        threads: '4',
        cpu: '2',
        memory: '8Gi',
        gpus: '1',
        image: 'rapids',
        command: 'dask-cuda-worker --name "a b"',
        env: 'A=1\n\nB=x=y',
        nodeSelector: 'disk=ssd',
        tolerations: 'nvidia.com/gpu:NoSchedule'
      })
    ).toEqual({
      name: 'gpu',
      workers: 2,
      resources: { threads: 4, cpu: '2', memory: '8Gi', gpus: 1 },
      image: 'rapids',
      worker_command: ['dask-cuda-worker', '--name', 'a b'],
      env: { A: '1', B: 'x=y' },
      node_selector: { disk: 'ssd' },
      tolerations: [
        { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }
      ]
    });
  });

  it('has errors at their fields', () => {
    const draft = {
      ...EMPTY_DRAFT,
      name: 'Gpu',
      workers: '',
      threads: '-1',
      env: 'nonsense',
      tolerations: 'a=b:Never'
    };
    expect(Object.keys(checkGroup(draft, [], trans)).sort()).toEqual([
      'env',
      'name',
      'threads',
      'tolerations',
      'workers'
    ]);
    expect(checkGroup({ ...EMPTY_DRAFT, name: 'a' }, ['b'], trans)).toEqual({});
  });

  it.each([
    ['resources.memory', 'memory'],
    ['name', 'name'],
    ['tolerations[0].effect', 'tolerations'],
    ['env.A', 'env'],
    ['worker_command[0]', 'command'],
    ['adapt', null],
    [null, null]
  ])('is told by the server about %s', (field, expected) => {
    expect(draftField(field)).toBe(expected);
  });

  it('reads pairs, tolerations and words', () => {
    expect(readPairs('=x')).toBeNull();
    expect(readTolerations('a=b\nc')).toEqual([
      { key: 'a', operator: 'Equal', value: 'b' },
      { key: 'c', operator: 'Exists' }
    ]);
    expect(words("dask worker '--x y'")).toEqual(['dask', 'worker', '--x y']);
  });
});
