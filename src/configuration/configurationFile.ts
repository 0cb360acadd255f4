/**
 * A configuration file of the broker: one JSON object with the names of settings.ts.
 *
 *     { "host": "0.0.0.0", "port": 1883, "wsPort": 9001, "users": "users.txt", "limits": { "maxConnections": 100 } }
 *
 * A relative path is relative to the file's folder, so that a project can be moved. Every problem names the file and
 * the place in it: for a broken syntax line and column, for a setting its name as `listeners[1].cert`.
 */

import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../base/messageOf.ts';
import { whyUnreadable } from '../broker/access/fileProblem.ts';
import type { BrokerLimits } from '../broker/limits.ts';
import type { ListenerConfiguration } from './brokerConfiguration.ts';
import type { ConfigurationProblem } from './configurationProblem.ts';
import { readFaults } from './faultSettings.ts';
import { later, type Place, problemAt, readFields, say } from './fields.ts';
import { readListener } from './listenerObject.ts';
import { limitFields, plainSettings, type SettingName, type Settings } from './settings.ts';

export type ConfigurationFileResult =
  | { readonly kind: 'settings'; readonly settings: Settings }
  | ConfigurationProblem;

export async function readConfigurationFile(file: string): Promise<ConfigurationFileResult> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return { kind: 'configurationProblem', file, message: whyUnreadable(error) };
  }
  return parseConfiguration(text, file);
}

/** @param file the name to say in a problem; relative paths start at its folder. */
export function parseConfiguration(text: string, file: string): ConfigurationFileResult {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return syntaxProblem(error, text, file);
  }
  const place: Place = { file, setting: '', folder: dirname(file) };
  const stray = strayLimit(json);
  if (stray !== undefined) {
    const message = `${say(stray)} is a limit, and stands inside of "limits": {"limits": {${say(stray)}: …}}`;
    return problemAt(place, stray, message);
  }
  const read = readFields<Record<SettingName, unknown>>(json, settingFields, place);
  if (read.kind !== 'fields') return read;
  const { listeners, limits, faults, ...plain } = read.values;
  const settings = plain as Settings; // each was checked against the table of settings.ts
  if (limits !== undefined) {
    const result = readFields<BrokerLimits>(limits, limitFields, { ...place, setting: 'limits' });
    if (result.kind !== 'fields') return result;
    settings.limits = result.values;
  }
  if (listeners !== undefined) {
    const result = readListeners(listeners, place);
    if (result.kind !== 'listeners') return result;
    settings.listeners = result.listeners;
  }
  if (faults !== undefined) {
    const result = readFaults(faults, place);
    if (result.kind !== 'faults') return result;
    settings.faults = result.faults;
  }
  return { kind: 'settings', settings };
}

const settingFields = { ...plainSettings, listeners: later, limits: later, faults: later };

/** A limit beside the settings instead of among the limits. */
function strayLimit(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  return Object.keys(json).find((name) => Object.hasOwn(limitFields, name));
}

function readListeners(
  value: unknown,
  place: Place,
): { kind: 'listeners'; listeners: readonly ListenerConfiguration[] } | ConfigurationProblem {
  if (!Array.isArray(value) || value.length === 0) {
    const message = `"listeners" is ${say(value)}, must be a list, as in [{"kind": "mqtt", "port": 1883}]`;
    return problemAt(place, 'listeners', message);
  }
  const listeners: ListenerConfiguration[] = [];
  for (const [index, object] of value.entries()) {
    const result = readListener(object, { ...place, setting: `listeners[${index}]` });
    if (result.kind !== 'listener') return result;
    listeners.push(result.listener);
  }
  return { kind: 'listeners', listeners };
}

/** At line and column, whichever of its forms V8 gave the message. */
function syntaxProblem(error: unknown, text: string, file: string): ConfigurationProblem {
  const message = messageOf(error);
  const position = /at position (\d+)/.exec(message)?.[1];
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  const reason = message.replace(/ in JSON at position.*$/s, '').replace(/, ".*$/s, '');
  return {
    kind: 'configurationProblem',
    file,
    line: before.length,
    column,
    message: `this is no valid JSON: ${reason}`,
  };
}
