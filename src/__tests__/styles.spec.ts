import fs from 'fs';
import path from 'path';

const SRC = path.join(__dirname, '..');
const STYLE = path.join(SRC, '..', 'style');

interface IModule {
  text: string;
  /** What it imports of ours. */
  imports: string[];
  /** What it loads on use. */
  loads: string[];
  styles: string[];
}

const modules = new Map<string, IModule>();
for (const found of fs.readdirSync(SRC, { recursive: true })) {
  const file = path.join(SRC, String(found));
  if (/\.tsx?$/.test(file) && !/__tests__|\.d\.ts$/.test(file)) {
    modules.set(file, read(file));
  }
}

function read(file: string): IModule {
  const text = fs.readFileSync(file, 'utf-8');
  const all = (pattern: RegExp): string[] =>
    [...text.matchAll(pattern)].map(([, name]) =>
      path.resolve(path.dirname(file), name)
    );
  return {
    text,
    imports: all(/^(?:import|export)(?! type)\b[^;']*?from '(\.[^']*)';/gm),
    loads: all(/\bimport\(\s*'(\.[^']*)'/g),
    styles: all(/^import '(\.[^']*\.css)';/gm)
  };
}

/** All modules that come with one. */
function closure(file: string, seen = new Map<string, IModule>()) {
  const found = [file, `${file}.ts`, `${file}.tsx`].find(it => modules.has(it));
  const module = modules.get(found ?? '');
  if (found !== undefined && module && !seen.has(found)) {
    seen.set(found, module);
    module.imports.forEach(name => closure(name, seen));
  }
  return seen;
}

/** The classes of ours in a text. */
const classesOf = (text: string): Set<string> =>
  new Set(text.match(/\bjp-Dask-[\w-]+/g));

const sheets = new Map<string, Set<string>>();
for (const name of fs.readdirSync(STYLE)) {
  if (name.endsWith('.css')) {
    const text = fs.readFileSync(path.join(STYLE, name), 'utf-8');
    sheets.set(path.join(STYLE, name), classesOf(text));
  }
}

const loaded = new Set([...modules.values()].flatMap(({ loads }) => loads));

describe('styles', () => {
  it.each([...loaded].map(file => [path.relative(SRC, file), file]))(
    'come with what is loaded on use: %s',
    (_, file) => {
      const all = [...closure(file).values()];
      const there = new Set(all.flatMap(({ styles }) => styles));
      const styled = (name: string): boolean => {
        const by = [...sheets].filter(([, classes]) => classes.has(name));
        return by.length === 0 || by.some(([sheet]) => there.has(sheet));
      };
      const used = all.flatMap(({ text }) => [...classesOf(text)]);
      expect(used.filter(name => !styled(name))).toEqual([]);
    }
  );

  it('begin with what several views have in common', () => {
    for (const { styles } of modules.values()) {
      const names = styles.map(sheet => path.basename(sheet));
      expect(names.length === 0 || names[0] === 'base.css').toBe(true);
    }
  });

  it('do not come with the page, nor does React', () => {
    const all = [...closure(path.join(SRC, 'index')).values()];
    expect(all.flatMap(({ styles }) => styles)).toEqual([]);
    expect(all.some(({ text }) => /JSX|React\b/.test(text))).toBe(false);
  });
});
