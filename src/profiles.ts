import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSONSchema7 } from 'json-schema';

import { REQUEST_FIELDS, toFields } from './createdata';
import { fits } from './formschema';
import type { ClusterCreate, Profile, Profiles } from './schema';
import type { IUserProfile } from './tokens';
import { readUserProfile } from './userprofile';

/**
 * Put the user's profiles behind the server's. Of the same name, the later wins
 * and takes the place of the earlier. What cannot be used is told in `troubles`.
 */
export function mergeProfiles(
  server: Profiles,
  entries: ReadonlyArray<unknown>,
  trans: TranslationBundle
): Profiles {
  const known = withFallback(server, trans);
  const profiles = [...known];
  const troubles: string[] = [];
  entries.forEach((entry, index) => {
    const own = readUserProfile(entry, index, trans);
    if (typeof own === 'string') {
      troubles.push(own);
      return;
    }
    const base = baseOf(own, known, server.default);
    if (!base) {
      troubles.push(
        trans.__(
          'Your profile “%1” extends “%2”, which this server does not have.',
          own.name,
          own.extends ?? ''
        )
      );
      return;
    }
    const { defaults, refused } = permittedOf(own, base);
    if (refused.length > 0) {
      troubles.push(
        trans.__(
          'Your profile “%1” sets %2 otherwise than “%3” permits; that is left out.',
          own.name,
          refused.join(', '),
          base.label
        )
      );
    }
    put(profiles, extend(base, own, defaults));
  });
  return { ...server, profiles, troubles };
}

/** What tells a profile from all others: two backends may have one of a name. */
export function keyOf({ backend, name }: Profile): string {
  return `${backend}/${name}`;
}

/**
 * The request for a cluster of a profile: `fields` as the form has them, and what a
 * user's profile says beside the form's fields. It names a profile of the server.
 */
export function requestFor(
  profile: Profile,
  fields: ClusterCreate
): ClusterCreate {
  const own = profile.source === 'user';
  const name = own ? profile.extends : profile.name;
  const rest = own ? hidden(profile) : {};
  const resources = { ...rest.resources, ...fields.resources };
  return {
    ...rest,
    ...fields,
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(name !== '' && { profile: name })
  };
}

/** The first profile that one of these names or keys means, else the default one. */
export function chooseProfile(
  { default: fallback, profiles }: Profiles,
  ...wanted: ReadonlyArray<string | null | undefined>
): Profile {
  for (const name of [...wanted, fallback]) {
    const found =
      profiles.find(profile => keyOf(profile) === name) ??
      profiles.find(profile => profile.name === name);
    if (found) {
      return found;
    }
  }
  return profiles[0];
}

/** A server that has no profiles still has a form. */
function withFallback(
  { form, profiles }: Profiles,
  trans: TranslationBundle
): ReadonlyArray<Profile> {
  const plain: Profile = {
    name: '',
    label: trans.__('Default'),
    description: '',
    backend: 'local',
    icon: '',
    source: 'package',
    extends: '',
    defaults: {},
    fields: null,
    bounds: {},
    form
  };
  return profiles.length > 0 ? profiles : [plain];
}

function put(profiles: Profile[], profile: Profile): void {
  const key = keyOf(profile);
  const place = profiles.findIndex(other => keyOf(other) === key);
  profiles.splice(place < 0 ? profiles.length : place, 1, profile);
}

/** The server's profile of the named one, of the same name, or the default one. */
function baseOf(
  { backend, extends: named, name }: IUserProfile,
  known: ReadonlyArray<Profile>,
  fallback: string
): Profile | undefined {
  const there = known.filter(
    profile => backend === undefined || profile.backend === backend
  );
  const find = (wanted: string): Profile | undefined =>
    there.find(profile => profile.name === wanted);
  return named === undefined || named === ''
    ? (find(name) ?? find(fallback) ?? there[0])
    : find(named);
}

function extend(
  base: Profile,
  own: IUserProfile,
  defaults: ClusterCreate
): Profile {
  return {
    ...base,
    name: own.name,
    label: own.label || own.name,
    description: own.description || base.description,
    icon: own.icon || base.icon,
    source: 'user',
    extends: base.name,
    defaults,
    form: withDefaults(base.form, defaults)
  };
}

/** A form that begins with other values. */
function withDefaults(form: object, defaults: ClusterCreate): object {
  const schema = form as JSONSchema7;
  const properties = { ...schema.properties };
  for (const [name, value] of Object.entries(toFields(defaults))) {
    const property = properties[name];
    if (typeof property === 'object') {
      properties[name] = {
        ...property,
        default: value as JSONSchema7['default']
      };
    }
  }
  return { ...schema, properties };
}

/** What of a user's profile its base permits, and the names of the rest. */
function permittedOf(
  own: IUserProfile,
  base: Profile
): { defaults: ClusterCreate; refused: string[] } {
  const { properties = {} } = base.form as JSONSchema7;
  const defaults: ClusterCreate = { ...own.defaults };
  const refused: string[] = [];
  if (own.overlay) {
    defaults.overlay = own.overlay;
  }
  for (const [field, value] of Object.entries(toFields(defaults))) {
    const property = properties[field];
    const wrong = typeof property === 'object' && !fits(value, property);
    const name = REQUEST_FIELDS[field] ?? field;
    if (wrong || (field !== 'scaling' && !permits(base, name))) {
      refused.push(name === 'scaling' ? scalingOf(defaults) : name);
    }
  }
  for (const name of ['groups', 'tolerations', 'overlay'] as const) {
    if (defaults[name] && !permits(base, name)) {
      refused.push(name);
    }
  }
  const names = [...new Set(refused)];
  return { defaults: without(defaults, names), refused: names };
}

function scalingOf({ adapt }: ClusterCreate): string {
  return adapt ? 'adapt' : 'workers';
}

/** Whether a request for a profile may set a field. The server decides; this is early. */
function permits({ fields }: Profile, name: string): boolean {
  const head = name.split('.')[0];
  return fields === null
    ? name !== 'overlay'
    : fields.some(field => field === name || field === head);
}

/** A request without some of its fields, by dotted name. */
function without(
  request: ClusterCreate,
  names: ReadonlyArray<string>
): ClusterCreate {
  const left: Record<string, unknown> = { ...request };
  for (const name of names) {
    const [head, tail] = name.split('.');
    const whole = left[head];
    // Half an autoscaler or half a lifetime says nothing.
    if (tail !== undefined && head === 'resources' && isObject(whole)) {
      const part: Record<string, unknown> = { ...whole };
      delete part[tail];
      left[head] = part;
      if (Object.keys(part).length === 0) {
        delete left[head];
      }
    } else {
      delete left[head];
    }
  }
  return left;
}

/** What a user's profile says that its form has no field for. */
function hidden({ defaults, form }: Profile): ClusterCreate {
  const { properties = {} } = form as JSONSchema7;
  const shown = Object.keys(toFields(defaults))
    .filter(field => field in properties)
    .map(field => REQUEST_FIELDS[field] ?? scalingOf(defaults));
  return without(defaults, [...shown, 'name', 'profile', 'backend']);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
