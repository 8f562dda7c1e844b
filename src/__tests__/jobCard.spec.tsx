import { CommandRegistry } from '@lumino/commands';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { CommandIDs } from '../tokens';
import { JOB_ARGS } from '../widgets/commandArgs';
import { IJobCardProps, JobCard } from '../widgets/jobCard';
import { makeJob, trans } from './fakes';

describe('JobCard', () => {
  let host: HTMLElement;
  let root: Root;
  let ran: string[];
  let commands: CommandRegistry;
  let props: IJobCardProps;

  const show = (part: Partial<IJobCardProps> = {}): void => {
    props = { ...props, ...part };
    act(() => root.render(<JobCard {...props} />));
  };
  const text = (): string => host.textContent ?? '';
  const button = (label: string): HTMLButtonElement | undefined =>
    [...host.querySelectorAll('button')].find(
      node =>
        node.textContent === label || node.getAttribute('aria-label') === label
    );
  const click = (label: string): void => act(() => button(label)?.click());

  beforeEach(() => {
    (
      globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
    ).IS_REACT_ACT_ENVIRONMENT = true;
    jest.useFakeTimers({ now: new Date('2026-11-21T10:02:30Z') });
    host = document.createElement('div');
    document.body.append(host);
    root = createRoot(host);
    ran = [];
    commands = new CommandRegistry();
    for (const id of [CommandIDs.jobLogs, CommandIDs.jobDelete]) {
      commands.addCommand(id, {
        describedBy: { args: JOB_ARGS },
        execute: ({ job }) => ran.push(`${id} ${String(job)}`)
      });
    }
    props = {
      job: makeJob(),
      commands,
      live: true,
      selected: false,
      trans,
      user: 'alice',
      onMenu: jest.fn(),
      onSelect: jest.fn(),
      onOpen: jest.fn(),
      onSelectCluster: jest.fn()
    };
  });

  afterEach(() => {
    act(() => root.unmount());
    host.remove();
    jest.useRealTimers();
  });

  it('has one row while it is closed: name, phase, how long', () => {
    show();
    expect(text()).toContain('nightly-etl');
    expect(text()).toContain('Running');
    expect(host.querySelector('.jp-Dask-job-elapsed')?.textContent).toMatch(
      /1 min 30 s|1:30|90 s/
    );
    expect(button('Logs')).toBeUndefined();
  });

  it('counts on while the job runs, and no longer once it has ended', () => {
    show();
    const elapsed = (): string =>
      host.querySelector('.jp-Dask-job-elapsed')?.textContent ?? '';
    const before = elapsed();
    act(() => {
      jest.advanceTimersByTime(5000);
    });
    expect(elapsed()).not.toBe(before);
    show({
      job: makeJob({ phase: 'Succeeded', ended: '2026-11-21T10:01:10Z' })
    });
    expect(elapsed()).toMatch(/10 s/);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('says why it failed', () => {
    show({ job: makeJob({ phase: 'Failed', reason: 'Exit code 3.' }) });
    expect(host.querySelector('.jp-mod-error')?.textContent).toBe(
      'Exit code 3.'
    );
  });

  it('leads to source, result and cluster when it is open', () => {
    const job = makeJob({ result: 'work/etl-result.ipynb' });
    show({ job, selected: true });
    click('work/etl.ipynb');
    click('work/etl-result.ipynb');
    expect(props.onOpen).toHaveBeenNthCalledWith(1, 'work/etl.ipynb');
    expect(props.onOpen).toHaveBeenNthCalledWith(2, 'work/etl-result.ipynb');
    act(() =>
      host
        .querySelector<HTMLElement>('[title="Show the cluster nightly-etl"]')
        ?.click()
    );
    expect(props.onSelectCluster).toHaveBeenCalledWith('nightly-etl');
  });

  it('runs the commands of the job, and offers only those that there are', () => {
    show({ selected: true });
    click('Logs');
    click('Delete job');
    expect(ran).toEqual([
      `${CommandIDs.jobLogs} nightly-etl`,
      `${CommandIDs.jobDelete} nightly-etl`
    ]);
    expect(button('Open result')).toBeUndefined();
  });
});
