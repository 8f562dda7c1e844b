import type { JSONSchema7 } from 'json-schema';

import type { ICreateData } from './createdata';

/**
 * What quotas leave for workers beside a scheduler: CPU in cores, memory in bytes.
 * The server puts it into the schema of a form as `x-room`, where there are quotas.
 */
interface IRoom {
  cpu?: number;
  memory?: number;
  gpus?: number;
  pods?: number;
}

/** What a worker is where the form does not say it: `x-worker` of the schema. */
interface IWorkerSize {
  threads?: number;
  cpu?: string;
  memory?: string;
  gpus?: number;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40
};

/** Shares of a core and of a byte are lost in sums: what all but fits, fits. */
const SLACK = 1e-6;

/**
 * How many workers like those in the form the quotas have room for; `null` where none
 * counts them, or nobody can say.
 */
export function roomFor(schema: JSONSchema7, data: ICreateData): number | null {
  const { 'x-room': room, 'x-worker': size = {} } = schema as {
    'x-room'?: IRoom;
    'x-worker'?: IWorkerSize;
  };
  if (!room) {
    return null;
  }
  const fits = [room.pods ?? Infinity];
  const divide = (left: number | undefined, each: number | null): void => {
    if (left !== undefined && each !== null && each > 0) {
      fits.push(left / each);
    }
  };
  divide(room.cpu, coresOf(schema, data, size));
  divide(room.memory, parseMemory(text(data.memory) || text(size.memory)));
  divide(room.gpus, data.gpus ?? size.gpus ?? 0);
  const least = Math.min(...fits);
  return Number.isFinite(least) ? Math.max(0, Math.floor(least + SLACK)) : null;
}

/** The CPU of a worker; where only the threads are given, one for each. */
function coresOf(
  schema: JSONSchema7,
  data: ICreateData,
  size: IWorkerSize
): number | null {
  const shown = 'cpu' in (schema.properties ?? {}) && text(data.cpu) !== '';
  const threads = data.threads ?? size.threads;
  if (!shown && threads !== undefined) {
    return threads;
  }
  return parseCPU(shown ? text(data.cpu) : text(size.cpu));
}

/** Cores for `2`, `0.5` or `500m`; `null` for what is no number of them. */
export function parseCPU(value: string): number | null {
  const match = /^(?:(\d+)m|(\d+(?:\.\d+)?))$/.exec(value.trim());
  return match && (match[1] ? Number(match[1]) / 1000 : Number(match[2]));
}

/** Bytes for `4Gi`, `4 GiB` or `512MB`; `null` for what is no amount of memory. */
export function parseMemory(value: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?$/i.exec(value.trim());
  return match && Number(match[1]) * UNITS[(match[2] ?? '').toLowerCase()];
}

function text(value: string | undefined): string {
  return value?.trim() ?? '';
}
