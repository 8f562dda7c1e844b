import { Signal } from '@lumino/signaling';

import { MOST, PaneCare } from '../panecare';
import { IPaneColors, paint } from '../panetheme';
import type { PaneContent } from '../widgets/panecontent';

/** A pane as far as it is cared for. */
class FakePane {
  readonly cluster = 'demo';
  readonly disposed = new Signal<FakePane, void>(this);
  readonly shown = new Signal<FakePane, void>(this);
  readonly woken: boolean[] = [];
  seen = Infinity;
  repainted = 0;
  readonly frame = {
    state: 'live',
    painter: null as unknown,
    wake: (slept: boolean) => this.woken.push(slept),
    repaint: () => (this.repainted += 1)
  };

  unload(): void {
    this.frame.state = 'blank';
  }

  show(): void {
    this.seen = Infinity;
    this.frame.state = 'live';
    this.shown.emit();
  }
}

describe('PaneCare', () => {
  let panes: FakePane[];
  let adopt: (pane: FakePane) => void;
  let suggested: string[];
  const themes = {
    themeChanged: new Signal<object, void>({})
  };

  function care(count: number): void {
    suggested = [];
    panes = [];
    const all = new PaneCare({
      themes: themes as unknown as PaneCare.IOptions['themes'],
      suggestMonitor: cluster => suggested.push(cluster)
    });
    adopt = pane => {
      panes.push(pane);
      all.adopt(pane as unknown as PaneContent);
    };
    Array.from({ length: count }, () => adopt(new FakePane()));
  }

  const states = (): string =>
    panes.map(({ frame }) => (frame.state === 'live' ? 'x' : '.')).join('');

  beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => {
    jest.clearAllTimers();
    jest.useRealTimers();
  });

  it('unloads those that were hidden the longest', () => {
    care(MOST + 2);
    expect(states()).toBe('x'.repeat(MOST + 2));
    panes[3].seen = 20;
    panes[4].seen = 10;
    panes[5].seen = 30;
    panes[0].show();
    expect(states()).toBe(`xxx..${'x'.repeat(MOST - 3)}`);
    // One that comes back takes the place of another.
    panes[4].show();
    expect(states()).toBe(`xxx.x.${'x'.repeat(MOST - 4)}`);
  });

  it('never takes what is seen, and says once that it is much', () => {
    care(MOST);
    expect(suggested).toEqual([]);
    const one = new FakePane();
    adopt(one);
    adopt(new FakePane());
    one.show();
    expect(states()).toBe('x'.repeat(MOST + 2));
    expect(suggested).toEqual(['demo']);
  });

  it('tells panes that the network is back', () => {
    care(1);
    window.dispatchEvent(new Event('online'));
    expect(panes[0].woken).toEqual([false]);
  });

  it('notices that the machine slept', () => {
    care(2);
    panes[1].seen = 5;
    jest.advanceTimersByTime(60_000);
    expect(panes[0].woken).toEqual([]);
    jest.setSystemTime(Date.now() + 3_600_000);
    jest.advanceTimersByTime(15_000);
    expect(panes[0].woken).toEqual([true]);
    expect(states()).toBe('x.');
    jest.advanceTimersByTime(15_000);
    expect(panes[0].woken).toEqual([true]);
  });

  it('follows the theme', () => {
    care(2);
    expect(panes[0].frame.painter).toBeInstanceOf(Function);
    themes.themeChanged.emit();
    expect(panes.map(({ repainted }) => repainted)).toEqual([1, 1]);
  });
});

describe('paint', () => {
  const dark: IPaneColors = {
    dark: true,
    ground: 'rgb(17, 17, 17)',
    text: 'rgb(222, 222, 222)',
    faint: 'rgb(150, 150, 150)',
    line: 'rgb(66, 66, 66)',
    raised: 'rgb(33, 33, 33)',
    link: 'rgb(100, 181, 246)'
  };
  const light = { ...dark, dark: false, text: 'rgb(33, 33, 33)' };

  function makeModel(values: Record<string, unknown>) {
    const options: unknown[] = [];
    const model: Record<string, unknown> & { options: unknown[] } = {
      ...values,
      options,
      setv: (changes: object, given: unknown) => {
        options.push(given);
        Object.assign(model, changes);
      }
    };
    return model;
  }

  function paintAll(models: object[], colors: IPaneColors): void {
    const _all_models = new Map(models.map((it, id) => [String(id), it]));
    const page = { document, Bokeh: { documents: [{ _all_models }] } };
    paint(page as unknown as Window, colors);
  }

  it('paints what is of the page, and leaves data alone', () => {
    const axis = makeModel({
      axis_line_color: 'black',
      major_label_text_color: { value: '#444444' },
      minor_tick_line_color: null
    });
    const glyph = makeModel({
      text_color: { field: 'color' },
      fill_color: 'black'
    });
    const title = makeModel({ text_color: 'red' });
    paintAll([axis, glyph, title], dark);
    expect(axis).toMatchObject({
      axis_line_color: dark.faint,
      major_label_text_color: { value: dark.text },
      minor_tick_line_color: null,
      // Nothing goes to the scheduler.
      options: [{ sync: false }]
    });
    expect(glyph).toMatchObject({
      text_color: { field: 'color' },
      fill_color: 'black',
      options: []
    });
    expect(title.text_color).toBe('red');
  });

  it('paints again, with other colours', () => {
    const title = makeModel({ text_color: '#444' });
    paintAll([title], dark);
    paintAll([title], light);
    expect(title.text_color).toBe(light.text);
    const styles = document.querySelectorAll('#jp-dask-theme');
    expect(styles).toHaveLength(1);
    expect(styles[0].textContent).toContain('color-scheme: light');
  });

  it('leaves a page alone that the browser has not begun to read', () => {
    const page = new Document();
    paint({ document: page } as unknown as Window, dark);
    expect(page.childNodes).toHaveLength(0);
  });

  it('paints pages without Bokeh, and shadow trees', () => {
    const host = document.createElement('div');
    document.body.append(host);
    const inner = document.createElement('div');
    host.attachShadow({ mode: 'open' }).append(inner);
    inner.attachShadow({ mode: 'open' });
    paint({ document } as unknown as Window, dark);
    expect(inner.shadowRoot?.textContent).toContain('slick-cell');
    expect(document.head.textContent).toContain(dark.ground);
  });
});
