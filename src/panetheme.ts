/**
 * The colours that pages of dashboards take over, as CSS colours without variables.
 */
export interface IPaneColors {
  readonly dark: boolean;
  readonly ground: string;
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly raised: string;
  readonly link: string;
}

/** What we use of Bokeh's models. */
interface IModel {
  readonly properties?: Record<string, unknown>;
  setv?: (values: Record<string, unknown>, options: { sync: boolean }) => void;
  [name: string]: unknown;
}

/** What we use of a page's `window`; all of Bokeh may be missing. */
type Page = Window & {
  Bokeh?: {
    documents?: { _all_models?: Map<string, IModel> }[];
  };
};

/** What the properties of Bokeh's models are for. Data has colours of its own. */
const ROLES: Readonly<Record<string, keyof IPaneColors>> = {
  axis_label_text_color: 'text',
  major_label_text_color: 'text',
  group_text_color: 'text',
  title_text_color: 'text',
  label_text_color: 'text',
  text_color: 'text',
  axis_line_color: 'faint',
  major_tick_line_color: 'faint',
  minor_tick_line_color: 'faint',
  grid_line_color: 'line',
  outline_line_color: 'line',
  border_line_color: 'line',
  hatch_color: 'line',
  background_fill_color: 'ground',
  border_fill_color: 'ground'
};

/** Black, white and greys are of the page; all else means something. */
const NEUTRAL =
  /^(black|white|[a-z]*gr[ae]y|#([\da-f])\2\2|#([\da-f]{2})\3\3)$/i;

const STYLE_ID = 'jp-dask-theme';

/**
 * Read the colours of JupyterLab's theme.
 */
export function readColors(host: HTMLElement = document.body): IPaneColors {
  const probe = document.createElement('span');
  host.appendChild(probe);
  const color = (name: string): string => {
    // A theme may compute its colours; a page elsewhere cannot.
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colors = {
    dark: document.body.dataset.jpThemeLight === 'false',
    ground: color('--jp-layout-color1'),
    text: color('--jp-ui-font-color1'),
    faint: color('--jp-ui-font-color2'),
    line: color('--jp-border-color2'),
    raised: color('--jp-layout-color2'),
    link: color('--jp-content-link-color')
  };
  probe.remove();
  return colors;
}

/**
 * Give a page of a dashboard the colours of JupyterLab. It is of our origin; nothing of
 * this goes to the scheduler. Can be called again, with other colours.
 */
export function paint(view: Window, colors: IPaneColors): void {
  const page = view as Page;
  const head = page.document.head as HTMLHeadElement | null;
  if (head === null) {
    // The parser has not begun: it could not add its root beside what we add.
    return;
  }
  addStyle(head, pageStyle(colors));
  for (const root of shadowsIn(page.document)) {
    addStyle(root, widgetStyle(colors));
  }
  for (const { _all_models } of page.Bokeh?.documents ?? []) {
    for (const model of _all_models?.values() ?? []) {
      paintModel(model, colors);
    }
  }
}

/** The colours that models came with, so that they can be painted again. */
const originals = new WeakMap<IModel, Map<string, unknown>>();

function paintModel(model: IModel, colors: IPaneColors): void {
  let known = originals.get(model);
  if (known === undefined) {
    known = new Map();
    for (const name of Object.keys(ROLES)) {
      if (name in model && isNeutral(model[name])) {
        known.set(name, model[name]);
      }
    }
    originals.set(model, known);
  }
  if (known.size > 0) {
    const values: Record<string, unknown> = {};
    for (const [name, original] of known) {
      values[name] = recolored(original, String(colors[ROLES[name]]));
    }
    try {
      model.setv?.(values, { sync: false });
    } catch {
      // A Bokeh of another kind: it keeps its colours, and its plot is to be seen.
    }
  }
}

function isNeutral(value: unknown): boolean {
  const color = isSpec(value) ? value.value : value;
  return typeof color === 'string' && NEUTRAL.test(color);
}

/** Some properties have their color in an object. */
function isSpec(value: unknown): value is { value: unknown } {
  return typeof value === 'object' && value !== null && 'value' in value;
}

function recolored(original: unknown, color: string): unknown {
  if (!isSpec(original)) {
    return color;
  }
  // Bokeh compares it with objects of its own page only.
  const made = Object.create(Object.getPrototypeOf(original)) as object;
  return Object.assign(made, original, { value: color });
}

/** Bokeh draws each of its widgets in a shadow tree of its own. */
function shadowsIn(root: Document | ShadowRoot): ShadowRoot[] {
  const found: ShadowRoot[] = [];
  for (const element of Array.from(root.querySelectorAll('*'))) {
    const { shadowRoot } = element;
    if (shadowRoot !== null) {
      found.push(shadowRoot, ...shadowsIn(shadowRoot));
    }
  }
  return found;
}

function addStyle(place: Node & ParentNode, text: string): void {
  let style = place.querySelector(`#${STYLE_ID}`);
  if (style === null) {
    style = (place.ownerDocument ?? document).createElement('style');
    style.id = STYLE_ID;
    place.appendChild(style);
  }
  style.textContent = text;
}

/** For the pages themselves: those of Bokeh, and those that are made of tables. */
function pageStyle(colors: IPaneColors): string {
  const { dark, ground, text, line, raised, link } = colors;
  return `
    html { color-scheme: ${dark ? 'dark' : 'light'}; }
    html, body { background: ${ground}; color: ${text}; }
    .navbar, .navbar ul, .dropdown-content { background: ${raised}; color: ${text}; }
    .navbar a, .dropdown-content a { color: ${text}; }
    .content a { color: ${link}; }
    th, td { border-color: ${line}; }
    ${dark ? '.navbar img[src*="fa-bars"] { filter: invert(0.8); }' : ''}
  `;
}

/** For Bokeh's widgets: tables, tabs and choices. */
function widgetStyle(colors: IPaneColors): string {
  const { dark, ground, text, line, raised } = colors;
  if (!dark) {
    return '';
  }
  return `
    .slick-header-column, .slick-cell, .bk-tab, .bk-input {
      color: ${text} !important;
      background: ${ground} !important;
      border-color: ${line} !important;
    }
    .slick-header-column, .slick-row.odd .slick-cell, .bk-tab.bk-active {
      background: ${raised} !important;
    }
  `;
}
