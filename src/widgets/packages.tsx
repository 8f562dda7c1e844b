import { Dialog, ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel } from '@lumino/widgets';
import React, { useState } from 'react';

import '../../style/base.css';
import '../../style/packages.css';
import {
  canInstall,
  failureWords,
  IInstalled,
  IRow,
  PackagesModel
} from '../packages';
import { warningIcon } from './viewIcons';

/**
 * Show the packages of a cluster. Resolves when the dialog is closed.
 */
export async function showPackages(
  model: PackagesModel,
  trans: TranslationBundle
): Promise<void> {
  const dialog = new PackagesDialog(model, trans);
  void model.compare();
  await dialog.launch();
}

/**
 * A dialog that stays open while its button installs.
 */
class PackagesDialog extends Dialog<null> {
  constructor(
    private readonly _model: PackagesModel,
    private readonly _trans: TranslationBundle
  ) {
    const panel = new Panel();
    panel.addWidget(
      ReactWidget.create(
        <UseSignal signal={_model.changed}>
          {() => <Packages model={_model} trans={_trans} />}
        </UseSignal>
      )
    );
    super({
      title: _trans.__('Packages of “%1”', _model.cluster),
      body: panel,
      focusNodeSelector: 'input[type="search"]',
      buttons: [
        Dialog.cancelButton({ label: _trans.__('Close') }),
        Dialog.okButton({ label: _trans.__('Install on workers') })
      ]
    });
    this.addClass('jp-Dask-PackagesDialog');
    _model.changed.connect(this._refresh, this);
    this._refresh();
  }

  resolve(index?: number): void {
    // The first button closes.
    if (index === 0) {
      this._model.changed.disconnect(this._refresh, this);
      super.resolve(index);
    } else if (index === 1) {
      void this._model.install();
    }
  }

  protected _evtKeydown(event: KeyboardEvent): void {
    const { key, target } = event;
    const inside =
      target instanceof HTMLElement && target.closest('.jp-Dialog-footer');
    // Enter in the search box or on the table must not install anything.
    if (key !== 'Enter' || inside) {
      super._evtKeydown(event);
    }
  }

  /** Say on the button what it would do. */
  private _refresh(): void {
    const button = this.node.querySelector('button.jp-mod-accept');
    const label = button?.querySelector('.jp-Dialog-buttonLabel');
    const count = this._model.selected.size;
    if (!(button instanceof HTMLButtonElement) || !label) {
      return;
    }
    button.disabled = this._model.activity !== null || count === 0;
    const text =
      count === 0
        ? this._trans.__('Install on workers')
        : this._trans._n(
            'Install %1 package on workers',
            'Install %1 packages on workers',
            count
          );
    label.textContent = text;
    button.setAttribute('aria-label', text);
  }
}

interface IProps {
  model: PackagesModel;
  trans: TranslationBundle;
}

/** What is different, and the button that changes that. */
function Packages({ model, trans }: IProps): JSX.Element {
  const [query, setQuery] = useState('');
  const [all, setAll] = useState(false);
  const wanted = query.trim().toLowerCase();
  const rows = model.rows
    .filter(row => all || (row.state !== 'same' && (!row.tool || row.used)))
    .filter(row => row.name.includes(wanted));
  return (
    <div className="jp-Dask-packages">
      <Status model={model} trans={trans} />
      {model.comparison !== null && (
        <>
          <div className="jp-Dask-packages-bar">
            <input
              type="search"
              className="jp-mod-styled"
              placeholder={trans.__('Search packages')}
              aria-label={trans.__('Search packages')}
              value={query}
              onChange={event => setQuery(event.target.value)}
            />
            <label>
              <input
                type="checkbox"
                checked={!all}
                onChange={event => setAll(!event.target.checked)}
              />
              {trans.__('Only differences that matter')}
            </label>
            <button
              type="button"
              className="jp-Dask-button"
              disabled={model.activity !== null}
              onClick={() => void model.compare()}
            >
              {trans.__('Compare again')}
            </button>
          </div>
          <Table model={model} trans={trans} rows={rows} />
        </>
      )}
    </div>
  );
}

/** What goes on, what went wrong, what came of it. */
function Status({ model, trans }: IProps): JSX.Element {
  const { activity, error, installed, progress } = model;
  const words = {
    waiting: trans.__('The kernel is busy; this begins when it is done.'),
    comparing: trans.__('Comparing the kernel with the scheduler and workers…'),
    installing: trans.__('Installing on the scheduler and all workers…'),
    restarting: trans.__('Restarting the workers…')
  };
  return (
    <div className="jp-Dask-packages-status" role="status">
      {activity !== null && (
        <>
          <div className="jp-Dask-progress" />
          <p>
            {words[activity]}{' '}
            {progress !== null &&
              trans.__(
                '%1 of %2 done, %3 failed.',
                progress.done,
                progress.total,
                progress.failed
              )}
          </p>
        </>
      )}
      {activity === null && error !== '' && (
        <p className="jp-Dask-packages-error" role="alert">
          {error}
        </p>
      )}
      {activity === null && error === '' && (
        <Here model={model} trans={trans} />
      )}
      {installed !== null && (
        <Outcome model={model} installed={installed} trans={trans} />
      )}
    </div>
  );
}

