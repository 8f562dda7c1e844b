import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { downloadIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useState } from 'react';

import '../../style/base.css';
import '../../style/form.css';
import type { Cluster, Export } from '../schema';
import type { IClusterManager } from '../tokens';
import { TextBlock } from './preview';

/** A way to have a cluster as text. */
export interface IExportKind {
  kind: Export['kind'];
  label: string;
  /** What one does with it. */
  description: string;
  /** A name for the file, without the cluster's name. */
  file: string;
}

/**
 * The ways to have this cluster as text: manifests are for Kubernetes only.
 */
export function exportKinds(
  cluster: Cluster,
  trans: TranslationBundle
): ReadonlyArray<IExportKind> {
  const anywhere: IExportKind[] = [
    {
      kind: 'client',
      label: trans.__('Client'),
      description: trans.__('Python code that connects to this cluster.'),
      file: '_client.py'
    },
    {
      kind: 'python',
      label: trans.__('Python'),
      description: trans.__('Python code that makes such a cluster.'),
      file: '_cluster.py'
    }
  ];
  if (cluster.backend !== 'kubernetes') {
    return anywhere;
  }
  return [
    {
      kind: 'yaml',
      label: trans.__('YAML'),
      description: trans.__(
        'A manifest that makes such a cluster: kubectl apply -f FILE.'
      ),
      file: '.yaml'
    },
    ...anywhere,
    {
      kind: 'kubecluster',
      label: trans.__('KubeCluster'),
      description: trans.__(
        'Python code that attaches to this cluster and can scale it.'
      ),
      file: '_kubecluster.py'
    },
    {
      kind: 'job',
      label: trans.__('Job'),
      description: trans.__(
        'A manifest of a DaskJob: a runner beside such a cluster.'
      ),
      file: '-job.yaml'
    },
    {
      kind: 'kfp',
      label: trans.__('Pipeline'),
      description: trans.__(
        'A Kubeflow Pipelines component that runs a step with such a cluster.'
      ),
      file: '_component.py'
    }
  ];
}

/** The name of a file; Python's can be imported. */
export function fileName(cluster: string, { file }: IExportKind): string {
  const stem = file.endsWith('.py') ? cluster.replace(/-/g, '_') : cluster;
  return stem + file;
}

/** Show a cluster as text, in all the ways there are. */
export async function showExport(
  cluster: Cluster,
  manager: IClusterManager,
  trans: TranslationBundle
): Promise<void> {
  const body = ReactWidget.create(
    <ExportView cluster={cluster} manager={manager} trans={trans} />
  );
  const dialog = new Dialog({
    title: trans.__('Export “%1”', cluster.name),
    body,
    buttons: [Dialog.okButton({ label: trans.__('Close') })]
  });
  dialog.addClass('jp-Dask-ExportDialog');
  await dialog.launch();
}

interface IExportProps {
  cluster: Cluster;
  manager: IClusterManager;
  trans: TranslationBundle;
}

/** Tabs, and the text of the chosen one. */
export function ExportView(props: IExportProps): JSX.Element {
  const { cluster, trans } = props;
  const kinds = exportKinds(cluster, trans);
  const [chosen, setChosen] = useState(kinds[0]);
  const { busy, error, text } = useExport(props, chosen.kind);
  const move = (step: number): void => {
    const at = kinds.findIndex(({ kind }) => kind === chosen.kind);
    const next = kinds[(at + step + kinds.length) % kinds.length];
    setChosen(next);
    document.getElementById(`jp-Dask-export-${next.kind}`)?.focus();
  };
  return (
    <div className="jp-Dask-Export">
      <div
        className="jp-Dask-Export-tabs"
        role="tablist"
        aria-label={trans.__('Export as')}
        onKeyDown={({ key }) => {
          if (key === 'ArrowRight' || key === 'ArrowLeft') {
            move(key === 'ArrowRight' ? 1 : -1);
          }
        }}
      >
        {kinds.map(it => (
          <button
            key={it.kind}
            type="button"
            role="tab"
            id={`jp-Dask-export-${it.kind}`}
            aria-selected={it.kind === chosen.kind}
            aria-controls="jp-Dask-export-text"
            tabIndex={it.kind === chosen.kind ? 0 : -1}
            onClick={() => setChosen(it)}
          >
            {it.label}
          </button>
        ))}
      </div>
      <div
        id="jp-Dask-export-text"
        role="tabpanel"
        aria-labelledby={`jp-Dask-export-${chosen.kind}`}
      >
        <p className="jp-Dask-field-help">{chosen.description}</p>
        <TextBlock
          busy={busy}
          error={error}
          label={chosen.label}
          text={text}
          trans={trans}
        />
        <button
          type="button"
          className="jp-Dask-Export-download"
          disabled={text === ''}
          onClick={() => download(fileName(cluster.name, chosen), text)}
        >
          <downloadIcon.react tag="span" />
          {trans.__('Download %1', fileName(cluster.name, chosen))}
        </button>
      </div>
    </div>
  );
}

/** Each kind is read once. */
function useExport(
  { cluster, manager }: IExportProps,
  kind: Export['kind']
): { text: string; error: string; busy: boolean } {
  type Answers = Partial<
    Record<Export['kind'], { text: string; error: string }>
  >;
  const [answers, setAnswers] = useState<Answers>({});
  const known = answers[kind];
  useEffect(() => {
    if (known) {
      return;
    }
    const answer = (text: string, error: string): void =>
      setAnswers(before => ({ ...before, [kind]: { text, error } }));
    manager.export(cluster.name, kind).then(
      ({ content }) => answer(content, ''),
      error =>
        answer('', error instanceof Error ? error.message : String(error))
    );
  }, [kind]);
  return { text: known?.text ?? '', error: known?.error ?? '', busy: !known };
}

/** Give the browser a text as a file. */
function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
