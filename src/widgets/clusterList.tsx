import { ReactWidget } from '@jupyterlab/apputils';
import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import React from 'react';

import type { Cluster } from '../schema';
import {
  CommandIDs,
  IClusterManager,
  INotebookConnector,
  TRANSLATION_DOMAIN
} from '../tokens';
import { Card } from './card';
import { watchDrag } from './drag';
import { openClusterMenu } from './menu';
import type { PanelState } from './panelState';
import {
  Empty,
  Failure,
  Loading,
  NoMatch,
  Notice,
  Stale,
  Trouble,
  Waiting
} from './states';
import { Visibility } from './visibility';

/**
 * The cards of some of the clusters, and what is shown when there are none.
 */
export class ClusterList extends ReactWidget {
  constructor(private readonly _options: ClusterList.IOptions) {
    super();
    this.addClass('jp-Dask-ClusterList');
    this._trans = _options.translator.load(TRANSLATION_DOMAIN);
    const { commands, manager, state } = _options;
    manager.changed.connect(this._refresh, this);
    manager.selectedChanged.connect(this._refresh, this);
    state.changed.connect(this._refresh, this);
    commands.commandChanged.connect(this._onCommandChanged, this);
    this._visibility.changed.connect(this._refresh, this);
    void manager.ready.then(() => {
      this._ready = true;
      this._refresh();
    });
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { commands, manager, state } = this._options;
    manager.changed.disconnect(this._refresh, this);
    manager.selectedChanged.disconnect(this._refresh, this);
    state.changed.disconnect(this._refresh, this);
    commands.commandChanged.disconnect(this._onCommandChanged, this);
    this._visibility.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const { filter, manager, shared, state } = this._options;
    const all = manager.clusters.filter(filter);
    const shown = all.filter(({ name }) => state.matches(name));
    const instead = shared
      ? null
      : this._insteadOfCards(all.length, shown.length);
    return (
      <>
        {!shared && this._aboveCards(all.length)}
        {instead ?? (
          <ul
            className={`jp-Dask-cards${
              manager.error !== '' ? ' jp-mod-stale' : ''
            }`}
            onKeyDown={onListKeyDown}
          >
            {shown.map(cluster => this._renderCard(cluster))}
          </ul>
        )}
      </>
    );
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._visibility.shown = this.isVisible;
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._visibility.shown = true;
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._visibility.shown = false;
  }

  protected onBeforeDetach(msg: Message): void {
    this._visibility.shown = false;
    super.onBeforeDetach(msg);
  }

  /** Why the cards may not be the whole truth, if so. */
  private _aboveCards(total: number): JSX.Element | null {
    const { manager } = this._options;
    if (manager.error !== '') {
      // Without cards the error stands in their place.
      return total === 0 ? null : (
        <Stale
          message={manager.error}
          trans={this._trans}
          onRetry={() => void manager.refresh()}
        />
      );
    }
    const waits = manager.waiting !== '';
    const message = waits ? manager.waiting : manager.status?.trouble;
    return !message || (waits && total === 0) ? null : (
      <Trouble message={message} trans={this._trans} />
    );
  }

  /** What stands in place of the cards: loading, an error, an invitation. */
  private _insteadOfCards(total: number, shown: number): JSX.Element | null {
    const { commands, manager, state } = this._options;
    const trans = this._trans;
    const { error, status, waiting } = manager;
    const retry = (): void => void manager.refresh();
    if (total > 0) {
      return shown > 0 ? null : <NoMatch query={state.query} trans={trans} />;
    }
    if (error !== '') {
      return <Failure message={error} trans={trans} onRetry={retry} />;
    }
    if (waiting !== '') {
      return <Waiting message={waiting} trans={trans} />;
    }
    if (!this._ready || status === null) {
      return <Loading trans={trans} />;
    }
    if (status.state === 'failed') {
      return <Failure message={status.reason} trans={trans} onRetry={retry} />;
    }
    if (manager.clusters.length > 0) {
      return <Notice message={trans.__('You have no cluster of your own.')} />;
    }
    return (
      <Empty
        trans={trans}
        onCreate={() => void commands.execute(CommandIDs.create)}
      />
    );
  }

  private _renderCard(cluster: Cluster): JSX.Element {
    const { commands, connector, manager, state } = this._options;
    const { name } = cluster;
    return (
      <Card
        key={name}
        cluster={cluster}
        commands={commands}
        feed={manager.metrics}
        limits={manager.status?.limits ?? null}
        live={this._visibility.visible}
        scaling={state.scaling === name}
        selected={manager.selected === name}
        trans={this._trans}
        user={manager.status?.user ?? null}
        onDragStart={event => {
          const card = event.currentTarget.closest<HTMLElement>('li');
          if (connector && card && event.button === 0) {
            watchDrag(event.nativeEvent, card, name, connector);
          }
        }}
        onMenu={(x, y) => openClusterMenu(commands, name, x, y)}
        onScale={async patch => {
          await manager.update(name, patch);
          state.scaling = null;
        }}
        onScaleEnd={() => {
          state.scaling = null;
          focusCard(this.node, name);
        }}
        onSelect={() => {
          manager.selected = name;
        }}
      />
    );
  }

  private _onCommandChanged(
    _: CommandRegistry,
    change: CommandRegistry.ICommandChangedArgs
  ): void {
    // Also an unnamed one: then every command may have changed.
    const id: string | undefined = change.id;
    if (id === undefined || id.startsWith('dask-k8s:')) {
      this._refresh();
    }
  }

  private _refresh(): void {
    this.update();
  }

  private readonly _trans: TranslationBundle;
  private readonly _visibility = new Visibility();
  private _ready = false;
}

/**
 * Options of `ClusterList`.
 */
export namespace ClusterList {
  export interface IOptions {
    commands: CommandRegistry;
    connector: INotebookConnector | null;
    /** Which of the clusters this list shows. */
    filter: (cluster: Cluster) => boolean;
    manager: IClusterManager;
    /** True for the second list, which exists only while it has cards. */
    shared: boolean;
    state: PanelState;
    translator: ITranslator;
  }
}

/** Arrow keys, Home and End move from card to card. */
function onListKeyDown(event: React.KeyboardEvent<HTMLUListElement>): void {
  const cards = [
    ...event.currentTarget.querySelectorAll<HTMLElement>('.jp-Dask-card-select')
  ];
  const at = cards.findIndex(card =>
    card.closest('li')?.contains(event.target as Node)
  );
  const moves: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: cards.length - 1
  };
  const to = cards[moves[event.key]];
  if (to) {
    event.preventDefault();
    to.focus();
  }
}

function focusCard(node: HTMLElement, name: string): void {
  const selector = `[data-cluster="${CSS.escape(name)}"] .jp-Dask-card-select`;
  node.querySelector<HTMLElement>(selector)?.focus();
}
