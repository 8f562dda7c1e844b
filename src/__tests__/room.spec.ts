import type { JSONSchema7 } from 'json-schema';

import { fits, schemaFor, startWith } from '../formschema';
import { parseCPU, parseMemory, roomFor } from '../room';
import { schema } from './profileFakes';

const GIB = 2 ** 30;

/** A form where quotas leave so much for workers. */
function withRoom(
  room: Record<string, number>,
  worker: Record<string, unknown> = {}
): JSONSchema7 {
  return { ...schema, 'x-room': room, 'x-worker': worker } as JSONSchema7;
}

const DATA = { cpu: '2', memory: '4 GiB', gpus: 0 };

describe('roomFor', () => {
  it('is not known without a quota', () => {
    expect(roomFor(schema, DATA)).toBeNull();
    expect(roomFor(withRoom({}), DATA)).toBeNull();
    expect(roomFor(withRoom({ gpus: 2 }), DATA)).toBeNull();
  });

  it('takes what is tightest', () => {
    expect(roomFor(withRoom({ cpu: 9 }), DATA)).toBe(4);
    expect(roomFor(withRoom({ cpu: 9, memory: 8 * GIB }), DATA)).toBe(2);
    expect(roomFor(withRoom({ cpu: 9, pods: 1 }), DATA)).toBe(1);
    expect(roomFor(withRoom({ gpus: 3 }), { ...DATA, gpus: 2 })).toBe(1);
    expect(roomFor(withRoom({ cpu: 0 }), DATA)).toBe(0);
  });

  it('follows what is typed', () => {
    const room = withRoom({ cpu: 3, memory: 64 * GIB });
    expect(roomFor(room, { ...DATA, cpu: '500m' })).toBe(6);
    expect(roomFor(room, { ...DATA, memory: '32Gi' })).toBe(1);
    // What is no number yet bounds nothing.
    expect(roomFor(room, { ...DATA, cpu: 'x', memory: '' })).toBeNull();
  });

  it('loses no worker in fractions', () => {
    expect(roomFor(withRoom({ cpu: 0.3 }), { ...DATA, cpu: '100m' })).toBe(3);
  });

  it('knows the size where the form does not ask for it', () => {
    const properties = { workers: { type: 'integer' } };
    const small = {
      type: 'object',
      properties,
      'x-room': { cpu: 10, memory: 10 * GIB },
      'x-worker': { cpu: '4', memory: '1 GiB' }
    } as JSONSchema7;
    expect(roomFor(small, {})).toBe(2);
    const threads = { ...small, 'x-worker': { threads: 5 } } as JSONSchema7;
    expect(roomFor(threads, {})).toBe(2);
  });
});

describe('the form with a quota', () => {
  const room = withRoom({ cpu: 3 });

  it('bounds the workers, and the minimum of an autoscaler', () => {
    const { properties } = schemaFor(room, { ...DATA, cpu: '1' });
    expect(properties?.workers).toMatchObject({ maximum: 3 });
    const adaptive = schemaFor(room, { ...DATA, scaling: 'adaptive' });
    expect(adaptive.properties?.minimum).toMatchObject({ maximum: 1 });
    // An autoscaler may wait for room.
    expect(adaptive.properties?.maximum).toMatchObject({ maximum: 8 });
    const wide = schemaFor(withRoom({ cpu: 900 }), DATA);
    expect(wide.properties?.workers).toMatchObject({ maximum: 8 });
  });

  it('begins with what fits, and leaves what was typed', () => {
    const tight = withRoom({ cpu: 1 });
    expect(startWith(tight, {}).workers).toBe(1);
    expect(startWith(tight, { workers: 2 }).workers).toBe(2);
    expect(startWith(schema, {}).workers).toBe(2);
    const shape = schemaFor(tight, { cpu: '1' }).properties?.workers;
    expect(fits(2, shape as JSONSchema7)).toBe(false);
  });
});

describe('amounts', () => {
  it('are read as the server reads them', () => {
    expect(parseCPU('500m')).toBe(0.5);
    expect(parseCPU(' 2.5 ')).toBe(2.5);
    expect(parseCPU('two')).toBeNull();
    expect(parseMemory('4Gi')).toBe(4 * GIB);
    expect(parseMemory('1.5 GiB')).toBe(1.5 * GIB);
    expect(parseMemory('512MB')).toBe(512e6);
    expect(parseMemory('1000')).toBe(1000);
    expect(parseMemory('much')).toBeNull();
  });
});
