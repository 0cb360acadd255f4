/** What the form of a connection calls its fields, and what it says of them. */
import type { FormField, FormText, Transport } from '../../contracts/connectionForm.ts';
import { count, t } from '../shared/l10n.ts';

export function fieldLabel(field: FormField): string {
  const [first, number] = field.split('.');
  if (first === 'subscriptions' && number !== undefined)
    return t('Topic filter {0}', count(Number(number) + 1));
  switch (field) {
    case 'name':
      return t('Name');
    case 'transport':
      return t('Way to the broker');
    case 'host':
      return t('Host');
    case 'port':
      return t('Port');
    case 'path':
      return t('Path');
    case 'headers':
      return t('Headers');
    case 'subprotocol':
      return t('Subprotocol');
    case 'proxy.url':
      return t('Proxy');
    case 'proxy.username':
      return t('User name at the proxy');
    case 'proxyPassword':
      return t('Password at the proxy');
    case 'receiveMaximum':
      return t('Receive maximum');
    case 'maximumPacketSize':
      return t('Maximum packet size, bytes');
    case 'topicAliasMaximum':
      return t('Topic alias maximum');
    case 'requestResponseInformation':
      return t('Request response information');
    case 'requestProblemInformation':
      return t('Request problem information');
    case 'userProperties':
      return t('User properties');
    case 'will.payloadFormatIndicator':
      return t('Payload format of the will');
    case 'will.messageExpirySeconds':
      return t('Message expiry of the will, seconds');
    case 'will.contentType':
      return t('Content type of the will');
    case 'will.responseTopic':
      return t('Response topic of the will');
    case 'will.correlationData':
      return t('Correlation data of the will');
    case 'will.userProperties':
      return t('User properties of the will');
    case 'tls.pkcs12':
      return t('Or both in one file (PKCS#12)');
    case 'whileOffline':
      return t('What is published while it is away');
    case 'username':
      return t('User name');
    case 'password':
      return t('Password');
    case 'passphrase':
      return t('Passphrase of the key');
    case 'requestSecret':
      return t('What {0} stands for', '{secret}');
    case 'clientId':
      return t('Client id');
    case 'tls.ca':
      return t('Certificate of the authority (CA)');
    case 'tls.certificate':
      return t('Client certificate');
    case 'tls.key':
      return t('Key of the client certificate');
    case 'tls.serverName':
      return t('Server name');
    case 'tls.minimumVersion':
      return t('Oldest version of TLS');
    case 'tls.alpn':
      return t('ALPN protocols');
    case 'tls.fingerprint':
      return t('Trusted certificate (SHA-256)');
    case 'protocolVersion':
      return t('Version of MQTT');
    case 'cleanStart':
      return t('Clean start');
    case 'sessionExpirySeconds':
      return t('Session expiry, seconds');
    case 'keepAliveSeconds':
      return t('Keep alive, seconds');
    case 'will':
      return t('Publish a will when the connection is lost');
    case 'will.topic':
      return t('Topic of the will');
    case 'will.payload':
      return t('Payload of the will');
    case 'will.qos':
      return t('QoS of the will');
    case 'will.retain':
      return t('Retain the will');
    case 'will.delaySeconds':
      return t('Delay of the will, seconds');
    case 'subscriptions':
      return t('Subscriptions');
    case 'color':
      return t('Colour');
    case 'icon':
      return t('Icon');
    case 'readOnly':
      return t('Read-only');
    case 'confirmPublish':
      return t('Ask before publishing');
    case 'connectOnStart':
      return t('Connect when VS Code starts');
    default:
      return field;
  }
}

