import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSONSchema7 } from 'json-schema';

import { ICreateData, REQUEST_FIELDS, toText } from './createdata';
import { roomFor } from './room';

/** Fields that are not folded away. */
const FIRST_FIELDS: ReadonlyArray<string> = [
  'name',
  'scaling',
  'workers',
  'minimum',
  'maximum',
  'parameters'
];

/** Where what is said about a part of a request is shown, if nothing fits better. */
const PARTS: Readonly<Record<string, ReadonlyArray<string>>> = {
  adapt: ['maximum', 'workers'],
  lifetime: ['ends', 'idle_minutes', 'no_client_minutes'],
  workers: ['workers', 'maximum']
};

/** Whether a field is folded away at first. */
export function isMore(field: string): boolean {
  return !FIRST_FIELDS.includes(field);
}

/**
 * The schema of what is to be shown: only fields that count for the data, lists and
 * maps as text. Without defaults: the data begin with them, and stay empty if emptied.
 */
export function schemaFor(schema: JSONSchema7, data: ICreateData): JSONSchema7 {
  const properties: Record<string, JSONSchema7> = {};
  const room = roomFor(schema, data);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (typeof property === 'object' && counts(name, property, data)) {
      properties[name] = capped(name, shape(property), room);
    }
  }
  return { ...schema, properties };
}

function counts(
  name: string,
  property: JSONSchema7,
  { ends = 'idle', scaling = 'fixed' }: ICreateData
): boolean {
  switch (name) {
    case 'scaling':
      // With one way of scaling there is nothing to choose.
      return (property.enum?.length ?? 2) > 1;
    case 'workers':
      return scaling === 'fixed';
    case 'minimum':
    case 'maximum':
      return scaling === 'adaptive';
    case 'idle_minutes':
      return ends === 'idle';
    case 'no_client_minutes':
      return ends !== 'keep';
    default:
      return true;
  }
}

/** A property of the form: text where the request has a list or a map. */
function shape({ default: _, ...property }: JSONSchema7): JSONSchema7 {
  const { description, title, type } = property;
  if (type === 'array') {
    return { type: 'string', title, description, format: 'lines' };
  }
  return type === 'object'
    ? { type: 'string', title, description, format: 'pairs' }
    : property;
}

/** Fields for numbers of workers that have to fit into the quotas. */
const CAPPED: ReadonlyArray<string> = ['workers', 'minimum'];

/** A property with no more workers than the quotas have room for. */
function capped(
  name: string,
  property: JSONSchema7,
  room: number | null
): JSONSchema7 {
  const { maximum = Infinity } = property;
  return room !== null && room < maximum && CAPPED.includes(name)
    ? { ...property, maximum: room }
    : property;
}

/** The defaults that the schema names, as the form has them. */
export function defaultsOf(schema: JSONSchema7): ICreateData {
  const data: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (typeof property === 'object' && property.default !== undefined) {
      data[name] = toText(property.default);
    }
  }
  return data;
}

/**
 * The data for another profile: its defaults, and of what the user has typed all that
 * it allows.
 */
export function startWith(
  schema: JSONSchema7,
  typed: ICreateData
): ICreateData {
  const data: Record<string, unknown> = { ...defaultsOf(schema) };
  for (const [name, value] of Object.entries(typed)) {
    const property = schema.properties?.[name];
    if (typeof property === 'object' && fits(value, property)) {
      data[name] = value;
    }
  }
  // What the user typed is theirs to change; a default must not be wrong at first.
  const room = roomFor(schema, data);
  for (const name of CAPPED) {
    const value = data[name];
    if (room !== null && typeof value === 'number' && !(name in typed)) {
      data[name] = Math.min(value, room);
    }
  }
  return data;
}

/** What the user has typed so far, after one more change of the data. */
export function addTyped(
  typed: ICreateData,
  before: ICreateData,
  after: ICreateData
): ICreateData {
  const result: Record<string, unknown> = { ...typed };
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const name of names as Set<keyof ICreateData>) {
    if (before[name] !== after[name]) {
      result[name] = after[name];
    }
  }
  return result;
}

/** Whether a value is within what a property permits. */
export function fits(value: unknown, property: JSONSchema7): boolean {
  const { enum: choices, maximum, minimum, type } = property;
  if (choices) {
    return choices.some(choice => choice === value);
  }
  if (type === 'integer') {
    return (
      Number.isInteger(value) &&
      Number(value) >= (minimum ?? -Infinity) &&
      Number(value) <= (maximum ?? Infinity)
    );
  }
  return type !== 'string' || typeof value === 'string';
}

/** The form's field for a field of the request; empty when it shows none. */
export function fieldOf(field: string | null, schema: JSONSchema7): string {
  const shown = (name: string): boolean => name in (schema.properties ?? {});
  const path = (field ?? '').replace(/^\$\.?/, '');
  for (const [name, dotted] of Object.entries(REQUEST_FIELDS)) {
    const inside = path === dotted || path.startsWith(`${dotted}.`);
    if (inside && shown(name)) {
      return name;
    }
  }
  const last = path.split('.').pop() ?? '';
  const near = PARTS[path.split('.')[0]] ?? [];
  return [last, ...near].find(shown) ?? '';
}

/**
 * What the validator found, as a sentence for the user.
 */
export function sentenceFor(
  error: {
    name?: string;
    property?: string;
    message?: string;
    params?: { format?: string; limit?: number };
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
    case 'enum':
      return trans.__('This is not among the choices.');
    case 'required':
      return trans.__('This is needed.');
    case 'format':
      return trans.__('Write NAME=value, one on each line.');
    case 'pattern':
      return error.property === '.name'
        ? trans.__(
            'Only lower-case letters, digits and hyphens; a letter first, and no hyphen at the end.'
          )
        : trans.__('Enter an amount such as 4 GiB.');
    default:
      return error.message ?? '';
  }
}
