import { LogLines } from '../loglines';
import { LogRows, rowsOf } from '../logrows';

describe('rowsOf', () => {
  it('counts columns as a terminal does', () => {
    expect(rowsOf('', 10)).toBe(1);
    expect(rowsOf('0123456789', 10)).toBe(1);
    expect(rowsOf('0123456789a', 10)).toBe(2);
    expect(rowsOf('0123456789a', 0)).toBe(1);
    expect(rowsOf('\tab', 10)).toBe(1);
    expect(rowsOf('a\tabc', 10)).toBe(2);
    expect(rowsOf('漢字漢字漢', 10)).toBe(1);
    expect(rowsOf('漢字漢字漢字', 10)).toBe(2);
  });
});

describe('LogRows', () => {
  it('knows where each line begins', () => {
    const lines = new LogLines();
    const rows = new LogRows();
    rows.columns = 4;
    lines.append('abcdefgh\nij\nklmno\n');
    rows.sync(lines);
    expect(rows.total).toBe(5);
    expect([0, 1, 2].map(number => rows.top(number))).toEqual([0, 2, 3]);
    expect([0, 1, 2, 3, 4].map(row => rows.lineAt(row))).toEqual([
      0, 0, 1, 2, 2
    ]);
  });

  it('follows a line that grows, and other widths', () => {
    const lines = new LogLines();
    const rows = new LogRows();
    rows.columns = 4;
    lines.append('abc');
    rows.sync(lines);
    expect(rows.total).toBe(1);
    lines.append('defgh\n');
    rows.sync(lines);
    expect(rows.total).toBe(2);
    rows.columns = 2;
    rows.sync(lines);
    expect(rows.total).toBe(4);
    rows.columns = 0;
    rows.sync(lines);
    expect(rows.total).toBe(1);
  });

  it('tells how many rows are gone', () => {
    const lines = new LogLines(2);
    const rows = new LogRows();
    rows.columns = 4;
    lines.append('abcdefgh\nb\n');
    expect(rows.sync(lines)).toBe(0);
    lines.append('c\n');
    expect(rows.sync(lines)).toBe(2);
    expect(rows.total).toBe(2);
    expect(rows.lineAt(0)).toBe(1);
    lines.append('d\ne\nf\ng\n');
    expect(rows.sync(lines)).toBe(2);
    expect(rows.lineAt(0)).toBe(lines.first);
    lines.clear();
    rows.sync(lines);
    expect(rows.total).toBe(0);
  });
});
