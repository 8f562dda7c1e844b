import type { TranslationBundle } from '@jupyterlab/translation';

import type { IUserProfile } from './tokens';

/** What a user's profile may say about new clusters. */
const DEFAULTS: ReadonlyArray<string> = [
  'adapt',
  'env',
  'groups',
  'image',
  'lifetime',
  'node_selector',
  'packages',
  'resources',
  'tolerations',
  'worker_command',
  'workers'
];

const TEXTS: ReadonlyArray<string> = [
  'label',
  'description',
  'icon',
  'extends',
  'backend'
];

/**
 * A profile of the user's settings, or the sentence why it is none.
 */
export function readUserProfile(
  entry: unknown,
  index: number,
  trans: TranslationBundle
): IUserProfile | string {
  if (!isObject(entry)) {
    return trans.__('Profile %1 of your settings is no object.', index + 1);
  }
  const { defaults = {}, name, overlay } = entry;
  if (typeof name !== 'string' || name.trim() === '') {
    return trans.__('Profile %1 of your settings has no name.', index + 1);
  }
  for (const field of TEXTS) {
    if (entry[field] !== undefined && typeof entry[field] !== 'string') {
      return trans.__('Your profile “%1”: %2 must be a text.', name, field);
    }
  }
  for (const [field, value] of Object.entries({ defaults, overlay })) {
    if (value !== undefined && !isObject(value)) {
      return trans.__('Your profile “%1”: %2 must be an object.', name, field);
    }
  }
  const wrong = wrongDefault(defaults as Record<string, unknown>);
  return wrong === null
    ? ({ ...entry, defaults, name: name.trim() } as unknown as IUserProfile)
    : trans.__(
        'Your profile “%1”: defaults.%2 is not what a new cluster can have.',
        name,
        wrong
      );
}

/** The first default that is none, or is of another type. */
function wrongDefault(defaults: Record<string, unknown>): string | null {
  for (const [name, value] of Object.entries(defaults)) {
    if (!DEFAULTS.includes(name) || !isOfType(name, value)) {
      return name;
    }
  }
  return defaults.adapt !== undefined && defaults.workers !== undefined
    ? 'adapt'
    : null;
}

function isOfType(name: string, value: unknown): boolean {
  switch (name) {
    case 'image':
      return typeof value === 'string';
    case 'workers':
      return typeof value === 'number' && Number.isInteger(value);
    case 'adapt':
      return isObject(value) && typeof value.maximum === 'number';
    case 'lifetime':
      return isObject(value) && typeof value.kind === 'string';
    case 'resources':
      return isObject(value);
    case 'env':
    case 'node_selector':
      return isObject(value) && Object.values(value).every(isText);
    case 'packages':
    case 'worker_command':
      return Array.isArray(value) && value.every(isText);
    default:
      return Array.isArray(value);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
