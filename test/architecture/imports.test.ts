/**
 * The import table of docs/architecture.md, held against every source file.
 *
 * A room may import itself, the rooms listed for it, and the packages listed for it. An exception is a single file,
 * with the decision that allows it.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');

interface Room {
  rooms: readonly string[];
  packages: readonly string[];
  /** Single files of other rooms: decisions in docs/decisions. */
  files?: readonly string[];
}

const engineRooms = [
  ...['base', 'mqtt', 'broker', 'transports', 'configuration', 'persistence', 'client', 'decoders'],
  ...['model', 'observation', 'recording', 'trace', 'contracts'],
  'faults',
  'discovery',
];

/** `node:*` stands for every module of Node. */
const table: Record<string, Room> = {
  base: { rooms: [], packages: [] },
  mqtt: { rooms: ['base'], packages: ['node:*'] },
  broker: { rooms: ['base', 'mqtt'], packages: ['node:*'] },
  transports: { rooms: ['base', 'broker'], packages: ['node:*', 'ws'] },
  faults: { rooms: ['base', 'mqtt', 'broker'], packages: ['node:*'] },
  configuration: { rooms: ['base', 'broker', 'transports', 'faults'], packages: ['node:*'] },
  persistence: { rooms: ['base', 'broker', 'mqtt'], packages: ['node:*'] },
  client: { rooms: ['base', 'mqtt'], packages: ['node:*', 'mqtt', 'socks', 'ws'] },
  decoders: { rooms: ['base'], packages: ['node:*', 'protobufjs'] },
  model: { rooms: ['base', 'mqtt'], packages: [] },
  observation: { rooms: ['base', 'mqtt', 'broker', 'client', 'model'], packages: [] },
  recording: { rooms: ['base', 'mqtt'], packages: ['node:*'] },
  trace: { rooms: ['base', 'mqtt'], packages: [] },
  certificates: { rooms: ['base'], packages: ['node:*', '@peculiar/asn1-schema', '@peculiar/asn1-x509'] },
  discovery: { rooms: ['base'], packages: ['node:*', 'multicast-dns'] },
  engine: {
    rooms: engineRooms,
    packages: ['node:*'],
  },
  contracts: { rooms: [], packages: [] },
  extension: {
    rooms: ['base', 'contracts', 'certificates'],
    packages: ['node:*', 'vscode'],
    files: ['mqtt/topics.ts'],
  },
  webview: {
    rooms: ['base', 'contracts'],
    packages: ['preact', 'preact/hooks', 'uplot'],
    files: ['mqtt/topics.ts'],
  },
  cli: {
    rooms: [...engineRooms, 'engine'],
    packages: ['node:*'],
  },
};

const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
  .map((file) => file.split(path.sep).join('/'));

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, 'src', file), 'utf8');
  const specifiers = text.matchAll(/(?:\bfrom|\bimport|\brequire\()\s*\(?\s*['"]([^'"\n]+)['"]/g);
  return [...specifiers].map((match) => match[1] ?? '');
}

function problemWith(file: string, specifier: string): string | undefined {
  const room = file.split('/')[0] ?? '';
  const allowed = table[room];
  if (!allowed) return `src/${room} is not a room of the table`;
  if (!specifier.startsWith('.')) {
    const packages = specifier.startsWith('node:') ? [specifier, 'node:*'] : [specifier];
    return packages.some((name) => allowed.packages.includes(name))
      ? undefined
      : `may not import the package ${specifier}`;
  }
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
  const targetRoom = target.split('/')[0] ?? '';
  if (targetRoom === room || allowed.rooms.includes(targetRoom) || allowed.files?.includes(target))
    return undefined;
  return `may not import ${target}`;
}

test('every import in src is one that the table of rooms allows', () => {
  assert.ok(
    sources.length > 50,
    `only ${sources.length} sources found: is the test looking at the right folder?`,
  );
  const problems = sources.flatMap((file) =>
    importsOf(file).flatMap((specifier) => {
      const problem = problemWith(file, specifier);
      return problem ? [`src/${file} ${problem}`] : [];
    }),
  );
  assert.deepEqual(problems, []);
});

test('no two files of src import each other in a circle, types aside', () => {
  const graph = new Map<string, string[]>();
  for (const file of sources) {
    const text = readFileSync(path.join(root, 'src', file), 'utf8');
    const targets = [
      ...text.matchAll(/^(?:import|export)\s(?!type\s)[^;]*?\bfrom\s+['"](\.[^'"]+)['"]/gm),
    ].map((match) => path.posix.normalize(path.posix.join(path.posix.dirname(file), match[1] ?? '')));
    graph.set(file, targets);
  }
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      circles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  assert.deepEqual(circles, []);
});

test('the table in docs/architecture.md names the same rooms', () => {
  const page = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8');
  const rooms = [...page.matchAll(/^\| `src\/(\w+)` \|/gm)].map((match) => match[1]);
  assert.deepEqual(rooms.sort(), Object.keys(table).sort());
});
