import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { JSONObject, PromiseDelegate, UUID } from '@lumino/coreutils';

import type { KernelCode } from './schema';
import type { IClusterManager } from './tokens';

/** How long a program may run before nobody waits for it any more, in ms. */
const LIMIT = 10 * 60 * 1000;

/** How long a kernel has to become idle where nobody says otherwise, in ms. */
const PATIENCE = 10 * 60 * 1000;

/**
 * How far something is that happens on many workers.
 */
export interface IProgress {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

/**
 * Why a kernel did not do it: the message is one sentence for the user.
 */
export class KernelTrouble extends Error {
  /**
   * @param word `busy`: the kernel had no time; `no dask`: it cannot use Dask; else empty.
   */
  constructor(
    message: string,
    readonly word: string = ''
  ) {
    super(message);
  }
}

/**
 * A Dask Client of a kernel; see kernelcode/clients.py. Empty is what is not known.
 */
export interface IKernelClient {
  /** `connecting`: it has lost its scheduler, and tries again. */
  readonly status: 'running' | 'connecting';
  readonly address: string;
  /** The class of its cluster object, as `KubeCluster`. */
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** What the kernel makes links to dashboards from. */
  readonly link: string;
}

/**
 * What a program of ours says, one line of JSON each.
 */
interface IWords<T> {
  progress?: IProgress;
  result?: T;
  error?: string;
  word?: string;
}

/**
 * Runs our program in the kernels of notebooks: not in a cell, without a trace in the
 * history, and without names in the notebook. A kernel alone has the versions that
 * tasks are made with.
 */
export class KernelRunner {
  constructor(
    private readonly _manager: IClusterManager,
    private readonly _trans: TranslationBundle
  ) {}

  /**
   * Ask a kernel to do something about a cluster. Waits for the kernel to be idle, so
   * that nothing happens long after the user asked. Rejects with `KernelTrouble`, or
   * with the error of the server.
   */
  async run<T>(
    kernel: Kernel.IKernelConnection,
    cluster: string,
    request: JSONObject,
    options: KernelRunner.IOptions = {}
  ): Promise<T> {
    const [{ content: program }, { content: code }] = await Promise.all([
      this._programs(),
      this._manager.export(cluster, 'client')
    ]);
    const listed = this._manager.get(cluster);
    await idle(kernel, options, this._trans);
    const mark = `${UUID.uuid4()}:`;
    const text = JSON.stringify({
      ...request,
      mark,
      cluster,
      namespace: listed?.namespace ?? null,
      address: listed?.scheduler_address ?? null,
      code
    });
    return execute<T>(
      kernel,
      hidden(program, text),
      mark,
      options,
      this._trans
    );
  }

  /**
   * Ask a kernel which schedulers it is connected to; `null` while it has something
   * else to do. Nobody else notices: neither the history nor the hooks of cells.
   */
  async clients(
    kernel: Kernel.IKernelConnection
  ): Promise<IKernelClient[] | null> {
    const { clients: program } = await this._programs();
    if (kernel.isDisposed || kernel.status !== 'idle') {
      return null;
    }
    const mark = `${UUID.uuid4()}:`;
    const code = hidden(program, JSON.stringify({ mark }));
    return execute(kernel, code, mark, { silent: true }, this._trans);
  }

  /** The programs, fetched once. */
  private _programs(): Promise<KernelCode> {
    this._texts ??= this._manager.kernelCode().catch((error: unknown) => {
      this._texts = null;
      throw error;
    });
    return this._texts;
  }

  private _texts: Promise<KernelCode> | null = null;
}

/**
 * Options of `KernelRunner.run`.
 */
export namespace KernelRunner {
  export interface IOptions {
    /** Called when the kernel is busy with something else, before it is waited for. */
    onBusy?: () => void;
    /** Called when the kernel begins. */
    onBegin?: () => void;
    onProgress?: (progress: IProgress) => void;
    /** How long to wait for the kernel, in ms. */
    patience?: number;
    /** Whether nobody wants it any more; nothing begins then. */
    isCancelled?: () => boolean;
  }
}

/**
 * A program as one expression: a cell would show it, and statements leave names behind.
 * A JSON string is a string of Python, too.
 */
export function hidden(program: string, request: string): string {
  const names = `{"REQUEST": ${JSON.stringify(request)}}`;
  return `__import__("builtins").exec(${JSON.stringify(program)}, ${names})`;
}

/**
 * Puts pieces of output together to the lines behind a mark.
 */
export class Lines {
  constructor(private readonly _mark: string) {}

