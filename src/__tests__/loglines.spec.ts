/// <reference types="node" />
import { LogLines, MAX_LINE, overlap } from '../loglines';

const ESC = String.fromCharCode(27);

describe('LogLines', () => {
  it('makes lines of pieces that end anywhere', () => {
    const lines = new LogLines();
    lines.append('one\ntw');
    expect(lines.length).toBe(2);
    expect(lines.open).toBe(true);
    lines.append('o\nthree\n');
    expect(lines.text()).toBe('one\ntwo\nthree\n');
    expect(lines.open).toBe(false);
    expect([lines.first, lines.end]).toEqual([0, 3]);
  });

  it('keeps the newest lines, each with its number', () => {
    const lines = new LogLines(3);
    lines.append('a\nb\nc\nd\ne\n');
    expect([lines.first, lines.end, lines.dropped]).toEqual([2, 5, 2]);
    expect(lines.at(2)).toBe('c');
    expect(lines.at(4)).toBe('e');
    expect(lines.full).toBe(true);
  });

  it('keeps so many characters', () => {
    const lines = new LogLines(1000, 100);
    for (let index = 0; index < 50; index++) {
      lines.append(`${'x'.repeat(19)}\n`);
    }
    expect(lines.length).toBe(5);
    lines.append('y'.repeat(200));
    expect(lines.length).toBe(1);
  });

  it('never uses a number again', () => {
    const lines = new LogLines();
    lines.append('one\ntwo\n');
    lines.clear();
    expect([lines.first, lines.end, lines.length]).toEqual([2, 2, 0]);
    lines.append('three\n');
    expect(lines.at(2)).toBe('three');
    expect(lines.full).toBe(false);
  });

  it('breaks a line that no browser can show', () => {
    const lines = new LogLines();
    for (let index = 0; index < 100; index++) {
      lines.append('x'.repeat(1000));
    }
    expect(lines.length).toBe(10);
    expect(lines.at(0)).toHaveLength(MAX_LINE);
    lines.append(`${'y'.repeat(MAX_LINE)}\n`);
    expect(lines.at(lines.end - 1).length).toBeLessThanOrEqual(MAX_LINE);
  });

  it('shows what a terminal would: no colours, the last of a progress bar', () => {
    const lines = new LogLines();
    lines.append(`${ESC}[1;31mred${ESC}[0m\r\n`);
    lines.append('  1 %\r 50 %');
    expect(lines.at(1)).toBe(' 50 %');
    lines.append('\r100 %\r');
    expect(lines.at(1)).toBe('100 %');
    lines.append('\n');
    expect(lines.text()).toBe('red\n100 %\n');
  });

  it('takes 50 MB without keeping them', () => {
    const lines = new LogLines();
    const piece = `${'a line of a hundred characters, more or less '.repeat(2)}\n`;
    const chunk = piece.repeat(Math.ceil((64 * 1024) / piece.length));
    // Of the processor: what else the machine does has no part in it.
    const before = process.cpuUsage();
    for (let size = 0; size < 50 * 2 ** 20; size += chunk.length) {
      lines.append(chunk);
    }
    expect(process.cpuUsage(before).user).toBeLessThan(5e6);
    expect(lines.length).toBe(20_000);
    expect(lines.dropped).toBeGreaterThan(400_000);
  });
});

describe('overlap', () => {
  const of = (text: string): LogLines => {
    const lines = new LogLines();
    lines.append(text);
    return lines;
  };

  it('finds how much of a log that is read anew is there already', () => {
    expect(overlap(of('a\nb\nc\n'), of('b\nc\nd\n'))).toBe(2);
    expect(overlap(of('a\nb\n'), of('a\nb\n'))).toBe(2);
    expect(overlap(of(''), of('a\n'))).toBe(0);
  });

  it('knows that lines are missing', () => {
    expect(overlap(of('a\nb\n'), of('y\nz\n'))).toBeNull();
  });

  it('knows lines that were cleared, of a long log only the last', () => {
    const lines = of('a\nb\nc');
    lines.clear();
    expect(lines.length).toBe(0);
    expect(lines.hidden).toBe(2);
    expect(overlap(lines, of('a\nb\nc\nd\n'))).toBe(2);
    lines.append('c\n');
    expect(lines.text()).toBe('c\n');
    expect(overlap(lines, of('b\nc\nd\n'))).toBe(2);
    lines.append('line\n'.repeat(100));
    lines.clear();
    expect(lines.hidden).toBe(20);
    expect(lines.text()).toBe('');
    lines.reset();
    expect(overlap(lines, of('line\n'))).toBe(0);
  });

  it('is not misled by a line that comes again', () => {
    expect(overlap(of('x\ntick\n'), of('x\ntick\ny\ntick\n'))).toBe(2);
  });
});
