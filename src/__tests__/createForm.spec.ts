import type { JSONSchema7 } from 'json-schema';

import {
  defaultsOf,
  fieldOf,
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
