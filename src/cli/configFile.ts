/**
 * A configuration file of `broker`: one JSON object with the flags' names in camelCase.
 *
 *     { "host": "0.0.0.0", "port": 1883, "wsPort": 9001, "users": "users.txt", "requireClientCert": false }
 *
 * Ports are numbers, switches are booleans, all else is text. A relative path is relative to the file's folder, so
 * that a project can be moved. Every problem names the file, and a broken syntax its line and column.
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { whyUnreadable } from '../broker/access/fileProblem.ts';
import { type BrokerSettings, brokerFlags, checkPort, type Flag } from './brokerFlags.ts';
import { nearMiss } from './nearMiss.ts';
import { type UsageProblem, usageProblem } from './usageProblem.ts';

export type ConfigResult = { kind: 'config'; settings: Partial<BrokerSettings> } | UsageProblem;

export async function readConfigFile(file: string): Promise<ConfigResult> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return usageProblem(`--config ${file}: ${whyUnreadable(error)}`);
  }
  return parseConfig(text, file);
}

export function parseConfig(text: string, file: string): ConfigResult {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    return usageProblem(describeSyntaxError(error, text, file));
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    return usageProblem(`${file}: must be a JSON object, as in {"port": 1883}`);

  const settings: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(config)) {
    const flag = brokerFlags.find((candidate) => candidate.name === name);
    if (flag === undefined) return usageProblem(`${file}: ${describeUnknown(name)}`);
    const wrong = checkValue(flag, value);
    if (wrong !== undefined) return usageProblem(`${file}: "${name}" ${wrong}`);
    settings[name] = flag.kind === 'path' ? resolve(dirname(file), value as string) : value; // checked: text
  }
  // Each name is one of BrokerSettings, and its value was checked against the flag's kind.
  return { kind: 'config', settings: settings as Partial<BrokerSettings> };
}

function checkValue({ kind }: Flag, value: unknown): string | undefined {
  switch (kind) {
    case 'switch':
      return typeof value === 'boolean' ? undefined : `is ${JSON.stringify(value)}, must be true or false`;
    case 'port':
      return checkPort(value);
    case 'text':
    case 'path':
      return typeof value === 'string' && value !== ''
        ? undefined
        : `is ${JSON.stringify(value)}, must be a text in quotes`;
  }
}

function describeUnknown(name: string): string {
  const near = nearMiss(
    name,
    brokerFlags.map((flag) => flag.name),
  );
  return `"${name}" is no setting${near === undefined ? '' : `, did you mean "${near}"?`}`;
}

/** `broker.json:3:12: …`, whichever of its forms V8 gave the message. */
function describeSyntaxError(error: unknown, text: string, file: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const position = /at position (\d+)/.exec(message)?.[1];
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  const reason = message.replace(/ in JSON at position.*$/s, '').replace(/, ".*$/s, '');
  return `${file}:${before.length}:${column}: this is no valid JSON: ${reason}`;
}
