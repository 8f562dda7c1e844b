import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { Kernel } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { KernelRunner } from './kernelcode';

/** How long what came of it is shown, in ms. */
const NOTICE = 15 * 1000;

/** So many modules are named. */
const NAMED = 5;

/**
 * What came of sending; see kernelcode/send.py.
 */
export interface ISent {
  /** The scheduler and all workers. */
  readonly total: number;
  readonly failed: number;
  /** Some of those where it failed. */
  readonly names: ReadonlyArray<string>;
  /** What can be imported there now. */
  readonly modules: ReadonlyArray<string>;
  readonly bytes: number;
  /** Why workers that come later will not have it; else empty. */
  readonly later: string;
}

/**
 * Sends folders and modules to workers, and says how it goes.
 */
export class Sender {
  constructor(private readonly _options: Sender.IOptions) {}

  /** Send what a kernel finds at a path. Never rejects. */
  async send(
    kernel: Kernel.IKernelConnection,
    cluster: string,
    path: string
  ): Promise<void> {
    const { runner, trans } = this._options;
    const name = PathExt.basename(path);
    const id = Notification.emit(
      trans.__('Sending %1 to the workers of “%2”…', name, cluster),
      'in-progress',
      { autoClose: false }
    );
    const tell = (
      message: string,
      type: 'error' | 'success' | 'warning'
    ): void => {
      Notification.update({ id, message, type, autoClose: NOTICE });
    };
    try {
      const sent = await runner.run<ISent>(
        kernel,
        cluster,
        { action: 'send', path },
        {
          onBusy: () =>
            Notification.update({
              id,
              message: trans.__(
                'The kernel is busy; %1 is sent when it is done.',
                name
              )
            })
        }
      );
      tell(sentWords(sent, name, cluster, trans), sentType(sent));
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error), 'error');
    }
  }
}

/**
 * Options of `Sender`.
 */
export namespace Sender {
  export interface IOptions {
    runner: Pick<KernelRunner, 'run'>;
    trans: TranslationBundle;
  }
}

function sentType(sent: ISent): 'error' | 'success' | 'warning' {
  return sent.failed > 0 ? 'error' : sent.later === '' ? 'success' : 'warning';
}

/** What came of it, and which import works now. */
export function sentWords(
  sent: ISent,
  name: string,
  cluster: string,
  trans: TranslationBundle
): string {
  const { failed, later, modules, names, total } = sent;
  if (failed > 0) {
    return trans.__(
      '%1 did not reach %2 of %3: %4.',
      name,
      failed,
      total,
      names.join(', ')
    );
  }
  const listed = modules.slice(0, NAMED).map(it => `import ${it}`);
  const more = modules.length > NAMED ? ', …' : '';
  const works = trans.__(
    '“%1” works on all workers of “%2” now.',
    listed.join('; ') + more,
    cluster
  );
  const future =
    later === ''
      ? trans.__(
          'Workers that come later get it, too. Send again after changes.'
        )
      : trans.__('Workers that come later will not have it: %1', later);
  return `${works} ${future}`;
}
