// Runs in the same extension host as MQTT Workbench, so that it feels on the event loop what any other extension would.
// Writes what it measures to the file that MQTT_WORKBENCH_PROBE names, one JSON object a line.

const { appendFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
const vscode = require('vscode');

const resultFile = process.env.MQTT_WORKBENCH_PROBE ?? '';
/** Milliseconds between two looks at the loop; what the histogram records above it is delay. */
const resolutionMs = 10;

/** @param {Record<string, unknown>} result */
function report(result) {
  appendFileSync(resultFile, `${JSON.stringify(result)}\n`);
}

/** @param {vscode.ExtensionContext} context */
exports.activate = (context) => {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  let usageBefore = process.cpuUsage();
  const start = () => {
    histogram.reset();
    histogram.enable();
    usageBefore = process.cpuUsage();
    report({ kind: 'started' });
  };
  const stop = () => {
    histogram.disable();
    /** @param {number} nanoseconds */
    const delayMs = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolutionMs);
    const usage = process.cpuUsage(usageBefore);
    report({
      kind: 'eventLoop',
      delayP50Ms: delayMs(histogram.percentile(50)),
      delayP99Ms: delayMs(histogram.percentile(99)),
      delayMaxMs: delayMs(histogram.max),
      // Of the whole process: the engine's thread is part of it.
      processCpuSeconds: (usage.user + usage.system) / 1e6,
    });
  };
  // How much room V8 has made for young objects of VS Code differs by tens of megabytes: with these, it has all that it
  // ever makes. The engine has a heap of its own, of which nothing is touched here.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const memory = () => {
    Array.from({ length: 500_000 }, (_, value) => ({ value }));
    collect();
    report({ kind: 'memory', bytes: process.memoryUsage().rss });
  };
  context.subscriptions.push(
    vscode.commands.registerCommand('mqttWorkbenchProbe.memory', memory),
    vscode.commands.registerCommand('mqttWorkbenchProbe.start', start),
    vscode.commands.registerCommand('mqttWorkbenchProbe.stop', stop),
  );
};
