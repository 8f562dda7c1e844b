import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSONSchema7 } from 'json-schema';

import type { ClusterCreate, Resources } from '../schema';

/**
 * The data of the form, as the server's schema describes it.
 */
export interface ICreateData {
  name?: string;
  scaling?: 'fixed' | 'adaptive';
  workers?: number;
  minimum?: number;
  maximum?: number;
  threads?: number;
  cpu?: string;
  memory?: string;
  gpus?: number;
  image?: string;
  idle_minutes?: number;
}

/** Fields that count for one way of scaling only. */
const FIELDS_OF = {
  fixed: ['workers'],
  adaptive: ['minimum', 'maximum']
};

/** Fields that are folded away at first. */
export const MORE_FIELDS: ReadonlyArray<string> = [
  'threads',
  'cpu',
  'memory',
  'gpus',
  'image',
  'idle_minutes'
];

/** The server's names of fields in requests, and the form's. */
const FORM_FIELDS: Readonly<Record<string, string>> = {
  adapt: 'maximum',
  lifetime: 'idle_minutes',
  seconds: 'idle_minutes'
};

/** The schema for one way of scaling: only the fields that count. */
export function schemaFor(
  schema: JSONSchema7,
  scaling: ICreateData['scaling']
): JSONSchema7 {
  const other = scaling === 'adaptive' ? 'fixed' : 'adaptive';
  const properties = { ...schema.properties };
  for (const field of FIELDS_OF[other]) {
    delete properties[field];
  }
  return {
    ...schema,
    properties,
    required: schema.required?.filter(field => field in properties)
  };
}

/** The defaults that the schema names. */
export function defaultsOf(schema: JSONSchema7): ICreateData {
  const data: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (typeof property === 'object' && property.default !== undefined) {
      data[name] = property.default;
    }
  }
  return data;
}

/** The request that the form's data asks for; what is empty the server chooses. */
export function toRequest(data: ICreateData): ClusterCreate {
  const request: ClusterCreate = {};
  const name = data.name?.trim() ?? '';
  if (name !== '') {
    request.name = name;
  }
  if (data.scaling === 'adaptive') {
    request.adapt = {
      minimum: data.minimum ?? 0,
      maximum: data.maximum ?? Math.max(1, data.minimum ?? 0)
    };
  } else if (data.workers !== undefined) {
    request.workers = data.workers;
  }
  const resources = resourcesOf(data);
  if (Object.keys(resources).length > 0) {
    request.resources = resources;
  }
  const image = data.image?.trim() ?? '';
  if (image !== '') {
    request.image = image;
  }
  if (data.idle_minutes === 0) {
    request.lifetime = { kind: 'keep' };
  } else if (data.idle_minutes !== undefined) {
    request.lifetime = { kind: 'idle', seconds: data.idle_minutes * 60 };
  }
  return request;
}

/** What each worker is to get; what is empty is left out. */
function resourcesOf(data: ICreateData): Resources {
  const resources: Resources = {};
  if (data.threads !== undefined) {
    resources.threads = data.threads;
  }
  const cpu = data.cpu?.trim() ?? '';
  if (cpu !== '') {
    resources.cpu = cpu;
  }
  const memory = data.memory?.trim() ?? '';
  if (memory !== '') {
    resources.memory = memory;
  }
  if (data.gpus !== undefined && data.gpus > 0) {
    resources.gpus = data.gpus;
  }
  return resources;
}

/** The form's field for a field of the request; empty when it has none. */
export function fieldOf(field: string | null, schema: JSONSchema7): string {
  const parts = (field ?? '').replace(/^\$\.?/, '').split('.');
  for (const part of parts.reverse()) {
    const name = FORM_FIELDS[part] ?? part;
    if (name in (schema.properties ?? {})) {
      return name;
    }
  }
  return '';
}

/**
 * What the validator found, as a sentence for the user.
 */
export function sentenceFor(
  error: {
    name?: string;
    property?: string;
    message?: string;
    params?: { limit?: number };
  },
  trans: TranslationBundle
): string {
  const limit = error.params?.limit ?? 0;
  switch (error.name) {
    case 'minimum':
      return trans.__('Must be %1 or more.', limit);
    case 'maximum':
      return trans.__('Must be %1 or less.', limit);
    case 'maxLength':
      return trans.__('At most %1 characters.', limit);
    case 'type':
      return trans.__('Enter a whole number.');
    case 'required':
      return trans.__('This is needed.');
    case 'pattern':
      return error.property === '.name'
        ? trans.__(
            'Start with a lower-case letter; then lower-case letters, digits and hyphens.'
          )
        : trans.__('Enter an amount such as 4 GiB.');
    default:
      return error.message ?? '';
  }
}
