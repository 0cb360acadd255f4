import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { commands, extensions } from 'vscode';
import { commandIds } from '../../../src/contracts/manifest.ts';
import { activate } from './workbench.ts';

describe('activation', () => {
  it('starts no engine', async () => {
    const { services, activationMs } = await activate();
    // Measured for whoever reads the log; the machine decides, so nothing is asserted. The budget is 50 ms.
    console.log(`activation took ${activationMs.toFixed(1)} ms`);
    assert.equal(services.engine.isRunning, false);
    assert.equal(services.broker.state.kind, 'stopped');
  });

  it('registers the commands that are declared, which are those of the manifest', async () => {
    await activate();
    const own = (await commands.getCommands(true)).filter((id) => id.startsWith('mqttWorkbench.'));
    const declared = Object.values<string>(commandIds).sort();
    // VS Code makes commands of its own for each view, such as mqttWorkbench.topics.focus.
    assert.deepEqual(own.filter((id) => declared.includes(id)).sort(), declared);
    const manifest = extensions.getExtension('mqtt-workbench.mqtt-workbench')?.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    assert.deepEqual(manifest.contributes.commands.map(({ command }) => command).sort(), declared);
  });
});
