import { Clipboard, MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, refreshIcon } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

import '../../style/base.css';
import '../../style/doctor.css';
import { DoctorModel, reportOf } from '../doctor';
import type { Check } from '../schema';
import { IconButton } from './buttons';
import { useChanged } from './changed';
import { clusterIcon } from './icons';
import { checkIcons } from './viewIcons';
import { LiveWidget } from './liveWidget';

/**
 * The doctor as a document of the main area.
 */
export function makeDoctorWidget(
  model: DoctorModel,
  trans: TranslationBundle
): MainAreaWidget<DoctorView> {
  const content = new DoctorView(model, trans);
  const widget = new MainAreaWidget({ content });
  widget.id = 'jupyter-dask-k8s-doctor';
  widget.title.label = trans.__('Dask Doctor');
  widget.title.icon = clusterIcon;
  widget.title.closable = true;
  return widget;
}

/**
 * The findings, what is wrong first, each with what mends it.
 */
export class DoctorView extends LiveWidget {
  constructor(
    readonly model: DoctorModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Dask-Doctor');
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  /** One that came back with the page waits until somebody looks. */
  protected onLive(live: boolean): void {
    if (live && this.model.answer === null) {
      void this.model.run();
    }
  }

  protected render(): JSX.Element {
    return <Findings model={this.model} trans={this._trans} />;
  }
}

/** What the parts of the view have in common. */
export interface IDoctorProps {
  model: DoctorModel;
  trans: TranslationBundle;
}

/** The whole view, without its widget. */
export function Findings({ model, trans }: IDoctorProps): JSX.Element {
  useChanged(model.changed);
  const { answer, busy, checks, error } = model;
  return (
    <>
      <Tools model={model} trans={trans} />
      {error !== '' && (
        <p className="jp-Dask-doctor-error" role="alert">
          {trans.__('The checks could not be made. %1', error)}
        </p>
      )}
      {busy && answer === null && <div className="jp-Dask-progress" />}
      <ul
        className="jp-Dask-doctor-checks"
        aria-label={trans.__('Checks')}
        aria-busy={busy}
      >
        {checks.map(check => (
          <Finding key={check.id} check={check} trans={trans} />
        ))}
      </ul>
    </>
  );
}

function Tools({ model, trans }: IDoctorProps): JSX.Element {
  const { answer, busy } = model;
  const [copied, setCopied] = useState<unknown>(null);
  const copyLabel =
    copied !== null && copied === answer
      ? trans.__('Copied')
      : trans.__('Copy report');
  return (
    <div
      className="jp-Dask-doctor-tools"
      role="toolbar"
      aria-label={trans.__('Dask Doctor')}
    >
      <p role="status">{summary(model, trans)}</p>
      <button
        type="button"
        className="jp-Dask-button"
        disabled={busy}
        onClick={() => void model.run()}
      >
        <refreshIcon.react tag="span" />
        {trans.__('Run again')}
      </button>
      <button
        type="button"
        className="jp-Dask-button"
        disabled={answer === null}
        title={trans.__('Copy all findings as Markdown, for an administrator')}
        onClick={() => {
          if (answer !== null) {
            Clipboard.copyToSystem(reportOf(answer));
            setCopied(answer);
          }
        }}
      >
        <copyIcon.react tag="span" />
        {copyLabel}
      </button>
    </div>
  );
}

/** What the findings come to, in a sentence. */
export function summary(model: DoctorModel, trans: TranslationBundle): string {
  if (model.busy) {
    return trans.__('Checking…');
  }
  if (model.answer === null) {
    return '';
  }
  const failed = model.count('failed');
  if (failed > 0) {
    return trans._n('%1 check failed.', '%1 checks failed.', failed);
  }
  const warnings = model.count('warning');
  return warnings > 0
    ? trans._n(
        'Clusters work, with %1 warning.',
        'Clusters work, with %1 warnings.',
        warnings
      )
    : trans.__('All is well.');
}

function Finding(props: {
  check: Check;
  trans: TranslationBundle;
}): JSX.Element {
  const { check, trans } = props;
  const { message, remedy, title, verdict } = check;
  const Icon = checkIcons[verdict].react;
  return (
    <li className={`jp-Dask-doctor-check jp-mod-${verdict}`}>
      <span
        className="jp-Dask-doctor-verdict"
        role="img"
        aria-label={verdictName(verdict, trans)}
        title={verdictName(verdict, trans)}
      >
        <Icon tag="span" width="16px" height="16px" />
      </span>
      <div>
        <h3>{title}</h3>
        <p>{message}</p>
        {remedy !== '' && <Remedy check={check} trans={trans} />}
      </div>
    </li>
  );
}

/** What an administrator can do, as text that can be copied. */
function Remedy(props: {
  check: Check;
  trans: TranslationBundle;
}): JSX.Element {
  const { check, trans } = props;
  const label = remedyName(check.remedy_kind, trans);
  return (
    <div className="jp-Dask-doctor-remedy">
      <div className="jp-Dask-doctor-remedy-head">
        <span>{label}</span>
        <IconButton
          icon={copyIcon}
          label={trans.__('Copy what mends “%1”', check.title)}
          onClick={() => Clipboard.copyToSystem(check.remedy)}
        />
      </div>
      <pre tabIndex={0} aria-label={label}>
        {check.remedy}
      </pre>
    </div>
  );
}

function verdictName(
  verdict: Check['verdict'],
  trans: TranslationBundle
): string {
  switch (verdict) {
    case 'ok':
      return trans.__('Well');
    case 'warning':
      return trans.__('Warning');
    case 'failed':
      return trans.__('Failed');
    case 'skipped':
      return trans.__('Skipped');
  }
}

function remedyName(
  kind: Check['remedy_kind'],
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'yaml':
      return trans.__('An administrator can apply this with kubectl:');
    case 'command':
      return trans.__('An administrator can run this:');
    default:
      return trans.__('An administrator can set this for the Jupyter server:');
  }
}
