import { Signal } from '@lumino/signaling';

import { JobLogsModel } from '../joblogs';
import type { Job, JobLogs } from '../schema';
import type { IJobManager } from '../tokens';
import { makeJob } from './fakes';

/** Jobs with a log each, and how often which one was read. */
class FakeJobs {
  job: Job = makeJob({ logs: ['runner', 'worker-1'] });
  lines: Record<string, string> = { runner: 'one\n', 'worker-1': 'two\n' };
  failure = '';
  readonly log: string[] = [];
  readonly changed = new Signal<FakeJobs, void>(this);

  get = (name: string): Job | undefined =>
    name === this.job.name ? this.job : undefined;

  logs = async (
    name: string,
    pod = 'runner',
    tail?: number
  ): Promise<JobLogs> => {
    this.log.push(`${pod} ${tail ?? 'all'}`);
    if (this.failure !== '') {
      throw new Error(this.failure);
    }
    const text = this.lines[pod] ?? '';
    return { name, pod, text, complete: tail === undefined };
  };
}

describe('JobLogsModel', () => {
  let jobs: FakeJobs;
  let model: JobLogsModel;
  const wait = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    jest.useFakeTimers();
    jobs = new FakeJobs();
    model = new JobLogsModel(jobs as unknown as IJobManager, jobs.job.name);
  });

  afterEach(() => {
    model.dispose();
    jest.useRealTimers();
  });

  it('reads only while somebody looks', async () => {
    await wait(60_000);
    expect(jobs.log).toEqual([]);
    model.visible = true;
    await wait(1);
    expect(model.logs?.text).toBe('one\n');
    expect(jobs.log).toEqual(['runner 2000']);
    model.visible = false;
    await wait(60_000);
    expect(jobs.log).toHaveLength(1);
  });

  it('reads on while the job runs, and once more when it has ended', async () => {
    model.visible = true;
    await wait(10_000);
    const before = jobs.log.length;
    expect(before).toBeGreaterThan(2);
    jobs.lines.runner = 'one\nlast\n';
    jobs.job = { ...jobs.job, phase: 'Succeeded' };
    jobs.changed.emit();
    await wait(1);
    expect(model.logs?.text).toBe('one\nlast\n');
    const after = jobs.log.length;
    await wait(60_000);
    expect(jobs.log).toHaveLength(after);
  });

  it('shows another pod, and older lines when they are wanted', async () => {
    model.visible = true;
    await wait(1);
    model.pod = 'worker-1';
    expect(model.logs).toBeNull();
    await wait(1);
    expect(model.logs?.text).toBe('two\n');
    model.all = true;
    await wait(1);
    expect(jobs.log.slice(-1)).toEqual(['worker-1 all']);
    expect(model.logs?.complete).toBe(true);
  });

  it('keeps what it has when a read fails, and says why', async () => {
    model.visible = true;
    await wait(1);
    jobs.failure = 'There is no such pod.';
    model.refresh();
    await wait(1);
    expect(model.error).toBe('There is no such pod.');
    expect(model.logs?.text).toBe('one\n');
  });
});
