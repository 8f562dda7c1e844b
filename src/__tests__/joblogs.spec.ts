import { Signal } from '@lumino/signaling';

import { JobLogsModel } from '../joblogs';
import type { Job, JobLogs } from '../schema';
import type { IJobManager } from '../tokens';
import { makeJob, trans } from './fakes';

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
    model = new JobLogsModel(
      jobs as unknown as IJobManager,
      jobs.job.name,
      trans
    );
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
    expect(model.lines.text()).toBe('one\n');
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
    expect(model.lines.text()).toBe('one\nlast\n');
    const after = jobs.log.length;
    await wait(60_000);
    expect(jobs.log).toHaveLength(after);
  });

  it('shows another pod, and older lines when they are wanted', async () => {
    model.visible = true;
    await wait(1);
    model.pod = 'worker-1';
    expect(model.state).toBe('loading');
    expect(model.lines.length).toBe(0);
    await wait(1);
    expect(model.lines.text()).toBe('two\n');
    model.tail = Infinity;
    await wait(1);
    expect(jobs.log.slice(-1)).toEqual(['worker-1 all']);
    expect(model.lines.text()).toBe('two\n');
  });

  it('puts only what is new behind the lines', async () => {
    jobs.lines.runner = 'one\ntwo\nthree\n';
    model.visible = true;
    await wait(1);
    const { end } = model.lines;
    // Of the last lines, the first are other ones each time.
    jobs.lines.runner = 'two\nthree\nfour\n';
    model.refresh();
    await wait(1);
    expect(model.lines.text()).toBe('one\ntwo\nthree\nfour\n');
    expect(model.lines.end).toBe(end + 1);
    expect(model.text()).toBe('two\nthree\nfour\n');
  });

  it('keeps what it has when a read fails, and says why', async () => {
    model.visible = true;
    await wait(1);
    jobs.failure = 'There is no such pod.';
    model.refresh();
    await wait(1);
    expect(model.error).toBe('There is no such pod.');
    expect(model.lines.text()).toBe('one\n');
  });
});
