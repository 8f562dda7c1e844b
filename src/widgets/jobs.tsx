import { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import React from 'react';

import type { Job } from '../schema';
import { IClusterManager, IJobManager, TRANSLATION_DOMAIN } from '../tokens';
import { onListKeyDown } from './cardKeys';
import { JobCard } from './jobCard';
import { LiveWidget } from './liveWidget';
import { openJobMenu } from './menu';
import type { PanelState } from './panelState';
import { NoMatch, Stale } from './states';

/**
 * The cards of the jobs; there only while there are some.
 */
export class JobList extends LiveWidget {
  constructor(private readonly _options: JobList.IOptions) {
    super();
    this.addClass('jp-Dask-ClusterList');
    this._trans = _options.translator.load(TRANSLATION_DOMAIN);
    const { commands, jobs, manager, state } = _options;
    jobs.changed.connect(this._refresh, this);
    manager.changed.connect(this._refresh, this);
    state.changed.connect(this._refresh, this);
    commands.commandChanged.connect(this._refresh, this);
  }

  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { commands, jobs, manager, state } = this._options;
    jobs.changed.disconnect(this._refresh, this);
    manager.changed.disconnect(this._refresh, this);
    state.changed.disconnect(this._refresh, this);
    commands.commandChanged.disconnect(this._refresh, this);
    this._look?.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const { jobs, state } = this._options;
    const shown = jobs.jobs.filter(({ name, owner, phase, source }) =>
      state.matches(name, owner, phase, source ?? '')
    );
    return (
      <>
        {jobs.error !== '' && (
          <Stale
            message={jobs.error}
            trans={this._trans}
            onRetry={() => void jobs.refresh()}
          />
        )}
        {shown.length === 0 && state.query !== '' && (
          <NoMatch
            message={this._trans.__('No job matches “%1”.', state.query.trim())}
          />
        )}
        <ul className="jp-Dask-cards" onKeyDown={onListKeyDown}>
          {shown.map(job => this._renderCard(job))}
        </ul>
      </>
    );
  }

  protected onLive(live: boolean): void {
    this._look?.dispose();
    this._look = live ? this._options.jobs.look() : null;
    this._refresh();
  }

  private _renderCard(job: Job): JSX.Element {
    const { commands, manager, state } = this._options;
    const { name } = job;
    return (
      <JobCard
        key={name}
        job={job}
        commands={commands}
        live={this.live}
        selected={state.job === name}
        trans={this._trans}
        user={manager.status?.user ?? null}
        onMenu={(x, y) => openJobMenu(commands, name, x, y)}
        onSelect={() => {
          state.job = state.job === name ? null : name;
        }}
        onOpen={path => void commands.execute('docmanager:open', { path })}
        onSelectCluster={cluster => {
          state.query = '';
          manager.selected = cluster;
        }}
      />
    );
  }

  private _refresh(): void {
    this.update();
  }

  private readonly _trans: TranslationBundle;
  private _look: IDisposable | null = null;
}

/**
 * Options of `JobList`.
 */
export namespace JobList {
  export interface IOptions {
    commands: CommandRegistry;
    jobs: IJobManager;
    manager: IClusterManager;
    state: PanelState;
    translator: ITranslator;
  }
}
