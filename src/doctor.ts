import { ISignal, Signal } from '@lumino/signaling';
import type { IDisposable } from '@lumino/disposable';

import type { Check, Doctor } from './schema';
import { messageOf } from './target';

/** What matters most comes first. */
const ORDER: ReadonlyArray<Check['verdict']> = [
  'failed',
  'warning',
  'ok',
  'skipped'
];

/** The signs of the command line, also in reports. */
const MARKS: Readonly<Record<Check['verdict'], string>> = {
  failed: '✗',
  warning: '!',
  ok: '✓',
  skipped: '-'
};

/**
 * The last examination, and whether one is under way. No DOM in here.
 */
export class DoctorModel implements IDisposable {
  constructor(private readonly _ask: () => Promise<Doctor>) {}

  /** Emitted when anything changed. */
  get changed(): ISignal<DoctorModel, void> {
    return this._changed;
  }

  /** What was found last; `null` before. */
  get answer(): Doctor | null {
    return this._answer;
  }

  /** Why the last examination could not be made; empty when it could. */
  get error(): string {
    return this._error;
  }

  get busy(): boolean {
    return this._busy;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The checks, what is wrong first. */
  get checks(): ReadonlyArray<Check> {
    return [...(this._answer?.checks ?? [])].sort(
      (a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict)
    );
  }

  /** How many checks have a verdict. */
  count(verdict: Check['verdict']): number {
    return this.checks.filter(check => check.verdict === verdict).length;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** Examine everything; one at a time. Never rejects; see `error`. */
  async run(): Promise<void> {
    if (this._busy) {
      return;
    }
    this._busy = true;
    this._changed.emit();
    try {
      this._answer = await this._ask();
      this._error = '';
    } catch (error) {
      this._error = messageOf(error);
    }
    this._busy = false;
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<DoctorModel, void>(this);
  private _answer: Doctor | null = null;
  private _error = '';
  private _busy = false;
  private _isDisposed = false;
}

/**
 * The findings as Markdown, for an administrator or an issue. In English, as whoever
 * reads it may not have the language of the user.
 */
export function reportOf({ checks, healthy, time }: Doctor): string {
  const lines = [
    `# Dask doctor: ${healthy ? 'healthy' : 'something failed'}`,
    '',
    time,
    ''
  ];
  for (const check of checks) {
    const { message, remedy, remedy_kind: kind, title, verdict } = check;
    lines.push(`- ${MARKS[verdict]} **${title}** (${verdict}): ${message}`);
    if (remedy !== '') {
      lines.push('', ...fenced(remedy, LANGUAGES[kind]), '');
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

const LANGUAGES: Readonly<Record<Check['remedy_kind'], string>> = {
  '': '',
  yaml: 'yaml',
  command: 'bash',
  config: 'python'
};

/** A block of code inside of a list. */
function fenced(text: string, language: string): string[] {
  return ['```' + language, ...text.split('\n'), '```'].map(line =>
    line === '' ? '' : `  ${line}`
  );
}
