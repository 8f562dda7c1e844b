import { chooseProfile, keyOf, mergeProfiles, requestFor } from '../profiles';
import type { Profile } from '../schema';
import { trans } from './fakes';
import { makeProfile, makeProfiles } from './profileFakes';

const merge = (...entries: unknown[]) =>
  mergeProfiles(makeProfiles(), entries, trans);
const find = (name: string, ...entries: unknown[]): Profile =>
  chooseProfile(merge(...entries), name);

describe('the profiles of a user', () => {
  const mine = {
    name: 'mine',
    description: 'For me.',
    defaults: {
      workers: 5,
      env: { A: '1' },
      resources: { memory: '8 GiB', threads: 2 },
      node_selector: { disk: 'fast' }
    }
  };

  it('come behind those of the server', () => {
    const { profiles, troubles } = merge(mine);
    expect(profiles.map(({ name }) => name)).toEqual([
      'small',
      'tight',
      'mine'
    ]);
    expect(troubles).toEqual([]);
    expect(profiles[2]).toMatchObject({
      label: 'mine',
      icon: 'cpu',
      source: 'user',
      extends: 'small'
    });
  });

  it('begin the form with their values', () => {
    expect(find('mine', mine).form).toMatchObject({
      properties: {
        workers: { default: 5, maximum: 8 },
        memory: { default: '8 GiB' },
        env: { default: { A: '1' } }
      }
    });
  });

  it('ask for the profile of the server, with all they say', () => {
    const profile = find('mine', mine);
    const fields = { workers: 6, resources: { memory: '8 GiB' } };
    expect(requestFor(profile, fields)).toEqual({
      profile: 'small',
      workers: 6,
      // What the form has no field for.
      resources: { threads: 2, memory: '8 GiB' },
      node_selector: { disk: 'fast' }
    });
  });

  it('replace one of the same name, which they build on', () => {
    const { profiles } = merge({ name: 'tight', defaults: { workers: 2 } });
    expect(profiles.map(({ name }) => name)).toEqual(['small', 'tight']);
    expect(profiles[1]).toMatchObject({ source: 'user', extends: 'tight' });
  });

  it('cannot do what the profile does not permit, and say so', () => {
    const { profiles, troubles } = merge({
      name: 'mine',
      extends: 'tight',
      defaults: { workers: 9, image: 'dask:mine', resources: { cpu: '4' } },
      overlay: { worker: {} }
    });
    expect(troubles).toEqual([
      'Your profile “mine” sets resources.cpu, image, workers, overlay otherwise ' +
        'than “Tight” permits; that is left out.'
    ]);
    expect(requestFor(profiles[2], { workers: 1 })).toEqual({
      profile: 'tight',
      workers: 1
    });
  });

  it('bring an overlay where it is permitted', () => {
    const open = makeProfile({ fields: ['overlay', 'workers'] });
    const overlay = { worker: { spec: {} } };
    const { profiles } = mergeProfiles(
      makeProfiles(open),
      [{ name: 'mine', overlay }],
      trans
    );
    expect(requestFor(profiles[1], {})).toEqual({ profile: 'small', overlay });
  });

  it.each([
    ['nonsense', 'Profile 1 of your settings is no object.'],
    [{ label: 'x' }, 'Profile 1 of your settings has no name.'],
    [{ name: 'x', icon: 3 }, 'Your profile “x”: icon must be a text.'],
    [
      { name: 'x', defaults: [] },
      'Your profile “x”: defaults must be an object.'
    ],
    [
      { name: 'x', defaults: { wrkers: 3 } },
      'Your profile “x”: defaults.wrkers is not what a new cluster can have.'
    ],
    [
      { name: 'x', defaults: { workers: 'many' } },
      'Your profile “x”: defaults.workers is not what a new cluster can have.'
    ],
    [
      { name: 'x', extends: 'gone' },
      'Your profile “x” extends “gone”, which this server does not have.'
    ]
  ])('that are broken are left out: %j', (entry, sentence) => {
    const { profiles, troubles } = merge(entry, { name: 'fine' });
    expect(troubles).toEqual([sentence]);
    expect(profiles.map(({ name }) => name)).toEqual([
      'small',
      'tight',
      'fine'
    ]);
  });
});

describe('profiles of a server', () => {
  it('are asked for by their names', () => {
    expect(requestFor(makeProfile(), { workers: 1 })).toEqual({
      profile: 'small',
      workers: 1
    });
  });

  it('may have one name on two backends', () => {
    const local = makeProfile({ backend: 'local' });
    const all = makeProfiles(makeProfile(), local);
    expect(chooseProfile(all, 'local/small')).toBe(local);
    expect(keyOf(chooseProfile(all, 'small'))).toBe('kubernetes/small');
    expect(keyOf(chooseProfile(all, 'gone', null))).toBe('kubernetes/small');
  });

  it('are not missed by a form', () => {
    const server = { ...makeProfiles(), profiles: [], default: '' };
    const { profiles } = mergeProfiles(server, [], trans);
    expect(profiles).toHaveLength(1);
    expect(requestFor(profiles[0], { workers: 2 })).toEqual({ workers: 2 });
  });
});
