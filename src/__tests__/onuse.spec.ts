import { once } from '../once';
import { onFirstSight } from '../widgets/firstSight';
import { Visibility } from '../widgets/visibility';
import { settle } from './fakes';

describe('once', () => {
  it('makes one thing for all who call', async () => {
    let made = 0;
    const get = once(async () => ++made);
    expect(await Promise.all([get(), get()])).toEqual([1, 1]);
    expect(await get()).toBe(1);
  });

  it('tries again what failed', async () => {
    let tried = 0;
    const get = once(async () => {
      tried += 1;
      if (tried === 1) {
        throw new Error('There is no network.');
      }
      return tried;
    });
    await expect(get()).rejects.toThrow('There is no network.');
    expect(await get()).toBe(2);
  });
});

describe('onFirstSight', () => {
  let visibility: Visibility;
  const look = async (): Promise<void> => {
    visibility.shown = true;
    await settle();
    visibility.shown = false;
    await settle();
  };

  beforeEach(() => {
    visibility = new Visibility();
  });

  afterEach(() => visibility.dispose());

  it('loads once, and nothing before', async () => {
    const load = jest.fn(async () => undefined);
    onFirstSight(visibility, load);
    await settle();
    expect(load).toHaveBeenCalledTimes(0);
    await look();
    await look();
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('tries again when it is seen again', async () => {
    const load = jest
      .fn(async () => undefined)
      .mockRejectedValueOnce(new Error('There is no network.'));
    onFirstSight(visibility, load);
    await look();
    await look();
    await look();
    expect(load).toHaveBeenCalledTimes(2);
  });
});
