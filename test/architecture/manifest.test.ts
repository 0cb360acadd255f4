/** package.json, its strings, the ids in code and the docs: held together, so that none drifts from the others. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  commandIds,
  contextKeys,
  itemContexts,
  packetsContainerId,
  panelContainerId,
  settingKeys,
  viewContainerId,
  viewIds,
} from '../../src/contracts/manifest.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Menu {
  command: string;
  when?: string;
  group?: string;
}

interface Manifest {
  icon: string;
  engines: { vscode: string };
  extensionKind: string[];
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; title: string; category: string; icon?: string; enablement?: string }[];
    menus: Record<string, Menu[]>;
    views: Record<string, { id: string; name: string }[]>;
    viewsContainers: Record<'activitybar' | 'panel', { id: string; icon: string }[]>;
    viewsWelcome: { view: string; contents: string; when?: string }[];
    configuration: {
      properties: Record<
        string,
        { default: unknown; scope: string; description?: string; markdownDescription?: string }
      >;
    };
  };
}

const manifestText = read('package.json');
const manifest = JSON.parse(manifestText) as Manifest;
const nls = JSON.parse(read('package.nls.json')) as Record<string, string>;
const { contributes } = manifest;
const sorted = (values: Iterable<string>): string[] => [...values].sort();

test('the commands of the manifest are those that are declared in code', () => {
  assert.deepEqual(
    sorted(contributes.commands.map((command) => command.command)),
    sorted(Object.values(commandIds)),
  );
});

test('every command is in the category MQTT', () => {
  for (const command of contributes.commands) assert.equal(command.category, 'MQTT', command.command);
});

test('the palette leaves out only what belongs to a list or to two messages, each of which has keys of its own there', () => {
  const hidden = (contributes.menus.commandPalette ?? []).filter(({ when }) => when === 'false');
  assert.deepEqual(
    hidden.map(({ command }) => command).sort(),
    [
      // In the title of the Messages view; Export Messages… of the palette asks for the topics instead.
      commandIds.exportShownMessages,
      // A selection of one, compared from the menu of the other.
      commandIds.compareMessages,
      // Enter on the row.
      commandIds.showMoreTopics,
      commandIds.showMoreRetained,
      commandIds.showMoreClients,
    ].sort(),
  );
});

test('every menu entry names a command of the manifest', () => {
  const known = new Set<string>(Object.values(commandIds));
  for (const entry of Object.values(contributes.menus).flat())
    assert.ok(known.has(entry.command), entry.command);
});

test('a tree row has three inline actions at most', () => {
  const inline = (contributes.menus['view/item/context'] ?? []).filter((entry) =>
    entry.group?.startsWith('inline'),
  );
  for (const context of Object.values(itemContexts)) {
    const own = inline.filter((entry) => new RegExp(`\\b${context}\\b(?!\\w)`).test(entry.when ?? ''));
    assert.ok(own.length <= 3, `${context}: ${own.map((entry) => entry.command).join(', ')}`);
  }
});

test('no command is twice in one group of a row’s menu', () => {
  const seen = new Set<string>();
  for (const { command, when = '', group = '' } of contributes.menus['view/item/context'] ?? [])
    for (const [, context = ''] of when.matchAll(/viewItem == ([\w.]+)/g)) {
      const place = `${command} for ${context} in ${group.split('@')[0]}`;
      assert.ok(!seen.has(place), place);
      seen.add(place);
    }
});

test('a row of a recording is offered nothing that acts on the broker', () => {
  const acting: readonly string[] = [
    ...[commandIds.publish, commandIds.openPublishForm, commandIds.clearRetained],
    ...[commandIds.clearRetainedBranch, commandIds.startRecording, commandIds.pinTopic],
    commandIds.removeTopic,
  ];
  const { recording, recordedTopic, recordedBranch } = itemContexts;
  for (const { command, when = '' } of contributes.menus['view/item/context'] ?? [])
    for (const context of [recording, recordedTopic, recordedBranch])
      if (new RegExp(`${context}\\b`).test(when))
        assert.ok(!acting.includes(command), `${command}: ${context}`);
});

test('the views and their container are those that are declared in code', () => {
  assert.deepEqual(
    contributes.viewsContainers.activitybar.map((container) => container.id),
    [viewContainerId],
  );
  assert.deepEqual(
    contributes.viewsContainers.panel.map((container) => container.id),
    [panelContainerId, packetsContainerId],
  );
  const { messages, packets, ...ofSideBar } = viewIds;
  assert.deepEqual(
    contributes.views[viewContainerId]?.map((view) => view.id),
    Object.values(ofSideBar),
  );
  assert.deepEqual(
    contributes.views[panelContainerId]?.map((view) => view.id),
    [messages],
  );
  assert.deepEqual(
    contributes.views[packetsContainerId]?.map((view) => view.id),
    [packets],
  );
});

test('every view has a welcome text for when there is nothing yet', () => {
  const welcomed = new Set(contributes.viewsWelcome.map((welcome) => welcome.view));
  assert.ok(welcomed.has(viewIds.topics));
  for (const view of welcomed) assert.ok((Object.values(viewIds) as string[]).includes(view), view);
});

test('the settings of the manifest are those that are declared in code, and docs/settings.md describes each', () => {
  const declared = Object.values(settingKeys).map((key) => `mqttWorkbench.${key}`);
  assert.deepEqual(sorted(Object.keys(contributes.configuration.properties)), sorted(declared));
  const page = read('docs/settings.md');
  for (const [key, property] of Object.entries(contributes.configuration.properties)) {
    const row = page.split('\n').find((line) => line.includes(`\`${key}\``));
    assert.ok(row, `docs/settings.md has no row for ${key}`);
    // A list as JSON: as a text an empty one would be nothing.
    const shown = Array.isArray(property.default)
      ? JSON.stringify(property.default)
      : String(property.default);
    assert.ok(row.includes(`\`${shown}\``), `docs/settings.md: the default of ${key} is not ${shown}`);
    assert.ok(row.includes(property.scope), `docs/settings.md: the scope of ${key} is not ${property.scope}`);
  }
});

test('an untrusted workspace can set nothing that starts or exposes a broker', () => {
  const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  assert.equal(supported, 'limited');
  for (const key of [
    ...[settingKeys.host, settingKeys.port, settingKeys.autoStart, settingKeys.configFile],
    settingKeys.announce,
  ]) {
    assert.ok(restrictedConfigurations.includes(`mqttWorkbench.${key}`), key);
  }
  // VS Code would not even show it. That nothing is connected to is held by the tests of extension/connections.
  assert.ok(!restrictedConfigurations.includes(`mqttWorkbench.${settingKeys.connections}`));
});

test('the extension prefers the side of the person, where a board can reach the broker', () => {
  assert.deepEqual(manifest.extensionKind, ['ui', 'workspace']);
});

test('every %key% of the manifest has its text, and every text is used', () => {
  const used = new Set([...manifestText.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1] ?? ''));
  assert.deepEqual(sorted(Object.keys(nls)), sorted(used));
});

test('every string of contributes that a person reads is a %key%', () => {
  const texts = [
    ...contributes.commands.map((command) => command.title),
    ...contributes.viewsWelcome.map((welcome) => welcome.contents),
    ...Object.values(contributes.views).flatMap((views) => views.map((view) => view.name)),
    ...Object.values(contributes.configuration.properties).map(
      (p) => p.markdownDescription ?? p.description ?? '',
    ),
  ];
  for (const text of texts) assert.match(text, /^%[\w.]+%$/);
});

test('every context key of a when clause is one that the code sets, or VS Code’s own', () => {
  const own = new Set<string>(Object.values(contextKeys));
  const clauses = manifestText.match(/mqttWorkbench\.\w+(?=\s*(?:==|!=|&&|\|\||\)|"))/g) ?? [];
  const known = new Set<string>([
    ...own,
    ...Object.values(commandIds),
    ...Object.values(viewIds),
    ...Object.values(itemContexts),
    // No clause, but it looks like one.
    `mqttWorkbench.${settingKeys.decoders}`,
    `mqttWorkbench.${settingKeys.connections}`,
  ]);
  for (const clause of clauses) assert.ok(known.has(clause), clause);
});

test('icons that the manifest names are files', () => {
  for (const icon of [
    manifest.icon,
    ...Object.values(contributes.viewsContainers).flatMap((all) => all.map((container) => container.icon)),
  ]) {
    assert.ok(existsSync(path.join(root, icon)), icon);
  }
});

test('the types of VS Code are those of the oldest version that the extension runs on', () => {
  assert.equal(`^${manifest.devDependencies['@types/vscode']}`, manifest.engines.vscode);
});

test('every dependency is pinned to one version', () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
  }
});
