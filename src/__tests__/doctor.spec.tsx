import { Clipboard } from '@jupyterlab/apputils';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { DoctorModel, reportOf } from '../doctor';
import type { Check, Doctor } from '../schema';
import { Findings } from '../widgets/doctorView';
import { trans } from './fakes';

function makeCheck(part: Partial<Check> = {}): Check {
  return {
    id: 'api',
    title: 'Kubernetes API',
    verdict: 'ok',
    message: 'It answers.',
    remedy: '',
    remedy_kind: '',
    ...part
  };
}

const FAILED = makeCheck({
  id: 'rbac.pods',
  title: 'Rights on pods',
  verdict: 'failed',
  message: 'We may not list pods.',
  remedy: 'kind: Role\n\nrules: []',
  remedy_kind: 'yaml'
});

function makeAnswer(...checks: Check[]): Doctor {
  return {
    healthy: checks.every(({ verdict }) => verdict !== 'failed'),
    time: '2026-11-21T10:00:00Z',
    checks
  };
}

describe('DoctorModel', () => {
  it('has what is wrong first', async () => {
    const warning = makeCheck({ id: 'gpus', verdict: 'warning' });
    const skipped = makeCheck({ id: 'quota', verdict: 'skipped' });
    const answer = makeAnswer(skipped, makeCheck(), warning, FAILED);
    const model = new DoctorModel(async () => answer);
    expect(model.checks).toEqual([]);
    await model.run();
    expect(model.checks.map(({ id }) => id)).toEqual([
      'rbac.pods',
      'gpus',
      'api',
      'quota'
    ]);
    expect(model.count('failed')).toBe(1);
  });

  it('runs once at a time, and tells of changes', async () => {
    let asked = 0;
    let finish = (_: Doctor): void => undefined;
    const model = new DoctorModel(() => {
      asked++;
      return new Promise(resolve => {
        finish = resolve;
      });
    });
    const busy: boolean[] = [];
    model.changed.connect(() => busy.push(model.busy));
    const first = model.run();
    await model.run();
    finish(makeAnswer());
    await first;
    expect(asked).toBe(1);
    expect(busy).toEqual([true, false]);
  });

  it('keeps the last answer when the server does not answer', async () => {
    const answers = [makeAnswer(FAILED)];
    const model = new DoctorModel(async () => {
      const answer = answers.pop();
      if (!answer) {
        throw new Error('The Jupyter server cannot be reached.');
      }
      return answer;
    });
    await model.run();
    await model.run();
    expect(model.error).toBe('The Jupyter server cannot be reached.');
    expect(model.checks).toHaveLength(1);
  });
});

describe('reportOf', () => {
  it('is Markdown with the remedies', () => {
    expect(reportOf(makeAnswer(makeCheck(), FAILED))).toBe(
      [
        '# Dask doctor: something failed',
        '',
        '2026-11-21T10:00:00Z',
        '',
        '- ✓ **Kubernetes API** (ok): It answers.',
        '- ✗ **Rights on pods** (failed): We may not list pods.',
        '',
        '  ```yaml',
        '  kind: Role',
        '',
        '  rules: []',
        '  ```',
        ''
      ].join('\n')
    );
    expect(reportOf(makeAnswer(makeCheck()))).toContain('healthy');
  });
});

describe('Findings', () => {
  let node: HTMLElement;
  let root: Root;

  beforeEach(() => {
    (
      globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
    ).IS_REACT_ACT_ENVIRONMENT = true;
    node = document.createElement('div');
    document.body.appendChild(node);
    root = createRoot(node);
  });

  afterEach(() => {
    act(() => root.unmount());
    node.remove();
  });

  async function show(model: DoctorModel): Promise<void> {
    await act(async () => {
      root.render(<Findings model={model} trans={trans} />);
    });
    await act(() => model.run());
  }

  const button = (text: string): HTMLButtonElement => {
    const found = [...node.querySelectorAll('button')].find(
      it => it.textContent === text || it.getAttribute('aria-label') === text
    );
    if (!found) {
      throw new Error(`There is no button “${text}”.`);
    }
    return found;
  };

  it('shows findings, and copies what mends them', async () => {
    const copied: string[] = [];
    jest
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(data => void copied.push(String(data)));
    const answer = makeAnswer(makeCheck(), FAILED);
    await show(new DoctorModel(async () => answer));
    expect(node.querySelector('[role=status]')?.textContent).toBe(
      '1 check failed.'
    );
    expect(node.querySelectorAll('li')).toHaveLength(2);
    expect(node.querySelector('pre')?.textContent).toBe(FAILED.remedy);
    expect(node.querySelector('[role=img]')?.getAttribute('aria-label')).toBe(
      'Failed'
    );
    act(() => button('Copy what mends “Rights on pods”').click());
    act(() => button('Copy report').click());
    expect(copied).toEqual([FAILED.remedy, reportOf(answer)]);
    expect(button('Copied')).toBeTruthy();
  });

  it('runs again', async () => {
    const answers = [makeAnswer(makeCheck()), makeAnswer(FAILED)];
    await show(new DoctorModel(async () => answers.pop() ?? makeAnswer()));
    expect(node.textContent).toContain('1 check failed.');
    await act(async () => button('Run again').click());
    expect(node.textContent).toContain('All is well.');
    expect(node.querySelector('pre')).toBeNull();
  });

  it('says why there are no findings', async () => {
    await show(
      new DoctorModel(async () => {
        throw new Error('No way.');
      })
    );
    expect(node.querySelector('[role=alert]')?.textContent).toBe(
      'The checks could not be made. No way.'
    );
  });
});
