/** What MQTTX exports as JSON: one connection, or a list of them, of its newer and its older versions. */
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
  userPropertiesOf,
} from './importedConnection.ts';

const OWN_CLIENT_ID = /^mqttx_[0-9a-f]{8}$/;

export function readMqttx(exported: unknown): ImportedConnection[] | undefined {
  const list = [exported].flat().map(fieldsOf);
  // No other program's connection has both.
  const isMqttx = list.some((each) => each !== undefined && 'mqttVersion' in each && 'clean' in each);
  return isMqttx ? list.flatMap(connectionOf) : undefined;
}

function connectionOf(fields: Fields | undefined): ImportedConnection[] {
  const host = fields && textOf(fields, 'host');
  if (fields === undefined || host === undefined) return [];
  const notes: ImportNote[] = [];
  const protocol = textOf(fields, 'protocol') ?? 'mqtt';
  const isTls = booleanOf(fields, 'ssl') === true || protocol.endsWith('s') || protocol === 'wss';
  const scheme = (protocol.startsWith('ws') ? 'ws' : 'mqtt') + (isTls && protocol !== 'ws' ? 's' : '');
  const hasTls = scheme.endsWith('ss') || scheme === 'mqtts';
  if (hasTls && booleanOf(fields, 'rejectUnauthorized') === false) notes.push({ kind: 'unchecked' });
  // Of an older version they stand beside the others.
  const properties = { ...fields, ...fieldsOf(fields.properties) };
  if (textOf(properties, 'authenticationMethod') !== undefined)
    notes.push({ kind: 'option', option: 'authenticationMethod' });
  const clientId = textOf(fields, 'clientId');
  const isOwn = clientId === undefined || OWN_CLIENT_ID.test(clientId);
  const hasTime = booleanOf(fields, 'clientIdWithTime') === true;
  const password = textOf(fields, 'password');
  const found = new FoundContents(notes);
  const isClean = booleanOf(fields, 'clean') !== false;
  return [
    {
      entry: entryOf({
        name: textOf(fields, 'name') ?? host,
        url: urlOf(scheme, host, numberOf(fields, 'port'), textOf(fields, 'path')),
        username: textOf(fields, 'username'),
        clientId: isOwn && isClean ? undefined : hasTime ? `${clientId}{random}` : clientId,
        protocolVersion: textOf(fields, 'mqttVersion'),
        cleanStart: isClean ? undefined : false,
        keepAliveSeconds: numberOf(fields, 'keepalive'),
        sessionExpirySeconds: numberOf(properties, 'sessionExpiryInterval'),
        receiveMaximum: numberOf(properties, 'receiveMaximum'),
        maximumPacketSize: numberOf(properties, 'maximumPacketSize'),
        topicAliasMaximum: numberOf(properties, 'topicAliasMaximum'),
        requestResponseInformation: booleanOf(properties, 'requestResponseInformation'),
        requestProblemInformation: booleanOf(properties, 'requestProblemInformation'),
        userProperties: userPropertiesOf(properties.userProperties),
        will: willOf(fieldsOf(fields.will)),
        tls: hasTls ? tlsOf(fields, found) : undefined,
        subscriptions: subscriptionsOf(fields.subscriptions),
      }),
      secrets: { ...(password !== undefined && { password }), ...found.secrets },
      notes,
    },
  ];
}

function tlsOf(fields: Fields, found: FoundContents): Fields {
  const alpn = textOf(fields, 'ALPNProtocols');
  return entryOf({
    ...found.pemFiles(fields),
    alpn: alpn?.split(',').map((each) => each.trim()),
  });
}

/** It keeps one without a topic for none. */
function willOf(fields: Fields | undefined): Fields | undefined {
  const topic = fields && textOf(fields, 'lastWillTopic');
  if (fields === undefined || topic === undefined) return undefined;
  const properties = fieldsOf(fields.properties) ?? {};
  const indicator = booleanOf(properties, 'payloadFormatIndicator');
  return entryOf({
    topic,
    payload: textOf(fields, 'lastWillPayload'),
    qos: numberOf(fields, 'lastWillQos'),
    retain: booleanOf(fields, 'lastWillRetain'),
    delaySeconds: numberOf(properties, 'willDelayInterval'),
    payloadFormatIndicator: indicator === undefined ? undefined : Number(indicator),
    messageExpirySeconds: numberOf(properties, 'messageExpiryInterval'),
    contentType: textOf(properties, 'contentType'),
    responseTopic: textOf(properties, 'responseTopic'),
    correlationData: textOf(properties, 'correlationData'),
    userProperties: userPropertiesOf(properties.userProperties),
  });
}
