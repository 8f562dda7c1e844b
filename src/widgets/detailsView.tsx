import { MainAreaWidget, UseSignal } from '@jupyterlab/apputils';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import { ISignal, Signal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';
import React from 'react';

import '../../style/base.css';
import '../../style/groups.css';
import '../../style/logs.css';
import '../../style/details.css';
import { DetailsModel, DetailsTab } from '../details';
import { DetailsHead } from './detailsHead';
import { EventList } from './eventList';
import { clusterIcon } from './icons';
import { LiveWidget } from './liveWidget';
import { isFind, LogView } from './logView';
import { Overview } from './overview';
import { PodTable } from './podTable';
import { YamlView } from './yamlView';

/**
 * The details of a cluster as a document of the main area.
 */
export function makeDetailsWidget(
  options: DetailsView.IOptions
): MainAreaWidget<DetailsView> {
  const { model, trans } = options;
  const content = new DetailsView(options);
  const widget = new MainAreaWidget({ content });
  widget.id = `jupyter-dask-k8s-details-${model.name}`;
  widget.title.label = trans.__('Details of %1', model.name);
  widget.title.caption = trans.__('Details of the Dask cluster %1', model.name);
  widget.title.icon = clusterIcon;
  widget.title.closable = true;
  content.closeRequested.connect(() => widget.close());
  return widget;
}

/**
 * The parts of a cluster's details, one at a time, below their tabs. A part is made when
 * it is first shown.
 */
export class DetailsView extends Panel {
  constructor(private readonly _options: DetailsView.IOptions) {
    super();
    this.addClass('jp-Dask-Details');
    const { model, trans } = _options;
    const prefix = `jp-Dask-details-${model.name}`;
    this._head = new DetailsHead({
      model,
      trans,
      tabId: tab => `${prefix}-tab-${tab}`,
      panelId: tab => `${prefix}-${tab}`,
      onClose: () => this._closeRequested.emit()
    });
    this.addWidget(this._head);
    // Who has just chosen the log is still on its tab.
    this._head.node.addEventListener('keydown', event => {
      const log = this._parts.get('logs');
      if (isFind(event) && model.tab === 'logs' && log !== undefined) {
        event.preventDefault();
        event.stopPropagation();
        log.node.querySelector<HTMLElement>('input[type="search"]')?.focus();
      }
    });
    this._prefix = prefix;
    model.changed.connect(this._follow, this);
    this._follow();
  }

  get model(): DetailsModel {
    return this._options.model;
  }

  /** Emitted when the user wants it closed. */
  get closeRequested(): ISignal<this, void> {
    return this._closeRequested;
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    super.dispose();
    this.model.dispose();
    Signal.clearData(this);
  }

  protected onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this._head.node
      .querySelector<HTMLElement>('[role="tab"][tabindex="0"]')
      ?.focus();
  }

  /** Show the part whose tab is chosen. */
  private _follow(): void {
    const { cluster, tab } = this.model;
    if (cluster === undefined) {
      return;
    }
    for (const [name, part] of this._parts) {
      const focused = part.node.contains(document.activeElement);
      part.setHidden(name !== tab);
      if (focused && name !== tab) {
        // A pod was opened by keys: the focus must not be lost with its row.
        this._focusTab(tab);
      }
    }
    if (!this._parts.has(tab)) {
      const part = this._make(tab);
      part.id = `${this._prefix}-${tab}`;
      part.addClass('jp-Dask-details-part');
      part.node.setAttribute('role', 'tabpanel');
      part.node.setAttribute('aria-labelledby', `${this._prefix}-tab-${tab}`);
      if (tab === 'overview' || tab === 'events') {
        // What scrolls is reached by keys.
        part.node.tabIndex = 0;
      }
      this._parts.set(tab, part);
      this.addWidget(part);
    }
  }

  private _focusTab(tab: DetailsTab): void {
    const id = CSS.escape(`${this._prefix}-tab-${tab}`);
    this._head.node.querySelector<HTMLElement>(`#${id}`)?.focus();
  }

  private _make(tab: DetailsTab): Widget {
    const { commands, editors, model, trans } = this._options;
    const { manager, name } = model;
    switch (tab) {
      case 'overview':
        return new Part(model, tab, live => (
          <UseSignal signal={model.changed}>
            {() =>
              model.cluster && (
                <Overview
                  cluster={model.cluster}
                  commands={commands}
                  live={live && !model.gone}
                  trans={trans}
                  user={manager.status?.user ?? null}
                />
              )
            }
          </UseSignal>
        ));
      case 'pods':
        return new Part(model, tab, live => (
          <PodTable
            model={model.pods}
            live={live}
            local={model.cluster?.backend === 'local'}
            trans={trans}
            onOpen={pod => model.showLogs(pod)}
          />
        ));
      case 'events':
        return new Part(model, tab, () => (
          <EventList model={model.occurrences} trans={trans} />
        ));
      case 'logs':
        return new LogsPart(model, trans);
      case 'yaml':
        return new YamlView({
          editors,
          load: async () => (await manager.export(name, 'object')).content,
          trans
        });
    }
  }

  private readonly _head: DetailsHead;
  private readonly _parts = new Map<DetailsTab, Widget>();
  private readonly _prefix: string;
  private readonly _closeRequested = new Signal<this, void>(this);
}

/**
 * Options of `DetailsView`.
 */
export namespace DetailsView {
  export interface IOptions {
    commands: CommandRegistry;
    /** JupyterLab's editors. */
    editors: IEditorServices | null;
    /** The view owns it. */
    model: DetailsModel;
    trans: TranslationBundle;
  }
}

/** A part that is read while it can be seen. */
class Part extends LiveWidget {
  constructor(
    private readonly _model: DetailsModel,
    private readonly _tab: DetailsTab,
    private readonly _render: (live: boolean) => JSX.Element
  ) {
    super();
  }

  protected onLive(live: boolean): void {
    this._model.setLive(this._tab, live);
    this.update();
  }

  protected render(): JSX.Element {
    return this._render(this.live);
  }
}

/** The logs of a cluster that may be gone. */
class LogsPart extends LogView {
  constructor(
    private readonly _details: DetailsModel,
    trans: TranslationBundle
  ) {
    super(_details.logs, trans);
  }

  protected onLive(live: boolean): void {
    this._details.setLive('logs', live);
  }
}
