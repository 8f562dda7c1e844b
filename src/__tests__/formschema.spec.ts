import {
  addTyped,
  fieldOf,
  fits,
  isMore,
  schemaFor,
  sentenceFor,
  startWith
} from '../formschema';
import { trans } from './fakes';
import { schema, schemaWith } from './profileFakes';

const names = (data: Parameters<typeof schemaFor>[1], of = schema): string[] =>
  Object.keys(schemaFor(of, data).properties ?? {});

describe('schemaFor', () => {
  it('shows only the fields of the chosen way of scaling', () => {
    expect(names({ scaling: 'fixed' })).toContain('workers');
    expect(names({ scaling: 'fixed' })).not.toContain('maximum');
    expect(names({ scaling: 'adaptive' })).toContain('maximum');
    expect(names({ scaling: 'adaptive' })).not.toContain('workers');
  });

  it('shows no choice with one answer', () => {
    const one = schemaWith({ scaling: { type: 'string', enum: ['fixed'] } });
    expect(names({ scaling: 'fixed' }, one)).not.toContain('scaling');
    expect(names({ scaling: 'fixed' }, one)).toContain('workers');
  });

  it('shows the clocks that count', () => {
    expect(names({ ends: 'idle' })).toContain('idle_minutes');
    expect(names({ ends: 'notebook' })).not.toContain('idle_minutes');
    expect(names({ ends: 'notebook' })).toContain('no_client_minutes');
    expect(names({ ends: 'keep' })).not.toContain('no_client_minutes');
  });

  it('has texts for lists and maps, and no defaults', () => {
    const { properties } = schemaFor(schema, {});
    expect(properties?.env).toMatchObject({ type: 'string', format: 'pairs' });
    expect(properties?.packages).toMatchObject({ format: 'lines' });
    expect(properties?.cpu).toEqual({ type: 'string' });
  });

  it('folds away all but name and workers', () => {
    const shown = names({ scaling: 'fixed' }).filter(name => !isMore(name));
    expect(shown).toEqual(['name', 'scaling', 'workers']);
  });
});

describe('another profile', () => {
  const small = schemaWith({
    workers: { type: 'integer', minimum: 1, maximum: 3, default: 1 },
    image: { type: 'string', enum: ['a', 'b'], default: 'a' }
  });

  it('keeps what was typed and is allowed', () => {
    const typed = { name: 'demo', workers: 3, image: 'c', memory: '4 GiB' };
    expect(startWith(small, typed)).toMatchObject({
      name: 'demo',
      workers: 3,
      image: 'a',
      memory: '4 GiB'
    });
    expect(startWith(small, { workers: 4 }).workers).toBe(1);
    expect(startWith(small, { workers: undefined }).workers).toBe(1);
  });

  it('knows what was typed', () => {
    const before = { workers: 2, memory: '2 GiB' };
    const after = { workers: 3, memory: '2 GiB' };
    expect(addTyped({ name: 'x' }, before, after)).toEqual({
      name: 'x',
      workers: 3
    });
    expect(addTyped({}, before, { workers: 2 })).toEqual({ memory: undefined });
  });
});

it.each([
  [3, { type: 'integer', maximum: 3 }, true],
  [4, { type: 'integer', maximum: 3 }, false],
  [-1, { type: 'integer', minimum: 0 }, false],
  ['2', { type: 'integer' }, false],
  ['a', { enum: ['a'] }, true],
  ['b', { enum: ['a'] }, false],
  [2, { type: 'string' }, false]
] as const)('tells whether %s fits %j', (value, property, expected) => {
  expect(fits(value, property as unknown as Parameters<typeof fits>[1])).toBe(
    expected
  );
});

it.each([
  ['name', 'name'],
  ['adapt.maximum', 'maximum'],
  ['adapt', 'maximum'],
  ['$.resources.memory', 'memory'],
  ['resources.gpus', 'gpus'],
  ['lifetime.seconds', 'idle_minutes'],
  ['lifetime.kind', 'ends'],
  ['lifetime', 'ends'],
  ['env.A', 'env'],
  ['packages.0', 'packages'],
  ['profile', ''],
  ['groups.0.image', 'image'],
  [null, '']
])('finds the field of %s', (field, expected) => {
  expect(fieldOf(field, schema)).toBe(expected);
});

it('says in a sentence what the validator found', () => {
  const say = (error: Parameters<typeof sentenceFor>[0]): string =>
    sentenceFor(error, trans);
  expect(say({ name: 'maximum', params: { limit: 4 } })).toBe(
    'Must be 4 or less.'
  );
  expect(say({ name: 'pattern', property: '.name' })).toContain('lower-case');
  expect(say({ name: 'format' })).toContain('NAME=value');
});
