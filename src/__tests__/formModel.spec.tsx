import React, { act } from 'react';
import { createRoot } from 'react-dom/client';

import { ClusterError } from '../client';
import type { ClusterCreate, Export } from '../schema';
import { ClusterFormModel } from '../widgets/formModel';
import { fileName, exportKinds } from '../widgets/exportDialog';
import { jobSchema, toJob } from '../widgets/jobDialog';
import { Preview } from '../widgets/preview';
import { requestLike } from '../widgets/promotion';
import { ownProfile } from '../widgets/saveProfile';
import { makeCluster, makeGroup, trans } from './fakes';
import { makeProfile, makeProfiles } from './profileFakes';

describe('ClusterFormModel', () => {
  it('keeps what was typed through a profile that does not allow it', () => {
    const model = new ClusterFormModel(makeProfiles());
    model.change({ ...model.data, workers: 8, name: 'demo' }, true);
    model.choose('kubernetes/tight');
    expect(model.request).toEqual({
      profile: 'tight',
      name: 'demo',
      workers: 1,
      resources: { memory: '2 GiB' }
    });
    model.choose('kubernetes/small');
    expect(model.request).toMatchObject({ profile: 'small', workers: 8 });
  });

  it('begins with the wanted profile and values', () => {
    const model = new ClusterFormModel(makeProfiles(), {
      wanted: ['gone', 'tight'],
      typed: { workers: 3, cpu: '4' }
    });
    expect(model.request).toMatchObject({ profile: 'tight', workers: 3 });
    expect(model.request.resources?.cpu).toBeUndefined();
  });

  it('names the backend where there are two', () => {
    const local = makeProfile({ backend: 'local' });
    const model = new ClusterFormModel(makeProfiles(makeProfile(), local));
    expect(model.request.backend).toBe('kubernetes');
    model.choose('local/small');
    expect(model.request.backend).toBe('local');
  });

  it.each([
    ['resources.memory', 'memory'],
    ['cluster.resources.memory', 'memory'],
    // The fixed number is shown, the bounds of the autoscaler are not.
    ['adapt.maximum', 'workers'],
    ['profile', '']
  ])('tells a refusal of %s at %j', (field, expected) => {
    const model = new ClusterFormModel(makeProfiles());
    model.refuse(new ClusterError('Too much.', 422, 'InvalidField', { field }));
    expect(model.refusals).toEqual({ [expected]: 'Too much.' });
    model.change(model.data, true);
    expect(model.refusals).toEqual({});
  });

  it('becomes a profile of the user', () => {
    const model = new ClusterFormModel(makeProfiles());
    model.change({ ...model.data, name: 'demo', workers: 5 }, true);
    expect(ownProfile(' My five ', model)).toMatchObject({
      name: 'My five',
      extends: 'small',
      defaults: { workers: 5, resources: { memory: '2 GiB' } }
    });
    expect(ownProfile('x', model).defaults).not.toHaveProperty('name');
  });
});

describe('the form of a job', () => {
  it('has parameters, and no lifetime', () => {
    const model = new ClusterFormModel(makeProfiles(), {
      adjust: profile => jobSchema(profile, trans)
    });
    model.change(
      { ...model.data, name: 'etl', parameters: 'DAY=1', image: 'dask:mine' },
      true
    );
    expect(toJob('work/etl.ipynb', model)).toEqual({
      path: 'work/etl.ipynb',
      name: 'etl',
      image: 'dask:mine',
      parameters: { DAY: '1' },
      cluster: {
        profile: 'small',
        workers: 2,
        resources: { cpu: '1', memory: '2 GiB' },
        packages: ['s3fs']
      }
    });
  });
});

describe('promotion', () => {
  it('asks for the same sizes', () => {
    const groups = [makeGroup({ desired: 3, threads: 2, memory: '3 GiB' })];
    expect(requestLike(makeCluster({ groups }))).toEqual({
      name: 'demo-k8s',
      workers: 3,
      resources: { cpu: '2', memory: '3 GiB' }
    });
    const adapt = { minimum: 0, maximum: 4 };
    expect(requestLike(makeCluster({ adapt })).adapt).toEqual(adapt);
    const more = makeGroup({ name: 'highmem', desired: 1, memory: '8 GiB' });
    const like = requestLike(makeCluster({ groups: [...groups, more] }));
    expect(like.groups).toEqual([
      {
        name: 'highmem',
        workers: 1,
        resources: { cpu: '2', memory: '8 GiB' }
      }
    ]);
  });
});

describe('exports', () => {
  it('are manifests on Kubernetes only', () => {
    const kinds = (backend: 'local' | 'kubernetes'): string[] =>
      exportKinds(makeCluster({ backend }), trans).map(({ kind }) => kind);
    expect(kinds('local')).toEqual(['client', 'python']);
    expect(new Set(kinds('kubernetes'))).toEqual(
      new Set(['yaml', 'client', 'python', 'kubecluster', 'job', 'kfp'])
    );
  });

  it('have sensible names', () => {
    const cluster = makeCluster({ backend: 'kubernetes' });
    const names = exportKinds(cluster, trans).map(it => fileName('my-etl', it));
    expect(names).toContain('my-etl.yaml');
    expect(names).toContain('my_etl_component.py');
  });
});

describe('Preview', () => {
  it('asks only while it is unfolded, and for the last request', async () => {
    (
      globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
    ).IS_REACT_ACT_ENVIRONMENT = true;
    jest.useFakeTimers();
    const asked: ClusterCreate[] = [];
    const load = async (request: ClusterCreate): Promise<Export> => {
      asked.push(request);
      return {
        kind: 'yaml',
        mimetype: '',
        content: `workers: ${request.workers}`
      };
    };
    const node = document.createElement('div');
    document.body.append(node);
    const root = createRoot(node);
    const show = async (workers: number): Promise<void> =>
      act(async () => {
        root.render(
          <Preview
            title="Preview"
            request={{ workers }}
            load={load}
            trans={trans}
          />
        );
      });
    const wait = async (): Promise<void> =>
      act(async () => {
        await jest.advanceTimersByTimeAsync(400);
      });
    await show(1);
    await wait();
    expect(asked).toEqual([]);
    const details = node.querySelector('details') as HTMLDetailsElement;
    await act(async () => {
      details.open = true;
      details.dispatchEvent(new Event('toggle'));
    });
    await show(2);
    await show(3);
    await wait();
    expect(asked).toEqual([{ workers: 3 }]);
    expect(node.querySelector('pre')?.textContent).toBe('workers: 3');
    await act(async () => root.unmount());
    node.remove();
    jest.useRealTimers();
  });
});
