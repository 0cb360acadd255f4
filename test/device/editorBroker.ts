/**
 * The local broker as the extension starts it, without VS Code: its settings over the defaults of package.json, read as they are
 * in the editor, and the engine in its thread. `editorBroker.ts SETTINGS`, as JSON. The person has agreed to what it exposes.
 *
 * Prints a line of JSON for each state of the broker, and ends, as the extension does, by SIGTERM.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { EngineClient } from '../../src/extension/engineClient.ts';
import { startEngineThread } from '../../src/extension/engineThread.ts';
import { LocalBroker } from '../../src/extension/localBroker.ts';
import { readSettings } from '../../src/extension/settings.ts';
import { inRepository } from '../support/repository.ts';

interface Manifest {
  contributes: { configuration: { properties: Record<string, { default: unknown }> } };
}

const { contributes } = JSON.parse(readFileSync(inRepository('package.json'), 'utf8')) as Manifest;
const user = JSON.parse(process.argv[2] ?? '{}') as Record<string, unknown>;
const defaultOf = (key: string): unknown =>
  contributes.configuration.properties[`mqttWorkbench.${key}`]?.default;
const { settings } = readSettings(
  {
    get: (key) => user[key] ?? defaultOf(key),
    inspect: (key) => ({ defaultValue: defaultOf(key), globalValue: user[key] }),
  },
  true,
  undefined,
);

const script = inRepository('src/engine/worker.ts');
const engine = new EngineClient((handlers) =>
  startEngineThread(script, { version: '1.2.3', limits: settings.limits }, handlers),
);
const broker = new LocalBroker(
  engine,
  () => settings,
  async () => ({ kind: 'noCertificate', message: 'TLS is off' }),
);
broker.onDidChangeState((state) => console.log(JSON.stringify(state)));
await broker.start({ mayExpose: true });
await once(process, 'SIGTERM');
await broker.stop();
await engine.end();
