/** What a click on a row does, while the row may be drawn again. */
import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { test } from 'node:test';
import type { TreeItem, TreeView } from 'vscode';
import { systemClock } from '../../../../src/base/clock.ts';
import { nextTurn } from '../../../../src/base/timeSlice.ts';
import { FakeClock } from '../../../support/fakeClock.ts';

const source = `
const registered = new Map();
export const executed = [];
export const commands = {
  registerCommand: (id, run) => (registered.set(id, run), { dispose: () => registered.delete(id) }),
  executeCommand: async (id, ...values) => registered.has(id) ? registered.get(id)(...values) : executed.push([id, ...values]),
};
`;
const url = `data:text/javascript,${encodeURIComponent(source)}`;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode' ? { url, format: 'module', shortCircuit: true } : next(specifier, context),
});
const { commands, executed } = await import(url);
const { registerRowCommand, withRowCommand } = await import('../../../../src/extension/views/rowCommands.ts');

interface Row {
  topic: string;
}

const itemOf = (row: Row): TreeItem =>
  ({ command: { command: 'open', title: '', arguments: [row] } }) as TreeItem; // what is asked of it

test('a row’s command has no arguments to be lost, and is of the row that is selected', async () => {
  const selection: Row[] = [];
  const view = { selection } as unknown as TreeView<Row>; // what is asked of it
  const clock = new FakeClock();
  registerRowCommand('mqttWorkbench.topics', { view, clock, itemOf });
  const { command } = withRowCommand(itemOf({ topic: 'a' }), 'mqttWorkbench.topics');
  assert.equal(command?.arguments, undefined);
  selection.push({ topic: 'b' });
  await commands.executeCommand(command?.command);
  assert.deepEqual(executed.splice(0), [['open', { topic: 'b' }]]);
});

test('a row that VS Code does not know while what is above it is drawn again is waited for, and not for ever', async () => {
  const selection: Row[] = [];
  const view = { selection } as unknown as TreeView<Row>; // what is asked of it
  const clock = new FakeClock();
  registerRowCommand('mqttWorkbench.topics', { view, clock, itemOf });
  const { command } = withRowCommand(itemOf({ topic: 'a' }), 'mqttWorkbench.topics');
  const opened = commands.executeCommand(command?.command);
  for (let i = 0; i < 10; i++) await pass(clock);
  assert.deepEqual(executed, []);
  selection.push({ topic: 'c' });
  await pass(clock);
  await opened;
  assert.deepEqual(executed.splice(0), [['open', { topic: 'c' }]]);
  selection.pop();
  const isGone = commands.executeCommand(command?.command);
  for (let i = 0; i < 200; i++) await pass(clock);
  await isGone;
  assert.deepEqual(executed, []);
  assert.equal(clock.pendingTimers, 0);
});

test('of two clicks that wait for their row, the newer one alone opens it', async () => {
  const selection: Row[] = [];
  const view = { selection } as unknown as TreeView<Row>; // what is asked of it
  const clock = new FakeClock();
  registerRowCommand('mqttWorkbench.topics', { view, clock, itemOf });
  const { command } = withRowCommand(itemOf({ topic: 'a' }), 'mqttWorkbench.topics');
  const clicks = [commands.executeCommand(command?.command), commands.executeCommand(command?.command)];
  await pass(clock);
  selection.push({ topic: 'b' });
  await pass(clock);
  await Promise.all(clicks);
  assert.deepEqual(executed.splice(0), [['open', { topic: 'b' }]]);
});

/** A moment, and what waits for it. */
async function pass(clock: FakeClock): Promise<void> {
  clock.advance(20);
  await nextTurn(systemClock);
}

test('a command without arguments stays as it is', () => {
  const item = { command: { command: 'showLog', title: '' } } as TreeItem; // what is asked of it
  assert.deepEqual(withRowCommand(item, 'mqttWorkbench.broker').command, { command: 'showLog', title: '' });
});
