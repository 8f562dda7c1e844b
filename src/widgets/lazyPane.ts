import { MainAreaWidget } from '@jupyterlab/apputils';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { PromiseDelegate } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import { Panel } from '@lumino/widgets';

import { isMissingPart } from '../missingparts';
import { TRANSLATION_DOMAIN } from '../tokens';
import { onFirstSight } from './firstSight';
import { Visibility } from './visibility';

/**
 * A pane that takes its place in the dock at once, also when it comes back with the page.
 * What it shows is loaded when it is first seen.
 */
export abstract class LazyPane extends MainAreaWidget<Panel> {
  /**
   * @param started Resolves when the application has started: it does not wait for us.
   */
  constructor(
    id: string,
    translator: ITranslator,
    started: Promise<unknown>,
    content = new Panel(),
    loaded = new PromiseDelegate<void>()
  ) {
    super({ content, reveal: loaded.promise });
    this.trans = translator.load(TRANSLATION_DOMAIN);
    this.id = id;
    this.title.closable = true;
    onFirstSight(this._visibility, async () => {
      try {
        await started;
        await this.fill();
        loaded.resolve();
      } catch (error) {
        // The pane shows it.
        loaded.reject(
          isMissingPart(error)
            ? this.trans.__(
                'This pane cannot be loaded now. Open it again, or reload the page.'
              )
            : error
        );
      }
    });
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._visibility.dispose();
      super.dispose();
    }
  }

  processMessage(msg: Message): void {
    super.processMessage(msg);
    // The first messages come from the constructor of `MainAreaWidget`.
    this._visibility?.follow(this, msg);
  }

  /** The texts of this package in the user's language. */
  protected readonly trans: TranslationBundle;

  /** Load what is shown and put it into the content; called once. */
  protected abstract fill(): Promise<void>;

  private readonly _visibility = new Visibility();
}
