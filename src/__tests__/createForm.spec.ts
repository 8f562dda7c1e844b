import type { JSONSchema7 } from 'json-schema';

import {
  defaultsOf,
  fieldOf,
  MORE_FIELDS,
  schemaFor,
  sentenceFor,
  toRequest
} from '../widgets/createForm';
import { trans } from './fakes';

const schema: JSONSchema7 = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    scaling: { type: 'string', enum: ['fixed', 'adaptive'], default: 'fixed' },
    workers: { type: 'integer', default: 2 },
    minimum: { type: 'integer', default: 0 },
    maximum: { type: 'integer', default: 4 },
    threads: { type: 'integer', default: 1 },
    memory: { type: 'string', default: '3 GiB' },
    idle_minutes: { type: 'integer', default: 60 }
  }
};

const onKubernetes: JSONSchema7 = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    scaling: { type: 'string', enum: ['fixed', 'adaptive'], default: 'fixed' },
    workers: { type: 'integer', default: 2 },
    cpu: { type: 'string', default: '1' },
    memory: { type: 'string', default: '2 GiB' },
    gpus: { type: 'integer', default: 0 },
    image: { type: 'string', default: 'ghcr.io/dask/dask:2026.8.0-py3.12' },
    idle_minutes: { type: 'integer', default: 0 }
  }
};

describe('createForm on Kubernetes', () => {
  it('makes a request of the defaults', () => {
    expect(toRequest(defaultsOf(onKubernetes))).toEqual({
      workers: 2,
      resources: { cpu: '1', memory: '2 GiB' },
      image: 'ghcr.io/dask/dask:2026.8.0-py3.12',
      lifetime: { kind: 'keep' }
    });
  });

  it('asks for GPUs, and trims what one types', () => {
    expect(toRequest({ cpu: ' 500m ', gpus: 2, image: ' dask:mine ' })).toEqual(
      { resources: { cpu: '500m', gpus: 2 }, image: 'dask:mine' }
    );
  });

  it('leaves to the server what is empty', () => {
    expect(toRequest({ cpu: ' ', gpus: 0, image: ' ' })).toEqual({});
  });

  it('folds away all but name and workers', () => {
    const shown = Object.keys(onKubernetes.properties ?? {}).filter(
      name => !MORE_FIELDS.includes(name)
    );
    expect(shown).toEqual(['name', 'scaling', 'workers']);
  });

  it.each([
    ['resources.cpu', 'cpu'],
    ['resources.memory', 'memory'],
    ['resources.gpus', 'gpus'],
    ['$.image', 'image'],
    ['lifetime', 'idle_minutes'],
    ['env', '']
  ])('finds the field of %s', (field, expected) => {
    expect(fieldOf(field, onKubernetes)).toBe(expected);
  });
});

describe('createForm', () => {
  it('makes a request of the defaults', () => {
    expect(toRequest(defaultsOf(schema))).toEqual({
      workers: 2,
      resources: { threads: 1, memory: '3 GiB' },
      lifetime: { kind: 'idle', seconds: 3600 }
    });
  });

  it('asks for an autoscaler instead of workers', () => {
    expect(
      toRequest({
        name: ' demo ',
        scaling: 'adaptive',
        workers: 2,
        minimum: 1,
        maximum: 3,
        idle_minutes: 0
      })
    ).toEqual({
      name: 'demo',
      adapt: { minimum: 1, maximum: 3 },
      lifetime: { kind: 'keep' }
    });
  });

  it('leaves to the server what is empty', () => {
    expect(toRequest({ name: '', memory: ' ' })).toEqual({});
  });

  it('shows only the fields of the chosen way of scaling', () => {
    const names = (scaling: 'fixed' | 'adaptive'): string[] =>
      Object.keys(schemaFor(schema, scaling).properties ?? {});
    expect(names('fixed')).toContain('workers');
    expect(names('fixed')).not.toContain('maximum');
    expect(names('adaptive')).toContain('maximum');
    expect(names('adaptive')).not.toContain('workers');
  });

  it.each([
    ['name', 'name'],
    ['adapt.maximum', 'maximum'],
    ['adapt', 'maximum'],
    ['$.resources.memory', 'memory'],
    ['lifetime.seconds', 'idle_minutes'],
    ['image', ''],
    [null, '']
  ])('finds the field of %s', (field, expected) => {
    expect(fieldOf(field, schema)).toBe(expected);
  });

  it('says in a sentence what the validator found', () => {
    expect(sentenceFor({ name: 'maximum', params: { limit: 4 } }, trans)).toBe(
      'Must be 4 or less.'
    );
    expect(
      sentenceFor({ name: 'pattern', property: '.name' }, trans)
    ).toContain('lower-case');
  });
});
