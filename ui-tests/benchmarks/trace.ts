/** What Chromium's trace tells of one thing; times in µs. */
export interface ITraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  /** The same by the clock of the thread, which stands still while others have the processor. */
  tts?: number;
  tdur?: number;
  pid: number;
  tid: number;
}

/**
 * The processor time, in ms, of each task of the page's main thread in which something
 * happened: all that it did in one go.
 */
export function tasksWith(
  events: ReadonlyArray<ITraceEvent>,
  name: string
): number[] {
  const first = events.find(event => event.name === name);
  const ours = events.filter(
    ({ pid, tid }) => pid === first?.pid && tid === first?.tid
  );
  const tasks = ours.filter(({ name }) => /RunTask$/.test(name));
  const found = ours
    .filter(event => event.name === name)
    .map(mark => tasks.find(task => isIn(mark.ts, task)));
  const clock = readClock(ours);
  return [...new Set(found)].flatMap(task =>
    task === undefined ? [] : [processorTime(task, clock)]
  );
}

type Reading = readonly [wall: number, thread: number];

/** What both clocks said, and when. */
function readClock(events: ReadonlyArray<ITraceEvent>): Reading[] {
  return events
    .flatMap(({ dur = 0, tdur = 0, ts, tts }): Reading[] =>
      tts === undefined
        ? []
        : [
            [ts, tts],
            [ts + dur, tts + tdur]
          ]
    )
    .sort(([a], [b]) => a - b);
}

/**
 * Some kernels put the thread's clock 10 ms ahead twice a second. No thread has more
 * processor time than has passed, so between two readings the lesser counts.
 */
function processorTime(
  task: ITraceEvent,
  clock: ReadonlyArray<Reading>
): number {
  let sum = 0;
  let last: Reading | null = null;
  for (const reading of clock) {
    if (isIn(reading[0], task)) {
      const [wall, thread] = last ?? reading;
      sum += Math.min(reading[0] - wall, Math.max(0, reading[1] - thread));
      last = reading;
    }
  }
  return sum / 1000;
}

function isIn(time: number, { dur = 0, ts }: ITraceEvent): boolean {
  return ts <= time && time <= ts + dur;
}
