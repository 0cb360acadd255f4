/**
 * The flags of `broker`: one table, from which arguments are parsed and the help is written. To add a flag is to add a
 * row; what its value may be is said where the setting is (src/configuration/settings.ts).
 */
import type { PlainSettingName } from '../configuration/settings.ts';

interface FlagText {
  /** With its dashes. */
  flag: string;
  /** Stands for the value in the help. */
  placeholder?: string;
  help: string;
}

export type Flag = FlagText &
  (
    | { kind: 'text' | 'number' | 'switch'; setting: PlainSettingName }
    /** `NAME=VALUE`, any number of times. */
    | { kind: 'limit'; setting: 'limits' }
    /** The file that settings are read from. */
    | { kind: 'file' }
  );

export const brokerFlags: readonly Flag[] = [
  {
    kind: 'file',
    flag: '--config',
    placeholder: 'FILE',
    help: 'read settings from a JSON file; flags win over it',
  },
  {
    kind: 'text',
    setting: 'host',
    flag: '--host',
    placeholder: 'ADDRESS',
    help: 'address to listen on (127.0.0.1); 0.0.0.0 or :: lets every device of the network connect',
  },
  {
    kind: 'number',
    setting: 'port',
    flag: '--port',
    placeholder: 'N',
    help: 'port for MQTT over TCP (1883)',
  },
  {
    kind: 'number',
    setting: 'wsPort',
    flag: '--ws-port',
    placeholder: 'N',
    help: 'port for MQTT over WebSocket',
  },
  {
    kind: 'number',
    setting: 'tlsPort',
    flag: '--tls-port',
    placeholder: 'N',
    help: 'port for MQTT over TLS',
  },
  {
    kind: 'number',
    setting: 'wssPort',
    flag: '--wss-port',
    placeholder: 'N',
    help: 'port for MQTT over WebSocket over TLS',
  },
  {
    kind: 'text',
    setting: 'unix',
    flag: '--unix',
    placeholder: 'PATH',
    help: 'path of a Unix socket for MQTT',
  },
  {
    kind: 'text',
    setting: 'cert',
    flag: '--cert',
    placeholder: 'FILE',
    help: "the broker's certificate for TLS, PEM",
  },
  { kind: 'text', setting: 'key', flag: '--key', placeholder: 'FILE', help: 'its private key, PEM' },
  {
    kind: 'text',
    setting: 'ca',
    flag: '--ca',
    placeholder: 'FILE',
    help: "who signs clients' certificates, PEM",
  },
  {
    kind: 'text',
    setting: 'clientCertificate',
    flag: '--client-cert',
    placeholder: 'WHETHER',
    help: 'none, optional or required: whether TLS clients show a certificate of --ca',
  },
  {
    kind: 'switch',
    setting: 'requireClientCert',
    flag: '--require-client-cert',
    help: 'the same as --client-cert required',
  },
  {
    kind: 'switch',
    setting: 'commonNameAsUser',
    flag: '--cert-as-user',
    help: "the common name of a client's certificate is its user name; no password is asked",
  },
  {
    kind: 'text',
    setting: 'minTlsVersion',
    flag: '--min-tls',
    placeholder: 'VERSION',
    help: 'oldest version of TLS that is spoken: 1.2 or 1.3 (1.2)',
  },
  {
    kind: 'text',
    setting: 'users',
    flag: '--users',
    placeholder: 'FILE',
    help: 'users and passwords, as passwd or mosquitto_passwd writes them; others may not connect',
  },
  {
    kind: 'text',
    setting: 'acl',
    flag: '--acl',
    placeholder: 'FILE',
    help: "who may read and write which topics, in the format of mosquitto's acl_file",
  },
  {
    kind: 'limit',
    setting: 'limits',
    flag: '--limit',
    placeholder: 'NAME=VALUE',
    help: 'a limit of the broker, as maxPacketBytes=65536; may be given again',
  },
  {
    kind: 'text',
    setting: 'persist',
    flag: '--persist',
    placeholder: 'DIR',
    help: 'keep sessions, queued and retained messages in this folder, over restarts and crashes',
  },
  {
    kind: 'switch',
    setting: 'checkPayloadFormat',
    flag: '--check-payload-format',
    help: 'refuse a payload that is marked as UTF-8 and is none (0x99)',
  },
  {
    kind: 'text',
    setting: 'responseInformation',
    flag: '--response-information',
    placeholder: 'TEMPLATE',
    help: 'what 5.0 clients that ask are told to have requests answered on (responses/%c)',
  },
  {
    kind: 'text',
    setting: 'useAnotherServer',
    flag: '--use-another-server',
    placeholder: 'REFERENCE',
    help: 'refuse every client, and send 5.0 ones there for now (0x9C)',
  },
  {
    kind: 'text',
    setting: 'serverMoved',
    flag: '--server-moved',
    placeholder: 'REFERENCE',
    help: 'the same, for good (0x9D)',
  },
  {
    kind: 'switch',
    setting: 'announce',
    flag: '--announce',
    help: 'where other machines can connect, announce it by mDNS (_mqtt._tcp, _secure-mqtt._tcp)',
  },
  {
    kind: 'switch',
    setting: 'json',
    flag: '--json',
    help: 'when every listener is up, print one line of JSON that says where',
  },
];
