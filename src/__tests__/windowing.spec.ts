import { topsOf, windowAmong, windowOf } from '../windowing';

describe('windowOf', () => {
  it('has the rows in sight and some around them', () => {
    expect(windowOf(0, 170, 17, 1000)).toEqual({ first: 0, end: 22 });
    expect(windowOf(8500, 170, 17, 1000)).toEqual({ first: 488, end: 522 });
    expect(windowOf(16_900, 170, 17, 1000)).toEqual({ first: 982, end: 1000 });
  });

  it('stays within what there is', () => {
    expect(windowOf(5000, 100, 17, 3)).toEqual({ first: 3, end: 3 });
    expect(windowOf(-50, 100, 17, 3)).toEqual({ first: 0, end: 3 });
    expect(windowOf(0, 100, 0, 3)).toEqual({ first: 0, end: 0 });
  });
});

describe('windowAmong', () => {
  it('finds rows of other heights', () => {
    const tops = topsOf(Array<number>(300).fill(28).concat([36, 36]));
    expect(tops[302]).toBe(300 * 28 + 72);
    const { end, first } = windowAmong(tops, 100 * 28, 10 * 28);
    expect(first).toBeLessThan(100);
    expect(first).toBeGreaterThan(80);
    expect(end).toBeGreaterThan(110);
    expect(end).toBeLessThan(130);
    expect(windowAmong(tops, tops[302], 100).end).toBe(302);
    expect(windowAmong([0], 0, 100)).toEqual({ first: 0, end: 0 });
  });
});