/** Nothing where the label says it all. */
export function fieldHelp(field: FormField): string | undefined {
  switch (field) {
    case 'host':
      return t(
        'A name or an IP address. A whole address can be pasted here, as mqtts://broker.example:8883.',
      );
    case 'path':
      return t('Often /mqtt. Write {0} in place of a token, as in /mqtt?token={0}.', '{secret}');
    case 'headers':
      return t('Of the request that opens the WebSocket. Write {0} where a token goes.', '{secret}');
    case 'proxy.url':
      return t('As http://proxy.example:3128 or socks5://192.0.2.7. Leave it empty for a direct way.');
    case 'subprotocol':
      return t('Leave it empty for mqtt.');
    case 'receiveMaximum':
      return t('How many messages the broker may send without an acknowledgement. MQTT 5.0 alone.');
    case 'maximumPacketSize':
      return t('The largest packet that the broker may send. MQTT 5.0 alone.');
    case 'topicAliasMaximum':
      return t('How many aliases the broker may use. MQTT 5.0 alone.');
    case 'userProperties':
      return t('Of the CONNECT. MQTT 5.0 alone. Write {0} in place of a token.', '{secret}');
    case 'whileOffline':
      return t('Messages wait in memory alone, and are gone when VS Code ends.');
    case 'password':
    case 'passphrase':
    case 'proxyPassword':
    case 'requestSecret':
      return t('Kept in the secret storage of VS Code, and not in the settings.');
    case 'clientId':
      return t('{0} is your account on this computer, {1} a few digits.', '{user}', '{random}');
    case 'tls.ca':
      return t(
        'Where this computer does not know who signed the certificate of the broker. A PEM file: .pem, .crt.',
      );
    case 'tls.certificate':
      return t('Where the broker wants one. A PEM file: .pem, .crt.');
    case 'tls.key':
      return t('A PEM file: .pem, .key.');
    case 'tls.serverName':
      return t('The name that the certificate must have, where it is not the host.');
    case 'tls.alpn':
      return t('With commas. Some brokers on port 443 want one.');
    case 'tls.fingerprint':
      return t('This very certificate is trusted, whoever signed it, and no other.');
    case 'cleanStart':
      return t('Off: goes on with the session that the broker kept for this client id.');
    case 'sessionExpirySeconds':
      return t('How long the broker keeps the session after the connection. MQTT 5.0 alone.');
    case 'keepAliveSeconds':
      return t('After how much silence the connection is checked. 0: never.');
    case 'will.delaySeconds':
      return t('MQTT 5.0 alone.');
    case 'subscriptions':
      return t('Made each time it is connected.');
    case 'icon':
      return t('Name of a codicon.');
    case 'readOnly':
      return t('Nothing is published to it.');
    default:
      return undefined;
  }
}

export function fieldPlaceholder(field: FormText): string {
  switch (field) {
    case 'name':
      return t('Gateway');
    case 'host':
      return 'broker.example';
    case 'path':
      return '/mqtt';
    case 'clientId':
      return 'mqtt-workbench-{random}';
    case 'username':
      return t('none');
    case 'keepAliveSeconds':
      return '30';
    case 'sessionExpirySeconds':
    case 'will.delaySeconds':
    case 'topicAliasMaximum':
      return '0';
    case 'receiveMaximum':
      return '65535';
    case 'maximumPacketSize':
      return t('no limit');
    case 'will.messageExpirySeconds':
      return t('never');
    case 'subprotocol':
      return 'mqtt';
    case 'proxy.url':
    case 'proxy.username':
      return t('none');
    case 'will.topic':
      return 'desk/gone';
    case 'icon':
      return 'server';
    default:
      return '';
  }
}

export function transportLabel(transport: Transport): string {
  switch (transport) {
    case 'mqtt':
      return t('MQTT');
    case 'mqtts':
      return t('MQTT with TLS');
    case 'ws':
      return t('WebSocket');
    case 'wss':
      return t('WebSocket with TLS');
    case 'mqtt+unix':
      return t('Unix socket');
  }
}

export function colorLabel(color: string): string {
  switch (color) {
    case 'red':
      return t('red');
    case 'orange':
      return t('orange');
    case 'yellow':
      return t('yellow');
    case 'green':
      return t('green');
    case 'blue':
      return t('blue');
    case 'purple':
      return t('purple');
    default:
      return t('no colour');
  }
}
