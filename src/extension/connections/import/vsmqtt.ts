/** The profiles of VSMqtt: the list under `vsmqtt.brokerProfiles`, as settings have it. */
import {
  booleanOf,
  entryOf,
  type Fields,
  FoundContents,
  fieldsOf,
  type ImportedConnection,
  type ImportNote,
  numberOf,
  subscriptionsOf,
  textOf,
  urlOf,
} from './importedConnection.ts';

export const VSMQTT_KEY = 'vsmqtt.brokerProfiles';
const OWN_CLIENT_ID = /^vsmqtt_client/;
const schemes: Readonly<Record<string, string>> = {
  ...{ mqtt: 'mqtt', tcp: 'mqtt', mqtts: 'mqtts', tls: 'mqtts', ssl: 'mqtts' },
  ...{ ws: 'ws', wx: 'ws', wss: 'wss', wxs: 'wss' },
};

/** @param settings a settings file, or the list alone. */
export function readVsmqtt(settings: unknown): ImportedConnection[] | undefined {
  const list = fieldsOf(settings)?.[VSMQTT_KEY] ?? settings;
  if (!Array.isArray(list)) return undefined;
  const profiles = list.map(fieldsOf);
  const isVsmqtt = profiles.some((each) => each !== undefined && 'host' in each && 'name' in each);
  return isVsmqtt ? profiles.flatMap(connectionOf) : undefined;
}

function connectionOf(fields: Fields | undefined): ImportedConnection[] {
  const host = fields && textOf(fields, 'host');
  if (fields === undefined || host === undefined) return [];
  const notes: ImportNote[] = [];
  const scheme = schemes[textOf(fields, 'protocol') ?? 'mqtt'] ?? 'mqtt';
  const hasTls = scheme === 'mqtts' || scheme === 'wss';
  const isUnchecked =
    booleanOf(fields, 'rejectUnauthorized') === false || booleanOf(fields, 'insecure') === true;
  if (hasTls && isUnchecked) notes.push({ kind: 'unchecked' });
  const clientId = textOf(fields, 'clientId');
  const password = textOf(fields, 'password');
  const passphrase = textOf(fields, 'passphrase');
  const found = new FoundContents(notes);
  const tls = found.pemFiles(fields);
  return [
    {
      entry: entryOf({
        name: textOf(fields, 'name') ?? host,
        url: urlOf(scheme, host, numberOf(fields, 'port'), textOf(fields, 'path')),
        username: textOf(fields, 'username'),
        clientId: clientId !== undefined && OWN_CLIENT_ID.test(clientId) ? undefined : clientId,
        protocolVersion: '3.1.1',
        keepAliveSeconds: numberOf(fields, 'keepalive'),
        tls: hasTls ? entryOf(tls) : undefined,
        subscriptions: subscriptionsOf(fields.savedSubscriptions),
      }),
      secrets: {
        ...(password !== undefined && { password }),
        ...(passphrase !== undefined && { passphrase }),
        ...found.secrets,
      },
      notes,
    },
  ];
}
