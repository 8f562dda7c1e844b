import { Notification } from '@jupyterlab/apputils';
import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';

import type { Cluster, WorkerGroup } from '../schema';
import {
  CommandIDs,
  IClusterManager,
  IMetricsFeed,
  INotebookConnector,
  TRANSLATION_DOMAIN
} from '../tokens';
import { Card } from './card';
import { onListKeyDown } from './cardKeys';
import { confirmRemove } from './confirm';
import { watchDrag } from './drag';
import { LiveWidget } from './liveWidget';
import { openClusterMenu } from './menu';
import type { IEditing, PanelState } from './panelState';
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

/**
 * The cards of some of the clusters, and what is shown when there are none.
 */
export class ClusterList extends LiveWidget {
  constructor(private readonly _options: ClusterList.IOptions) {
    super();
    this.addClass('jp-Dask-ClusterList');
    this._trans = _options.translator.load(TRANSLATION_DOMAIN);
    const { commands, manager, state } = _options;
    manager.changed.connect(this._refresh, this);
    manager.selectedChanged.connect(this._refresh, this);
    state.changed.connect(this._onState, this);
    commands.commandChanged.connect(this._onCommandChanged, this);
    if (state.editing !== null) {
      // It was asked for before the list was there.
      this._onState();
    }
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
    state.changed.disconnect(this._onState, this);
    commands.commandChanged.disconnect(this._onCommandChanged, this);
    super.dispose();
  }

  protected render(): JSX.Element {
    const { filter, main, manager, state } = this._options;
    const all = manager.clusters.filter(filter);
    const shown = all.filter(({ name, owner, phase, profile }) =>
      state.matches(name, owner, phase, profile)
    );
    const instead = this._insteadOfCards(all.length, shown.length);
    return (
      <>
        {main && this._aboveCards(all.length)}
        {instead ?? (
          <ul
            className={`jp-Dask-cards${this._stale() ? ' jp-mod-stale' : ''}`}
            onKeyDown={onListKeyDown}
          >
            {shown.map(cluster => this._renderCard(cluster))}
          </ul>
        )}
      </>
    );
  }

