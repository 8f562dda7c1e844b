import type { JSONSchema7 } from 'json-schema';

import type { Profile, Profiles } from '../schema';

/** A form as the server makes it for Kubernetes. */
export const schema: JSONSchema7 = {
  type: 'object',
  properties: {
    name: { type: 'string', pattern: '^[a-z]([a-z0-9-]*[a-z0-9])?$' },
    scaling: { type: 'string', enum: ['fixed', 'adaptive'], default: 'fixed' },
    workers: { type: 'integer', minimum: 0, maximum: 8, default: 2 },
    minimum: { type: 'integer', minimum: 0, maximum: 8, default: 0 },
    maximum: { type: 'integer', minimum: 1, maximum: 8, default: 4 },
    cpu: { type: 'string', default: '1' },
    memory: { type: 'string', default: '2 GiB' },
    gpus: { type: 'integer', minimum: 0, maximum: 16, default: 0 },
    image: { type: 'string' },
    ends: { type: 'string', enum: ['idle', 'keep'], default: 'idle' },
    idle_minutes: { type: 'integer', minimum: 1, default: 60 },
    no_client_minutes: { type: 'integer', minimum: 0, default: 0 },
    env: { type: 'object', additionalProperties: { type: 'string' } },
    packages: { type: 'array', items: { type: 'string' }, default: ['s3fs'] }
  }
};

/** The schema with other properties; `null` takes one away. */
export function schemaWith(
  part: Readonly<Record<string, JSONSchema7 | null>>
): JSONSchema7 {
  const properties = Object.entries({ ...schema.properties, ...part });
  return {
    ...schema,
    properties: Object.fromEntries(
      properties.filter(([, property]) => property !== null)
    ) as JSONSchema7['properties']
  };
}

export function makeProfile(part: Partial<Profile> = {}): Profile {
  return {
    name: 'small',
    label: 'Small',
    description: 'A fixed number of workers.',
    backend: 'kubernetes',
    icon: 'cpu',
    source: 'package',
    extends: '',
    defaults: {},
    fields: null,
    bounds: {},
    form: schema,
    ...part
  };
}

/** One profile that permits little, and one that permits all. */
export const tight = makeProfile({
  name: 'tight',
  label: 'Tight',
  fields: ['workers', 'resources.memory'],
  form: schemaWith({
    scaling: { type: 'string', enum: ['fixed'], default: 'fixed' },
    workers: { type: 'integer', minimum: 1, maximum: 3, default: 1 },
    minimum: null,
    maximum: null,
    cpu: null,
    gpus: null,
    image: null,
    ends: null,
    idle_minutes: null,
    no_client_minutes: null,
    env: null,
    packages: null
  })
});

export function makeProfiles(...profiles: Profile[]): Profiles {
  const all = profiles.length > 0 ? profiles : [makeProfile(), tight];
  return {
    profiles: all,
    default: all[0].name,
    form: all[0].form,
    troubles: []
  };
}