  /** The JSON of all lines that are complete now. */
  push(text: string): unknown[] {
    const lines = (this._rest + text).split('\n');
    this._rest = lines.pop() ?? '';
    return lines
      .filter(line => line.startsWith(this._mark))
      .map(line => JSON.parse(line.slice(this._mark.length)) as unknown);
  }

  private _rest = '';
}

/** Wait until a kernel has nothing else to do. */
async function idle(
  kernel: Kernel.IKernelConnection,
  options: KernelRunner.IOptions,
  trans: TranslationBundle
): Promise<void> {
  const free = (): boolean => kernel.status === 'idle';
  if (!free()) {
    options.onBusy?.();
    const waited = new PromiseDelegate<void>();
    const look = (): void => {
      if (free()) {
        waited.resolve();
      } else if (kernel.isDisposed || kernel.status === 'dead') {
        waited.reject(new KernelTrouble(trans.__('The kernel has ended.')));
      } else if (options.isCancelled?.()) {
        waited.reject(new KernelTrouble(trans.__('Nobody waits any more.')));
      }
    };
    const late = (): void =>
      waited.reject(
        new KernelTrouble(
          trans.__('The kernel is busy. Try again later.'),
          'busy'
        )
      );
    const timer = setTimeout(late, options.patience ?? PATIENCE);
    kernel.statusChanged.connect(look);
    kernel.disposed.connect(look);
    look();
    try {
      await waited.promise;
    } finally {
      clearTimeout(timer);
      kernel.statusChanged.disconnect(look);
      kernel.disposed.disconnect(look);
    }
  }
  if (options.isCancelled?.()) {
    throw new KernelTrouble(trans.__('Nobody waits any more.'));
  }
}

/** Run code, and return what it says in the end. */
async function execute<T>(
  kernel: Kernel.IKernelConnection,
  code: string,
  mark: string,
  options: KernelRunner.IOptions & { silent?: boolean },
  trans: TranslationBundle
): Promise<T> {
  const lines = new Lines(mark);
  let last: IWords<T> = {};
  const future = kernel.requestExecute({
    code,
    silent: options.silent ?? false,
    store_history: false,
    allow_stdin: false,
    stop_on_error: false
  });
  options.onBegin?.();
  future.onIOPub = message => {
    for (const words of lines.push(printed(message))) {
      const said = words as IWords<T>;
      last = { ...last, ...said };
      if (said.progress) {
        options.onProgress?.(said.progress);
      }
    }
  };
  const timer = setTimeout(() => future.dispose(), LIMIT);
  let reply: KernelMessage.IExecuteReplyMsg;
  try {
    reply = await future.done;
  } catch {
    throw new KernelTrouble(
      trans.__('The kernel was restarted or ended before it was done.')
    );
  } finally {
    clearTimeout(timer);
  }
  if (last.result !== undefined) {
    return last.result;
  }
  throw new KernelTrouble(last.error ?? refusal(reply, trans), last.word);
}

function printed(message: KernelMessage.IIOPubMessage): string {
  const { header, content } = message;
  const stream = content as { name?: unknown; text?: unknown };
  return header.msg_type === 'stream' &&
    stream.name === 'stdout' &&
    typeof stream.text === 'string'
    ? stream.text
    : '';
}

/** Why a kernel did not even run our program. */
function refusal(
  reply: KernelMessage.IExecuteReplyMsg,
  trans: TranslationBundle
): string {
  const { content } = reply;
  return content.status === 'error'
    ? trans.__(
        'The kernel cannot do this: %1: %2',
        content.ename,
        content.evalue
      )
    : trans.__('The kernel was interrupted.');
}
