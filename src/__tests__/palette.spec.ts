import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ICommandPalette } from '@jupyterlab/apputils';

import { palettePlugin } from '../plugins/palette';
import { CommandIDs } from '../tokens';

describe('the command palette', () => {
  it('lists what makes sense without arguments', async () => {
    const listed: string[] = [];
    const palette = {
      addItem: ({ args = {}, command }: { args?: object; command: string }) =>
        void listed.push(`${command} ${JSON.stringify(args)}`)
    } as unknown as ICommandPalette;
    await palettePlugin.activate({} as JupyterFrontEnd, palette, null);
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed).toContain(`${CommandIDs.create} {}`);
    expect(listed).toContain(`${CommandIDs.openDashboard} {}`);
    expect(listed).toContain(`${CommandIDs.openDashboard} {"newTab":true}`);
    expect(listed).not.toContain(`${CommandIDs.openPlot} {}`);
    expect(listed).not.toContain(`${CommandIDs.jobDelete} {}`);
  });
});
