/** What Export Connections writes: the setting, as a settings file has it, or its list alone. */
import { fieldsOf, type ImportedConnection } from './importedConnection.ts';

export const CONNECTIONS_KEY = 'mqttWorkbench.connections';

export function readWorkbench(settings: unknown): ImportedConnection[] | undefined {
  const list = fieldsOf(settings)?.[CONNECTIONS_KEY] ?? settings;
  if (!Array.isArray(list)) return undefined;
  const entries = list.map(fieldsOf);
  // Other programs' connections have a host and no address.
  if (!entries.some((entry) => entry !== undefined && 'url' in entry)) return undefined;
  return entries.flatMap((entry) =>
    entry === undefined ? [] : [{ entry: { ...entry }, secrets: {}, notes: [] }],
  );
}

/** @param entries of profiles: these have passed the rules of the setting, and have no field for a secret. */
export function exportText(entries: readonly Readonly<Record<string, unknown>>[]): string {
  return `${JSON.stringify({ [CONNECTIONS_KEY]: entries }, null, 2)}\n`;
}
