import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { IKernelClient, KernelRunner } from './kernelcode';

/** What makes or ends a client says one of these words, mostly. */
const DASK_WORDS = /\b(\w*client|\w*cluster|dask|distributed)\b/i;

/** Nothing that was there is there any more. */
const ENDED: ReadonlyArray<string> = [
  'restarting',
  'autorestarting',
  'terminating',
  'dead'
];

/**
 * Whether a cell may have made or ended a client.
 */
export function concernsClients(source: string): boolean {
  return DASK_WORDS.test(source);
}

/**
 * Knows the Dask clients of a notebook's kernel, as far as they can be known: the truth
 * is in the kernel. That is asked only when it is idle, and only after something may
 * have changed; a restart needs no question.
 */
export class NotebookClients implements IDisposable {
  constructor(private readonly _options: NotebookClients.IOptions) {
    const { session } = _options;
    session.kernelChanged.connect(this._onKernel, this);
    session.statusChanged.connect(this._onStatus, this);
    this._onKernel();
  }

  /** The clients, the one that computations use first; `null` while not known. */
  get clients(): ReadonlyArray<IKernelClient> | null {
    return this._clients;
  }

  /** Emitted when `clients` may have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
    }
  }

  /** Ask as soon as the kernel has time. */
  look(): void {
    this._wanted = true;
    void this._ask();
  }

  /** Ask if the kernel has run anything since it was asked. */
  lookIfRun(): void {
    if (this._hasRun) {
      this.look();
    }
  }

  private _onKernel(): void {
    const { kernel } = this;
    // A kernel that was there before the page may have clients.
    this._hasRun = kernel !== null;
    this._set(kernel === null ? [] : null);
  }

  private _onStatus(_: unknown, status: Kernel.Status): void {
    if (ENDED.includes(status)) {
      this._hasRun = false;
      this._wanted = false;
      this._set([]);
    } else if (status === 'busy' && !this._asking) {
      this._hasRun = true;
    } else if (status === 'idle' && this._wanted) {
      void this._ask();
    }
  }

  private get kernel(): Kernel.IKernelConnection | null {
    return this._options.session.session?.kernel ?? null;
  }

  private async _ask(): Promise<void> {
    const { kernel } = this;
    if (this._asking || kernel?.status !== 'idle') {
      return;
    }
    this._asking = true;
    this._wanted = false;
    try {
      const found = await this._options.runner.clients(kernel);
      if (found === null) {
        this._wanted = true;
      } else if (!this._isDisposed && kernel.id === this.kernel?.id) {
        this._hasRun = false;
        this._set(found);
      }
    } catch {
      // It is no kernel of Python, it ended, or the server did not answer: the same as
      // before is known, and the next look may know more.
    } finally {
      this._asking = false;
    }
    if (this._wanted && !this._isDisposed) {
      void this._ask();
    }
  }

  private _set(clients: ReadonlyArray<IKernelClient> | null): void {
    this._clients = clients;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _clients: ReadonlyArray<IKernelClient> | null = null;
  private _hasRun = true;
  private _wanted = false;
  private _asking = false;
  private _isDisposed = false;
}

/**
 * Options of `NotebookClients`.
 */
export namespace NotebookClients {
  export interface IOptions {
    session: Pick<
      ISessionContext,
      'kernelChanged' | 'session' | 'statusChanged'
    >;
    runner: Pick<KernelRunner, 'clients'>;
  }
}
