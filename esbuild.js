// Builds every bundle: `node esbuild.js [--production] [--watch]`. Writes sizes to dist/meta.json for the budget tests.
const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'info',
};

/** The extension host and what runs beside it. VS Code 1.105 carries Node 22. */
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  // Without `module` first, some UMD packages bundle into something that crashes at load.
  mainFields: ['module', 'main'],
  // Native accelerators of ws: optional, never shipped.
  external: ['vscode', 'bufferutil', 'utf-8-validate'],
};

/**
 * What the extension seldom needs, each a bundle of its own, loaded when it is needed: what signs certificates brings the
 * X.509 library (docs/decisions/0011); the code for devices, the form of a connection with the words of its test, the questions
 * about a fault, what is said of a connection that came to nothing and of a profile that is wrong, what reads other programs'
 * connections, what is done with subscriptions, what asks for a file to be kept, the publish form, and the questions about a replay are as large as ten
 * commands.
 * Whoever imports one without `import()` would load it at activation, and is refused.
 */
const apart = {
  certificates: 'src/certificates/authority.ts',
  certificateActions: 'src/extension/commands/certificateActions.ts',
  fileActions: 'src/extension/commands/fileActions.ts',
  askForTlsContent: 'src/extension/connections/askForTlsContent.ts',
  connectFailure: 'src/extension/commands/connectFailure.ts',
  connectionCode: 'src/extension/connectionCode/connectionTargets.ts',
  connectionForms: 'src/extension/panels/connectionForms.ts',
  connectionFiles: 'src/extension/commands/connectionFiles.ts',
  faultSteps: 'src/extension/commands/faultSteps.ts',
  profileWords: 'src/extension/words/profileWords.ts',
  subscriptionActions: 'src/extension/commands/subscriptionActions.ts',
  publishTools: 'src/extension/publishing/publishTools.ts',
  replayRecording: 'src/extension/commands/replayRecording.ts',
};

/**
 * The same of the engine: half of what it would have to load before a broker listens are MQTT.js, with which it is a client
 * itself, the syntax of .proto files, and mDNS. Who imports a part of the clients past mqttClients.ts has MQTT.js in the
 * engine again: that is refused, too.
 */
const engineApart = {
  mqttClients: 'src/client/mqttClients.ts',
  multicastLink: 'src/discovery/multicastLink.ts',
  protobuf: 'protobufjs',
};

/**
 * What is imported by these names, the file's or the package's, is a bundle beside.
 *
 * @param {Readonly<Record<string, string>>} bundles
 * @returns {import('esbuild').Plugin}
 */
function keptApart(bundles) {
  return {
    name: 'kept apart',
    setup(build) {
      for (const [bundle, file] of Object.entries(bundles)) {
        // No other file of these names is there.
        const filter = new RegExp(`(^|/)${path.basename(file).replace('.', '\\.')}$`);
        build.onResolve({ filter }, ({ kind, path: specifier }) =>
          kind === 'dynamic-import'
            ? { path: `./${bundle}.js`, external: true }
            : { errors: [{ text: `${specifier} is loaded by import() alone` }] },
        );
      }
    },
  };
}

/**
 * A package that a bundle must do without.
 *
 * @param {string} name
 * @returns {import('esbuild').Plugin}
 */
function refused(name) {
  return {
    name: `without ${name}`,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, ({ importer }) => ({
        errors: [{ text: `${importer} brings ${name}, which is not to be loaded here` }],
      }));
    },
  };
}

const builds = [
  {
    ...node,
    entryPoints: { extension: 'src/extension/extension.ts' },
    plugins: [keptApart(apart)],
    // `import()` becomes `require()`, as the extension host loads everything else.
    supported: { 'dynamic-import': false },
  },
  { ...node, entryPoints: apart },
  {
    ...node,
    entryPoints: { engine: 'src/engine/worker.ts' },
    plugins: [keptApart(engineApart), refused('mqtt')],
    supported: { 'dynamic-import': false },
  },
  { ...node, entryPoints: engineApart },
  // One file, which can be taken anywhere.
  { ...node, entryPoints: { cli: 'src/cli/main.ts' } },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    target: 'chrome130',
    entryPoints: {
      'webview/messages': 'src/webview/messages/main.tsx',
      'webview/packets': 'src/webview/packets/main.tsx',
      'webview/inspector': 'src/webview/inspector/main.tsx',
      'webview/plot': 'src/webview/plot/main.tsx',
      'webview/publish': 'src/webview/publish/main.tsx',
      'webview/connection': 'src/webview/connection/main.tsx',
    },
    tsconfig: 'src/webview/tsconfig.json',
  },
].map((build) => ({ ...build, outdir: 'dist', absWorkingDir: __dirname }));

/**
 * The licenses of all packages that are in a bundle, as they ask to be passed on: dist/THIRD-PARTY-NOTICES.txt.
 *
 * @param {string[]} inputs
 */
function writeNotices(inputs) {
  const folders = inputs.map((input) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]);
  const sections = [...new Set(folders.filter((folder) => folder !== undefined))].sort().map((folder) => {
    const absolute = path.join(__dirname, folder);
    const { name, version, license } = JSON.parse(
      fs.readFileSync(path.join(absolute, 'package.json'), 'utf8'),
    );
    const file = fs.readdirSync(absolute).find((each) => /^(licen[cs]e|copying)(\.|$)/i.test(each));
    const text = file ? fs.readFileSync(path.join(absolute, file), 'utf8').trim() : `License: ${license}`;
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  const heading = 'MQTT Workbench contains these packages. Each is under its own license.\n';
  const line = `\n${'-'.repeat(80)}\n\n`;
  fs.writeFileSync(
    path.join(__dirname, 'dist', 'THIRD-PARTY-NOTICES.txt'),
    [heading, ...sections].join(line),
  );
}

async function main() {
  fs.rmSync(path.join(__dirname, 'dist'), { recursive: true, force: true });
  if (watch) {
    const contexts = await Promise.all(builds.map((build) => esbuild.context(build)));
    await Promise.all(contexts.map((context) => context.watch()));
    return;
  }
  const results = await Promise.all(builds.map((build) => esbuild.build(build)));
  const outputs = Object.assign({}, ...results.map((result) => result.metafile.outputs));
  writeNotices(results.flatMap((result) => Object.keys(result.metafile.inputs)));
  fs.writeFileSync(path.join(__dirname, 'dist', 'meta.json'), JSON.stringify({ outputs }, null, 1));
}

main().catch((error) => {
  // esbuild has printed its own errors; anything else is ours.
  if (!error.errors) console.error(error);
  process.exitCode = 1;
});
