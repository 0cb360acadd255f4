/**
 * The environment for a program that we start: ours, without what would make it believe that it runs inside something
 * else. A test's own Node sets `NODE_TEST_CONTEXT`, and VS Code's terminal sets `VSCODE_*` and `ELECTRON_*`.
 */

const leaky =
  /^(NODE_TEST_CONTEXT|NODE_OPTIONS|NODE_V8_COVERAGE|NODE_CHANNEL_FD|NODE_UNIQUE_ID|VSCODE_.*|ELECTRON_.*)$/;

export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !leaky.test(name)) environment[name] = value;
  }
  return { ...environment, ...extra };
}
