/** The `settings.json` of MQTT Explorer: all that it keeps, its connections under one key. */
import {
  booleanOf,
  entryOf,
  type Fields,
  fieldsOf,
  type ImportedConnection,
  type ImportNote,
  numberOf,
  subscriptionsOf,
  textOf,
  urlOf,
} from './importedConnection.ts';

const KEY = 'ConnectionManager_connections';
/** It makes one for each connection, and connects with the same again and again. */
const OWN_CLIENT_ID = /^mqtt-explorer-[0-9a-f]{8}$/;
const files = { selfSignedCertificate: 'tls.ca', clientCertificate: 'tls.certificate', clientKey: 'tls.key' };

export function readMqttExplorer(settings: unknown): ImportedConnection[] | undefined {
  const connections = fieldsOf(fieldsOf(settings)?.[KEY]);
  return connections && Object.values(connections).flatMap((each) => connectionOf(fieldsOf(each)));
}

function connectionOf(fields: Fields | undefined): ImportedConnection[] {
  const host = fields && textOf(fields, 'host');
  if (fields === undefined || host === undefined) return [];
  const notes: ImportNote[] = [];
  const isTls = booleanOf(fields, 'encryption') === true;
  const scheme = (textOf(fields, 'protocol') === 'ws' ? 'ws' : 'mqtt') + (isTls ? 's' : '');
  if (isTls && booleanOf(fields, 'certValidation') === false) notes.push({ kind: 'unchecked' });
  for (const [name, field] of Object.entries(files))
    if (fieldsOf(fields[name]) !== undefined) notes.push({ kind: 'contents', field });
  const clientId = textOf(fields, 'clientId');
  const password = textOf(fields, 'password');
  return [
    {
      entry: entryOf({
        name: textOf(fields, 'name') ?? host,
        url: urlOf(scheme, host, numberOf(fields, 'port'), textOf(fields, 'basePath')),
        username: textOf(fields, 'username'),
        clientId: clientId !== undefined && OWN_CLIENT_ID.test(clientId) ? undefined : clientId,
        protocolVersion: '3.1.1',
        subscriptions: subscriptionsOf(fields.subscriptions),
      }),
      secrets: { ...(password !== undefined && { password }) },
      notes,
    },
  ];
}
