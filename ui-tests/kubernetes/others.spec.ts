import { expect, test } from '@playwright/test';
import { execFileSync, spawn } from 'child_process';
import fs from 'fs';
import os from 'os';
import path from 'path';

import { Lab } from '../lab';

/** What an open panel has to show of a change that somebody else has made, in ms. */
const SOON = 2_000;

/** A request follows the hint that caused it within so many ms. */
const CAUSED = 1_000;

const EVENTS = '/api/events/subscribe';

/** The others' kubectl: they have rights of their own. */
function kubectl(...args: string[]): string {
  return execFileSync(
    process.env.TESTBED_KUBECTL ?? 'kubectl',
    [
      `--kubeconfig=${process.env.OTHERS_KUBECONFIG}`,
      `--namespace=${process.env.TEAM}`,
      ...args
    ],
    { encoding: 'utf-8' }
  );
}

/** A DaskCluster as somebody writes it by hand. */
function manifest(name: string): string {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'dask-')), name);
  const code = [
    'import json, sys',
    'from dask_kubernetes.operator import make_cluster_spec as make',
    'name, image = sys.argv[1:]',
    'made = make(name, image=image, n_workers=0, worker_command="dask worker")',
    'args = made["spec"]["scheduler"]["spec"]["containers"][0]["args"]',
    'args[0:1] = ["dask", "scheduler"]',
    'print(json.dumps(made))'
  ].join('\n');
  const made = execFileSync(
    process.env.PYTHON ?? 'python',
    ['-c', code, name, process.env.DASK_IMAGE ?? 'localhost/dask:test'],
    { encoding: 'utf-8' }
  );
  fs.writeFileSync(file, made);
  return file;
}

test('what others do is seen at once, and by hints alone', async ({ page }) => {
  const lab = new Lab(page);
  const hints: number[] = [];
  const requests: Array<{ time: number; url: string }> = [];
  page.on('websocket', socket => {
    if (socket.url().includes(EVENTS)) {
      socket.on('framereceived', () => hints.push(Date.now()));
    }
  });
  await lab.open('others');
  await expect(lab.panel).toContainText('No clusters yet');
  await page.waitForLoadState('networkidle');
  page.on('request', request => {
    if (request.url().includes('/dask-k8s/api/clusters')) {
      requests.push({ time: Date.now(), url: request.url() });
    }
  });

  const times: Record<string, number> = {};
  const soon = async (what: string, seen: () => Promise<void>) => {
    const begin = Date.now();
    await seen();
    times[what] = Date.now() - begin;
  };
  const file = manifest('theirs');
  const card = lab.card('theirs');
  const timeout = SOON;

  kubectl('apply', '-f', file);
  await soon('kubectl apply', () => expect(card).toBeVisible({ timeout }));
  // The operator makes the group that is scaled next.
  await expect
    .poll(() => kubectl('get', 'daskworkergroups', '-o', 'name'))
    .toContain('theirs-default');

  kubectl('scale', 'daskworkergroup', 'theirs-default', '--replicas=1');
  await soon('kubectl scale', () =>
    expect(card).toContainText('/1 worker', { timeout })
  );
  const bounds = {
    apiVersion: 'kubernetes.dask.org/v1',
    kind: 'DaskAutoscaler',
    metadata: { name: 'theirs' },
    spec: { cluster: 'theirs', minimum: 1, maximum: 3 }
  };
  fs.writeFileSync(file, JSON.stringify(bounds));
  kubectl('apply', '-f', file);
  await soon('an autoscaler', () =>
    expect(card).toContainText(/adaptive|1.3/i, { timeout })
  );
  await lab.picture('kubernetes-others');

  const program = spawn(
    process.env.PYTHON ?? 'python',
    [
      '-c',
      [
        'import sys',
        'from dask_kubernetes.operator import KubeCluster',
        'KubeCluster(name="notebook", image=sys.argv[1], n_workers=0, namespace=sys.argv[2],',
        '            worker_command="dask worker", shutdown_on_close=False)'
      ].join('\n'),
      process.env.DASK_IMAGE ?? 'localhost/dask:test',
      process.env.TEAM ?? ''
    ],
    {
      env: { ...process.env, KUBECONFIG: process.env.OTHERS_KUBECONFIG },
      stdio: 'ignore'
    }
  );
  try {
    await expect
      .poll(() => kubectl('get', 'daskclusters', '-o', 'name'), {
        timeout: 60_000,
        intervals: [100]
      })
      .toContain('notebook');
    await soon('KubeCluster(name=...)', () =>
      expect(lab.card('notebook')).toBeVisible({ timeout })
    );
  } finally {
    program.kill();
  }

  kubectl('delete', 'daskcluster', 'theirs', 'notebook', '--wait=false');
  await soon('kubectl delete', async () => {
    await expect(card.or(lab.panel.getByText('No clusters yet'))).toHaveText(
      /Shutting down|Stopping|No clusters yet/,
      { timeout }
    );
  });
  await expect(lab.panel).toContainText('No clusters yet', {
    timeout: 120_000
  });

  process.stdout.write(`seen after (ms): ${JSON.stringify(times)}\n`);
  const causeless = requests.filter(
    ({ time }) => !hints.some(hint => hint <= time && time - hint < CAUSED)
  );
  process.stdout.write(
    `${requests.length} requests for ${hints.length} hints\n`
  );
  expect(causeless).toEqual([]);
});