  protected onLive(): void {
    this._refresh();
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
      <Trouble
        message={message}
        since={manager.status?.stale_since ?? null}
        trans={this._trans}
        onDoctor={this._doctor()}
      />
    );
  }

  /** Whether the cards show what was, not what is. */
  private _stale(): boolean {
    const { error, status } = this._options.manager;
    return error !== '' || (status?.stale_since ?? null) !== null;
  }

  /** What checks the installation, where something is missing and it can be checked. */
  private _doctor(): (() => void) | undefined {
    const { commands, manager } = this._options;
    const { missing = [], state } = manager.status ?? {};
    const helps = missing.length > 0 || state === 'failed';
    return helps && commands.hasCommand(CommandIDs.doctor)
      ? () => void commands.execute(CommandIDs.doctor)
      : undefined;
  }

  /** What stands in place of the cards: loading, an error, an invitation. */
  private _insteadOfCards(total: number, shown: number): JSX.Element | null {
    const { commands, manager, state } = this._options;
    const trans = this._trans;
    const { error, status, waiting } = manager;
    const retry = (): void => void manager.refresh();
    if (total > 0 || !this._options.main) {
      return shown > 0 || total === 0 ? null : (
        <NoMatch
          message={trans.__('No cluster matches “%1”.', state.query.trim())}
        />
      );
    }
    if (error !== '') {
      return (
        <Failure
          message={error}
          trans={trans}
          onRetry={retry}
          onDoctor={this._doctor()}
        />
      );
    }
    if (waiting !== '') {
      return (
        <Waiting
          message={waiting}
          missing={status?.missing ?? []}
          trans={trans}
          onDoctor={this._doctor()}
        />
      );
    }
    if (!this._ready || status === null) {
      return <Loading trans={trans} />;
    }
    if (status.state === 'failed') {
      return (
        <Failure
          message={status.reason}
          trans={trans}
          onRetry={retry}
          onDoctor={this._doctor()}
        />
      );
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
    const { commands, connector, feed, manager, state } = this._options;
    const { name } = cluster;
    const { status } = manager;
    const { editing } = state;
    return (
      <Card
        key={name}
        cluster={cluster}
        commands={commands}
        editing={editing?.cluster === name ? editing : null}
        feed={feed}
        limits={status?.limits ?? null}
        live={this.live}
        mixed={(status?.backends ?? []).length > 1}
        selected={manager.selected === name}
        trans={this._trans}
        user={status?.user ?? null}
        onDragStart={event => {
          const card = event.currentTarget.closest<HTMLElement>('li');
          if (connector && card && event.button === 0) {
            watchDrag(event.nativeEvent, card, name, connector);
          }
        }}
        onMenu={(x, y) => openClusterMenu(commands, name, x, y)}
        onSelect={() => {
          manager.selected = name;
        }}
        onEdit={(what, group) => {
          state.editing = { cluster: name, what, group };
        }}
        onEditEnd={() => this._endEditing(name)}
        onUpdate={async patch => {
          await manager.update(name, patch);
          this._endEditing(name);
        }}
        onAddGroup={async group => {
          await manager.addGroup(name, group);
          this._endEditing(name);
        }}
        onScaleGroup={async (group, workers) => {
          await manager.scaleGroup(name, group, workers);
          this._endEditing(name);
        }}
        onRemoveGroup={group => void this._removeGroup(name, group)}
        onExtend={() =>
          void commands.execute(CommandIDs.extend, { cluster: name })
        }
      />
    );
  }

  /** Close an editor, and keep the focus near where it was. */
  private _endEditing(name: string): void {
    const { state } = this._options;
    const editing: IEditing | null = state.editing;
    if (editing?.cluster === name) {
      state.editing = null;
      focusCard(this.node, name);
    }
  }

  private async _removeGroup(name: string, group: WorkerGroup): Promise<void> {
    const { feed, manager } = this._options;
    const metrics = feed.latest(name)?.metrics ?? null;
    try {
      if (await confirmRemove(group, metrics, this._trans)) {
        await manager.removeGroup(name, group.name);
      }
    } catch (error) {
      Notification.error(
        error instanceof Error ? error.message : String(error)
      );
    }
  }

  private _onCommandChanged(
    _: CommandRegistry,
    change: CommandRegistry.ICommandChangedArgs
  ): void {
    // Also an unnamed one: then every command may have changed.
    const id: string | undefined = change.id;
    if (
      id === undefined ||
      id === CommandIDs.doctor ||
      id.startsWith('dask-k8s:')
    ) {
      this._refresh();
    }
  }

  private _onState(): void {
    const { main, manager, state } = this._options;
    const { editing } = state;
    if (main && editing !== null && editing !== this._editing) {
      // What quotas leave comes with the status, and changes without a hint.
      void manager.refresh();
    }
    this._editing = editing;
    this._refresh();
  }

  private _refresh(): void {
    this.update();
  }

  private readonly _trans: TranslationBundle;
  private _editing: IEditing | null = null;
  private _ready = false;
}

/**
 * Options of `ClusterList`.
 */
export namespace ClusterList {
  export interface IOptions {
    commands: CommandRegistry;
    connector: INotebookConnector | null;
    /** Live readings. */
    feed: IMetricsFeed;
    /** Which of the clusters this list shows. */
    filter: (cluster: Cluster) => boolean;
    manager: IClusterManager;
    /** Whether this list also says what concerns all: errors, an invitation. */
    main: boolean;
    state: PanelState;
    translator: ITranslator;
  }
}

function focusCard(node: HTMLElement, name: string): void {
  const selector = `[data-cluster="${CSS.escape(name)}"] .jp-Dask-card-select`;
  node.querySelector<HTMLElement>(selector)?.focus();
}
