import type { JSONSchema7 } from 'json-schema';

import type { ClusterCreate, LifetimeRequest } from './schema';

/**
 * The data of the form for new clusters. Lists and maps are text, a line each.
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
  ends?: 'idle' | 'notebook' | 'keep';
  idle_minutes?: number;
  no_client_minutes?: number;
  env?: string;
  node_selector?: string;
  packages?: string;
  worker_command?: string;
  /** Of a job: what its runner finds in its environment. */
  parameters?: string;
}

/** Which field of a request each field of the form fills, by dotted name. */
export const REQUEST_FIELDS: Readonly<Record<string, string>> = {
  name: 'name',
  workers: 'workers',
  minimum: 'adapt.minimum',
  maximum: 'adapt.maximum',
  threads: 'resources.threads',
  cpu: 'resources.cpu',
  memory: 'resources.memory',
  gpus: 'resources.gpus',
  image: 'image',
  ends: 'lifetime.kind',
  idle_minutes: 'lifetime.seconds',
  no_client_minutes: 'lifetime.no_client_seconds',
  env: 'env',
  node_selector: 'node_selector',
  packages: 'packages',
  worker_command: 'worker_command',
  parameters: 'parameters'
};

/**
 * The request that the form's data asks for; what is empty the server chooses. Only
 * fields that the form has are asked for.
 */
export function toRequest(
  data: ICreateData,
  schema: JSONSchema7
): ClusterCreate {
  const has = (field: string): boolean => field in (schema.properties ?? {});
  const request: ClusterCreate = {};
  const put = (value: Partial<ClusterCreate>): void => {
    Object.assign(request, value);
  };
  const name = text(data.name);
  put(name === '' ? {} : { name });
  if (has('scaling') && data.scaling === 'adaptive') {
    const { maximum, minimum = 0 } = data;
    put({ adapt: { minimum, maximum: maximum ?? Math.max(1, minimum) } });
  } else if (has('workers') && data.workers !== undefined) {
    put({ workers: data.workers });
  }
  const resources = resourcesOf(data, schema);
  put(Object.keys(resources).length === 0 ? {} : { resources });
  const image = has('image') ? text(data.image) : '';
  put(image === '' ? {} : { image });
  put({ ...mapsOf(data, has), ...listsOf(data, schema) });
  const lifetime = lifetimeOf(data, has);
  put(lifetime ? { lifetime } : {});
  return request;
}

/** What each worker is to get; what is empty is left out. */
function resourcesOf(
  data: ICreateData,
  schema: JSONSchema7
): NonNullable<ClusterCreate['resources']> {
  const { properties = {} } = schema;
  const cpu = 'cpu' in properties ? text(data.cpu) : '';
  const memory = 'memory' in properties ? text(data.memory) : '';
  const gpus = 'gpus' in properties ? data.gpus : undefined;
  // To ask for none says something only where there would be some.
  const wanted = (gpus ?? 0) > 0 || Number(defaultOf(properties.gpus) ?? 0) > 0;
  return {
    ...('threads' in properties &&
      data.threads !== undefined && { threads: data.threads }),
    ...(cpu !== '' && { cpu }),
    ...(memory !== '' && { memory }),
    ...(gpus !== undefined && wanted && { gpus })
  };
}

function mapsOf(
  data: ICreateData,
  has: (field: string) => boolean
): ClusterCreate {
  const env = has('env') ? parsePairs(data.env) : {};
  const selector = has('node_selector') ? parsePairs(data.node_selector) : {};
  return {
    ...(Object.keys(env).length > 0 && { env }),
    ...(Object.keys(selector).length > 0 && { node_selector: selector })
  };
}

/** Lists replace those of the profile: an emptied one is sent as such. */
function listsOf(data: ICreateData, schema: JSONSchema7): ClusterCreate {
  const { properties = {} } = schema;
  const listOf = (field: 'packages' | 'worker_command'): string[] | null => {
    const list = field in properties ? parseLines(data[field]) : [];
    const before = defaultOf(properties[field]);
    const emptied = Array.isArray(before) && before.length > 0;
    return list.length > 0 || (field === 'packages' && emptied) ? list : null;
  };
  const packages = listOf('packages');
  const command = listOf('worker_command');
  return {
    ...(packages && { packages }),
    ...(command && { worker_command: command })
  };
}

function lifetimeOf(
  { ends = 'idle', idle_minutes, no_client_minutes }: ICreateData,
  has: (field: string) => boolean
): LifetimeRequest | null {
  const idle = has('idle_minutes') ? idle_minutes : undefined;
  const clients = has('no_client_minutes') ? (no_client_minutes ?? 0) : 0;
  if (!has('ends') && idle === undefined && clients === 0) {
    return null;
  }
  return {
    kind: ends,
    ...(ends === 'idle' && idle !== undefined && { seconds: idle * 60 }),
    ...(ends !== 'keep' && clients > 0 && { no_client_seconds: clients * 60 })
  };
}

/**
 * What a request says, by the names of the form's fields; lists and maps as they are.
 */
export function toFields(
  request: ClusterCreate
): Readonly<Record<string, unknown>> {
  const { adapt, lifetime, resources } = request;
  const all: Record<string, unknown> = {
    name: request.name,
    scaling: adapt ? 'adaptive' : undefined,
    minimum: adapt ? (adapt.minimum ?? 0) : undefined,
    maximum: adapt?.maximum,
    threads: resources?.threads,
    cpu: resources?.cpu,
    memory: resources?.memory,
    gpus: resources?.gpus,
    image: request.image,
    ends: lifetime?.kind,
    idle_minutes: minutes(lifetime?.seconds),
    no_client_minutes: minutes(lifetime?.no_client_seconds),
    env: request.env,
    node_selector: request.node_selector,
    packages: request.packages,
    worker_command: request.worker_command
  };
  if (!adapt && typeof request.workers === 'number') {
    all.scaling = 'fixed';
    all.workers = request.workers;
  }
  return Object.fromEntries(
    Object.entries(all).filter(
      ([, value]) => value !== undefined && value !== null
    )
  );
}

/** A value of a request's own type as the form has it: lists and maps as text. */
export function toText(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.join('\n');
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([key, item]) => `${key}=${String(item)}`)
        .join('\n')
    : value;
}

/** One entry a line, without empty ones. */
export function parseLines(value: string | undefined): string[] {
  return (value ?? '')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
}

/** `NAME=value`, one a line; the value may hold more of that character. */
export function parsePairs(value: string | undefined): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const line of parseLines(value)) {
    const at = line.indexOf('=');
    if (at > 0) {
      pairs[line.slice(0, at).trim()] = line.slice(at + 1).trim();
    }
  }
  return pairs;
}

/** Whether each line is `NAME=value` (or empty). */
export function arePairs(value: string): boolean {
  return parseLines(value).every(line => /^[^=\s][^=]*=/.test(line));
}

/** The default that a schema names for one of its properties. */
export function defaultOf(
  property: JSONSchema7 | boolean | undefined
): unknown {
  return typeof property === 'object' ? property.default : undefined;
}

function minutes(seconds: number | null | undefined): number | undefined {
  return typeof seconds === 'number' ? Math.ceil(seconds / 60) : undefined;
}

function text(value: string | undefined): string {
  return value?.trim() ?? '';
}
