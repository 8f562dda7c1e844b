import { Signal } from '@lumino/signaling';
import React, { act } from 'react';
import { createRoot, Root } from 'react-dom/client';

import { LogLines } from '../loglines';
import type { ILogModel, ILogPod, LogState } from '../logs';
import { Logs } from '../widgets/logView';
import { trans } from './fakes';

class FakeLogs implements ILogModel {
  readonly owner = 'demo';
  readonly lines = new LogLines();
  readonly changed: Signal<ILogModel, void> = new Signal(this);
  readonly tails = [100, Infinity];
  pods: ILogPod[] = [
    { name: 'scheduler', containers: ['scheduler'], previous: false },
    { name: 'worker', containers: ['worker', 'proxy'], previous: true }
  ];
  state: LogState = 'live';
  error = '';
  pod = 'scheduler';
  container = '';
  previous = false;
  tail = 100;
  following: boolean | null = true;
  visible = true;
  atEnd = true;
  isDisposed = false;
  downloadURL: string | null = null;

  clear(): void {
    this.lines.clear();
    this.changed.emit();
  }

  text(): string {
    return this.lines.text();
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

describe('Logs', () => {
  let host: HTMLElement;
  let root: Root;
  let model: FakeLogs;

  const append = (text: string): void =>
    act(() => {
      model.lines.append(text);
      model.changed.emit();
    });
  const text = (): string => host.textContent ?? '';
  const find = (selector: string): HTMLElement => {
    const node = host.querySelector<HTMLElement>(selector);
    if (node === null) {
      throw new Error(`There is no ${selector}.`);
    }
    return node;
  };
  const labelled = (label: string): HTMLElement =>
    find(`[aria-label="${label}"]`);
  const type = (value: string): void => {
    const input = labelled('Search the log') as HTMLInputElement;
    const setter = Object.getOwnPropertyDescriptor(
      HTMLInputElement.prototype,
      'value'
    )?.set;
    act(() => {
      setter?.call(input, value);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
  };

  beforeEach(() => {
    (
      globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
    ).IS_REACT_ACT_ENVIRONMENT = true;
    host = document.createElement('div');
    document.body.append(host);
    root = createRoot(host);
    model = new FakeLogs();
    act(() => root.render(<Logs model={model} trans={trans} />));
  });

  afterEach(() => {
    act(() => root.unmount());
    host.remove();
  });

  it('says what it does while there is nothing', () => {
    expect(text()).toContain('Nothing was printed yet.');
    append('one\n');
    expect(text()).toContain('Live');
    expect(text()).toContain('1 line');
  });

  it('draws few of many lines, the newest at the end', () => {
    append(
      Array.from({ length: 15_000 }, (_, index) => `line ${index}\n`).join('')
    );
    const drawn = host.querySelectorAll('.jp-Dask-log-line');
    expect(drawn.length).toBeLessThan(60);
    expect(drawn[drawn.length - 1].textContent).toBe('line 14999');
    expect(text()).toContain('15000 lines');
  });

  it('counts and marks what is searched', () => {
    append('ok\nERROR one\nok\nerror two\n');
    type('error');
    expect(text()).toContain('– of 2');
    expect(
      [...host.querySelectorAll('mark')].map(mark => mark.textContent)
    ).toEqual(['ERROR', 'error']);
    act(() => labelled('Next match').click());
    expect(text()).toContain('1 of 2');
    expect(find('.jp-mod-current').textContent).toBe('ERROR one');
    act(() => labelled('Previous match').click());
    expect(text()).toContain('2 of 2');
    type('nothing of that');
    expect(text()).toContain('none');
  });

  it('has choices only where there is something to choose', () => {
    expect(host.querySelector('[aria-label="Container"]')).toBeNull();
    expect(text()).not.toContain('Before the last restart');
    act(() => {
      model.pod = 'worker';
      model.changed.emit();
    });
    expect(labelled('Container').textContent).toBe('workerproxy');
    expect(text()).toContain('Before the last restart');
    act(() => {
      model.following = null;
      model.changed.emit();
    });
    expect(text()).not.toContain('Follow');
  });

  it('clears, and tells errors', () => {
    append('one\n');
    act(() => labelled('Clear the log: show only new lines').click());
    expect(host.querySelectorAll('.jp-Dask-log-line')).toHaveLength(0);
    act(() => {
      model.error = 'The pod is gone.';
      model.changed.emit();
    });
    expect(find('[role="alert"]').textContent).toBe('The pod is gone.');
  });

  it('says that new lines wait, and goes to them', () => {
    append('one\n');
    act(() => {
      model.state = 'paused';
      model.atEnd = false;
      model.changed.emit();
    });
    expect(text()).toContain('New lines wait');
    act(() =>
      [...host.querySelectorAll('button')]
        .find(button => button.textContent === 'Go to the end')
        ?.click()
    );
    expect(model.atEnd).toBe(true);
  });
});
