import { LogLines } from '../loglines';
import { LogSearch, piecesOf } from '../logsearch';

describe('LogSearch', () => {
  let lines: LogLines;
  let search: LogSearch;
  const find = (query: string): ReadonlyArray<number> => {
    search.query = query;
    search.sync(lines);
    return search.found;
  };

  beforeEach(() => {
    lines = new LogLines(5);
    search = new LogSearch();
    lines.append('INFO start\nERROR one\nINFO x\nerror two\n');
  });

  it('finds lines, whatever their case', () => {
    expect(find('error')).toEqual([1, 3]);
    expect(find('none of these')).toEqual([]);
    expect(find('')).toEqual([]);
  });

  it('follows lines that come and go', () => {
    find('error');
    lines.append('last err');
    search.sync(lines);
    expect(search.found).toEqual([1, 3]);
    lines.append('or\n');
    search.sync(lines);
    expect(search.found).toEqual([1, 3, 4]);
    lines.append('x\ny\n');
    search.sync(lines);
    expect(search.found).toEqual([3, 4]);
  });

  it('goes round in both directions', () => {
    find('error');
    expect(search.position).toBe(0);
    expect(search.go(1, lines.first)).toBe(1);
    expect(search.go(1, lines.first)).toBe(3);
    expect(search.position).toBe(2);
    expect(search.go(1, lines.first)).toBe(1);
    expect(search.go(-1, lines.end)).toBe(3);
  });

  it('starts at the end when it goes back', () => {
    find('error');
    expect(search.go(-1, lines.end)).toBe(3);
  });
});

describe('piecesOf', () => {
  it('takes a line apart at what is looked for', () => {
    expect(piecesOf('An error, an ERROR', 'error')).toEqual([
      { text: 'An ', match: false },
      { text: 'error', match: true },
      { text: ', an ', match: false },
      { text: 'ERROR', match: true }
    ]);
    expect(piecesOf('nothing', 'error')).toEqual([
      { text: 'nothing', match: false }
    ]);
  });
});