/** What is compared with what. */
function Here({ model, trans }: IProps): JSX.Element | null {
  const { comparison } = model;
  if (comparison === null) {
    return null;
  }
  const { kernel, places, silent } = comparison;
  const workers = places
    .filter(({ kind }) => kind === 'worker')
    .reduce((sum, { count }) => sum + count, 0);
  const shared = places.every(({ environments }) =>
    environments.every(it => it === kernel.environment)
  );
  const pythons = [...new Set(places.map(({ python }) => python))].join(', ');
  return (
    <>
      <p>
        {workers === 0
          ? trans.__('No worker is there yet: the scheduler is compared.')
          : trans._n(
              'Python %2 in this notebook, %3 on the scheduler and %1 worker.',
              'Python %2 in this notebook, %3 on the scheduler and %1 workers.',
              workers,
              kernel.python,
              pythons
            )}
      </p>
      {shared && (
        <p>
          {trans.__(
            'They share the environment of this notebook: what is installed there is installed here, too.'
          )}
        </p>
      )}
      {silent.length > 0 && (
        <p className="jp-Dask-packages-error">
          {trans.__('No answer from %1.', silent.join(', '))}
        </p>
      )}
    </>
  );
}

/** What came of an installation, and what is left to do. */
function Outcome(props: {
  model: PackagesModel;
  installed: IInstalled;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, installed, trans } = props;
  const { failed, failures, later, stale, total } = installed;
  const [sure, setSure] = useState(false);
  return (
    <>
      {failed === 0 && (
        <p>
          {later === ''
            ? trans.__(
                'Installed on the scheduler and all workers; workers that come later get the same.'
              )
            : trans.__(
                'Installed on the scheduler and all workers. Workers that come later will not have it: %1',
                later
              )}
        </p>
      )}
      {failures.map(failure => (
        <div key={failure.line} role="alert">
          <p className="jp-Dask-packages-error">
            <warningIcon.react tag="span" width="16px" height="16px" />{' '}
            {failureWords(failure, total, trans)}
          </p>
          {failure.output !== '' && (
            <details>
              <summary>{trans.__('What pip said')}</summary>
              <pre tabIndex={0}>{failure.output}</pre>
            </details>
          )}
        </div>
      ))}
      {stale > 0 && (
        <p>
          {trans._n(
            '%1 worker uses the former version until it is restarted.',
            '%1 workers use the former version until they are restarted.',
            stale
          )}{' '}
          {sure ? (
            <>
              {trans.__(
                'Running tasks begin anew, and data in memory is lost.'
              )}{' '}
              <button
                type="button"
                className="jp-Dask-button jp-mod-warn"
                onClick={() => void model.restart()}
              >
                {trans.__('Restart now')}
              </button>
            </>
          ) : (
            <button
              type="button"
              className="jp-Dask-button"
              onClick={() => setSure(true)}
            >
              {trans.__('Restart workers…')}
            </button>
          )}
        </p>
      )}
    </>
  );
}

function Table(props: IProps & { rows: ReadonlyArray<IRow> }): JSX.Element {
  const { model, rows, trans } = props;
  const able = rows.filter(canInstall).map(({ name }) => name);
  const chosen = able.filter(name => model.selected.has(name));
  if (rows.length === 0) {
    return (
      <p className="jp-Dask-packages-none">
        {model.rows.some(row => row.state !== 'same')
          ? trans.__('No package to show.')
          : trans.__('The workers have all packages of this notebook.')}
      </p>
    );
  }
  return (
    <div className="jp-Dask-packages-table" tabIndex={-1}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <input
                type="checkbox"
                aria-label={trans.__('Select all packages that are shown')}
                disabled={able.length === 0 || model.activity !== null}
                checked={able.length > 0 && chosen.length === able.length}
                onChange={event => model.select(able, event.target.checked)}
              />
            </th>
            <th scope="col">{trans.__('Package')}</th>
            <th scope="col">{trans.__('This notebook')}</th>
            <th scope="col">{trans.__('Cluster')}</th>
            <th scope="col" />
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <Row key={row.name} row={row} model={model} trans={trans} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row(props: IProps & { row: IRow }): JSX.Element {
  const { model, row, trans } = props;
  const able = canInstall(row) && model.activity === null;
  return (
    <tr data-package={row.name} className={`jp-mod-${row.state}`}>
      <td>
        <input
          type="checkbox"
          aria-label={trans.__('Install %1', row.name)}
          title={row.obstacle}
          disabled={!able}
          checked={model.selected.has(row.name)}
          onChange={event => model.select([row.name], event.target.checked)}
        />
      </td>
      <th scope="row">{row.name}</th>
      <td>{row.version}</td>
      <td>{row.there}</td>
      <td className="jp-Dask-packages-note">
        {row.state !== 'same' && row.obstacle !== ''
          ? row.obstacle
          : row.used
            ? trans.__('used here')
            : row.imported
              ? trans.__('imported')
              : ''}
      </td>
    </tr>
  );
}
