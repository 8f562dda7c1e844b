import type { TranslationBundle } from '@jupyterlab/translation';

import type { GroupCreate, Resources, Toleration } from './schema';

/**
 * A new worker group as one types it; empty text means: as the server chooses.
 */
export interface IGroupDraft {
  name: string;
  workers: string;
  threads: string;
  cpu: string;
  memory: string;
  gpus: string;
  image: string;
  command: string;
  /** Lines of `NAME=value`. */
  env: string;
  /** Lines of `label=value`. */
  nodeSelector: string;
  /** Lines of `key=value:effect`, as kubectl writes taints. */
  tolerations: string;
}

export const EMPTY_DRAFT: Readonly<IGroupDraft> = {
  name: '',
  workers: '1',
  threads: '',
  cpu: '',
  memory: '',
  gpus: '',
  image: '',
  command: '',
  env: '',
  nodeSelector: '',
  tolerations: ''
};

/** What is wrong, by field. */
export type DraftErrors = Partial<Record<keyof IGroupDraft, string>>;

/** By the server's name of a field, the field of the draft. */
const SERVER_FIELDS: Readonly<Record<string, keyof IGroupDraft>> = {
  'resources.threads': 'threads',
  'resources.cpu': 'cpu',
  'resources.memory': 'memory',
  'resources.gpus': 'gpus',
  worker_command: 'command',
  node_selector: 'nodeSelector'
};

/** The field of the draft that an error of the server is about, if it is one. */
export function draftField(field: string | null): keyof IGroupDraft | null {
  if (field === null) {
    return null;
  }
  // `tolerations[0].effect` and `env.NAME` are about the text as a whole.
  const [whole] = field.split('[');
  const [first] = whole.split('.');
  const found = SERVER_FIELDS[whole] ?? SERVER_FIELDS[first] ?? first;
  return found in EMPTY_DRAFT ? (found as keyof IGroupDraft) : null;
}

/** What can be said about a draft without the server. */
export function checkGroup(
  draft: IGroupDraft,
  taken: ReadonlyArray<string>,
  trans: TranslationBundle
): DraftErrors {
  const errors: DraftErrors = {};
  const name = draft.name.trim();
  if (name !== '' && !/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
    errors.name = trans.__(
      'Use lower-case letters, digits and hyphens; begin with a letter.'
    );
  } else if (taken.includes(name)) {
    errors.name = trans.__('There is a group “%1” already.', name);
  }
  for (const field of ['workers', 'threads', 'gpus'] as const) {
    const text = draft[field].trim();
    if (!/^\d*$/.test(text) || (field === 'workers' && text === '')) {
      errors[field] = trans.__('Enter a whole number.');
    }
  }
  if (readPairs(draft.env) === null) {
    errors.env = trans.__('Write one NAME=value a line.');
  }
  if (readPairs(draft.nodeSelector) === null) {
    errors.nodeSelector = trans.__('Write one label=value a line.');
  }
  if (readTolerations(draft.tolerations) === null) {
    errors.tolerations = trans.__(
      'Write one key=value:effect a line; the effect is NoSchedule, PreferNoSchedule or NoExecute.'
    );
  }
  return errors;
}

/** The request of a draft without errors. */
export function groupRequest(draft: IGroupDraft): GroupCreate {
  const env = readPairs(draft.env) ?? {};
  const nodeSelector = readPairs(draft.nodeSelector) ?? {};
  const tolerations = readTolerations(draft.tolerations) ?? [];
  const command = words(draft.command);
  const resources = resourcesOf(draft);
  return {
    name: draft.name.trim(),
    workers: Number(draft.workers),
    ...(isEmpty(resources) ? {} : { resources }),
    ...(draft.image.trim() === '' ? {} : { image: draft.image.trim() }),
    ...(command.length === 0 ? {} : { worker_command: command }),
    ...(isEmpty(env) ? {} : { env }),
    ...(isEmpty(nodeSelector) ? {} : { node_selector: nodeSelector }),
    ...(tolerations.length === 0 ? {} : { tolerations })
  };
}

function resourcesOf({ cpu, gpus, memory, threads }: IGroupDraft): Resources {
  return {
    ...(threads.trim() === '' ? {} : { threads: Number(threads) }),
    ...(cpu.trim() === '' ? {} : { cpu: cpu.trim() }),
    ...(memory.trim() === '' ? {} : { memory: memory.trim() }),
    ...(gpus.trim() === '' ? {} : { gpus: Number(gpus) })
  };
}

/** Lines of `name=value`; `null` if one is something else. */
export function readPairs(text: string): Record<string, string> | null {
  const pairs: Record<string, string> = {};
  for (const line of lines(text)) {
    const at = line.indexOf('=');
    if (at < 1) {
      return null;
    }
    pairs[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return pairs;
}

/** Lines as kubectl writes taints: `key=value:effect`, `key:effect`, `key`. */
export function readTolerations(text: string): Toleration[] | null {
  const tolerations: Toleration[] = [];
  for (const line of lines(text)) {
    const match =
      /^([^=:\s]+)(?:=([^=:\s]*))?(?::(NoSchedule|PreferNoSchedule|NoExecute))?$/.exec(
        line
      );
    if (!match) {
      return null;
    }
    const [, key, value, effect] = match;
    tolerations.push({
      key,
      ...(value === undefined
        ? { operator: 'Exists' as const }
        : { operator: 'Equal' as const, value }),
      ...(effect ? { effect: effect as Toleration['effect'] } : {})
    });
  }
  return tolerations;
}

/** The words of a command line; quotes keep spaces within a word. */
export function words(text: string): string[] {
  const found = text.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? [];
  return found.map(word => word.replace(/^(["'])(.*)\1$/, '$2'));
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
