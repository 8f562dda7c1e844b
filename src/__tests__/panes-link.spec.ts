import { findByLink } from '../dashboardlink';
import { makeCluster } from './fakes';

const BASE = 'http://hub.example:8888/notebook/team-a/alice-nb/';

const demo = makeCluster({
  name: 'demo',
  scheduler_address: 'tcp://127.0.0.1:8786',
  dashboard_path: 'dask-k8s/clusters/demo/dashboard/status',
  dashboard_link: 'dask-k8s/dashboard/127.0.0.1:8787/status'
});
const train = makeCluster({
  name: 'train',
  scheduler_address: 'tcp://train-scheduler.team-a.svc.cluster.local:8786',
  dashboard_path: 'dask-k8s/clusters/train/dashboard/status',
  dashboard_link: 'dask-k8s/dashboard/10.1.2.3:8787/status'
});
const starting = makeCluster({
  name: 'starting',
  phase: 'Pending',
  scheduler_address: null,
  dashboard_link: null
});

function find(link: string, base = BASE): string | undefined {
  return findByLink(link, [starting, train, demo], base)?.name;
}

describe('findByLink', () => {
  it.each([
    [
      'a path with the base URL',
      '/notebook/team-a/alice-nb/dask-k8s/dashboard/127.0.0.1:8787/status'
    ],
    ['a path without it', '/dask-k8s/dashboard/127.0.0.1:8787/status'],
    ['a relative path', 'dask-k8s/dashboard/127.0.0.1:8787/status'],
    [
      'a whole URL',
      'https://hub.example/notebook/team-a/alice-nb/dask-k8s/dashboard/127.0.0.1:8787/status'
    ],
    ['an encoded port', '/dask-k8s/dashboard/127.0.0.1%3A8787/status'],
    ['no page', '/dask-k8s/dashboard/127.0.0.1:8787'],
    [
      'the path by name',
      '/notebook/team-a/alice-nb/dask-k8s/clusters/demo/dashboard/status'
    ],
    ['the scheduler itself', 'http://127.0.0.1:8787/status'],
    ['another name of this machine', 'http://localhost:8787/status'],
    ['jupyter-server-proxy', '/notebook/team-a/alice-nb/proxy/8787/status'],
    [
      'jupyter-server-proxy with a host',
      '/notebook/team-a/alice-nb/proxy/127.0.0.1:8787/status'
    ]
  ])('knows %s', (_, link) => {
    expect(find(link)).toBe('demo');
  });

  it('tells hosts apart that have the same port', () => {
    expect(find('http://10.1.2.3:8787/status')).toBe('train');
    expect(find('/dask-k8s/dashboard/10.1.2.3:8787/status')).toBe('train');
  });

  it('knows a scheduler by the name in its address', () => {
    const host = 'train-scheduler.team-a.svc.cluster.local';
    expect(find(`http://${host}:8787/status`)).toBe('train');
  });

  it('works at the root of a host', () => {
    const link = '/dask-k8s/dashboard/127.0.0.1:8787/status';
    expect(find(link, 'http://localhost:8888/')).toBe('demo');
    expect(find(link, '/')).toBe('demo');
  });

  it.each([
    '',
    'http://',
    'http://127.0.0.1:9999/status',
    'http://hub.example/status',
    '/dask-k8s/clusters/gone/dashboard/status',
    '/notebook/team-a/alice-nb/lab',
    '/dask-k8s/dashboard/%E0%A4%A/status'
  ])('finds nothing for %j', link => {
    expect(find(link)).toBeUndefined();
  });
});
