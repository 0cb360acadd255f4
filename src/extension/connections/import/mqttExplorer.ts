/** The `settings.json` of MQTT Explorer: all that it keeps, its connections under one key. */
import type { TlsFileName } from '../../../contracts/tlsFiles.ts';
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

const KEY = 'ConnectionManager_connections';
/** It makes one for each connection, and connects with the same again and again. */
const OWN_CLIENT_ID = /^mqtt-explorer-[0-9a-f]{8}$/;

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
  const found = new FoundContents(notes);
  const content = (name: string, file: TlsFileName): string | undefined => {
    const certificate = fieldsOf(fields[name]);
    return certificate && found.content(Buffer.from(textOf(certificate, 'data') ?? '', 'base64'), file);
  };
  const tls = {
    ca: content('selfSignedCertificate', 'ca'),
    certificate: content('clientCertificate', 'certificate'),
    key: content('clientKey', 'key'),
  };
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
        tls: isTls ? entryOf(tls) : undefined,
        subscriptions: subscriptionsOf(fields.subscriptions),
      }),
      secrets: { ...(password !== undefined && { password }), ...found.secrets },
      notes,
    },
  ];
}
