import {
  arePairs,
  ICreateData,
  parsePairs,
  toFields,
  toRequest,
  toText
} from '../createdata';
import { defaultsOf } from '../formschema';
import { schema, schemaWith } from './profileFakes';

describe('toRequest', () => {
  it('makes a request of the defaults', () => {
    expect(toRequest(defaultsOf(schema), schema)).toEqual({
      workers: 2,
      resources: { cpu: '1', memory: '2 GiB' },
      packages: ['s3fs'],
      lifetime: { kind: 'idle', seconds: 3600 }
    });
  });

  it('asks for an autoscaler instead of workers', () => {
    const data: ICreateData = {
      name: ' demo ',
      scaling: 'adaptive',
      workers: 2,
      minimum: 1,
      maximum: 3
    };
    expect(toRequest({ ...data, ends: 'keep' }, schema)).toEqual({
      name: 'demo',
      adapt: { minimum: 1, maximum: 3 },
      packages: [],
      lifetime: { kind: 'keep' }
    });
  });

  it('asks for nothing that the form does not have', () => {
    const narrow = schemaWith({
      scaling: null,
      workers: null,
      image: null,
      env: null,
      packages: null,
      ends: null,
      idle_minutes: null,
      no_client_minutes: null
    });
    const data: ICreateData = {
      workers: 3,
      image: 'dask:mine',
      env: 'A=1',
      packages: 's3fs',
      idle_minutes: 5
    };
    expect(toRequest(data, narrow)).toEqual({});
  });

  it('reads a line each of lists and maps', () => {
    const data: ICreateData = {
      env: 'A=1\n\n B = two=2 ',
      packages: 'numpy\n  xarray >= 2024\n'
    };
    const { env, packages } = toRequest(data, schema);
    expect(env).toEqual({ A: '1', B: 'two=2' });
    expect(packages).toEqual(['numpy', 'xarray >= 2024']);
  });

  it('asks for no GPU only where there would be one', () => {
    const one = schemaWith({ gpus: { type: 'integer', default: 1 } });
    expect(toRequest({ gpus: 0 }, schema).resources).toBeUndefined();
    expect(toRequest({ gpus: 0 }, one).resources).toEqual({ gpus: 0 });
    expect(toRequest({ gpus: 2 }, schema).resources).toEqual({ gpus: 2 });
  });

  it('has two clocks, but none for what is kept', () => {
    const data: ICreateData = {
      ends: 'idle',
      idle_minutes: 5,
      no_client_minutes: 2
    };
    expect(toRequest(data, schema).lifetime).toEqual({
      kind: 'idle',
      seconds: 300,
      no_client_seconds: 120
    });
    expect(toRequest({ ...data, ends: 'keep' }, schema).lifetime).toEqual({
      kind: 'keep'
    });
  });
});

describe('toFields', () => {
  it('is the way back', () => {
    const request = {
      name: 'demo',
      adapt: { minimum: 1, maximum: 3 },
      resources: { memory: '4 GiB', gpus: 1 },
      env: { A: '1' },
      packages: ['numpy'],
      lifetime: { kind: 'idle' as const, seconds: 90 }
    };
    expect(toFields(request)).toEqual({
      name: 'demo',
      scaling: 'adaptive',
      minimum: 1,
      maximum: 3,
      memory: '4 GiB',
      gpus: 1,
      env: { A: '1' },
      packages: ['numpy'],
      ends: 'idle',
      idle_minutes: 2
    });
  });

  it('says how a number of workers scales', () => {
    expect(toFields({ workers: 0 })).toEqual({ scaling: 'fixed', workers: 0 });
  });
});

describe('texts of lists and maps', () => {
  it('has a line for each entry', () => {
    expect(toText({ A: '1', B: '2' })).toBe('A=1\nB=2');
    expect(toText(['a', 'b'])).toBe('a\nb');
    expect(toText(3)).toBe(3);
  });

  it('wants a name before the equals sign', () => {
    expect(arePairs('A=1\n\nB=')).toBe(true);
    expect(arePairs('A=1\nnonsense')).toBe(false);
    expect(arePairs('=1')).toBe(false);
    expect(parsePairs(undefined)).toEqual({});
  });
});
