/**
 * The flags of `broker`: one table, from which arguments are parsed, a configuration file is read and the help is
 * written. To add a flag is to add a row and a field.
 */

/** What the command was told, checked and complete. Paths are absolute or relative to the working directory. */
export interface BrokerSettings {
  host: string;
  /** 0 takes a free one; so do the other two. */
  port: number;
  wsPort?: number;
  tlsPort?: number;
  cert?: string;
  key?: string;
  ca?: string;
  requireClientCert: boolean;
  users?: string;
  acl?: string;
  persist?: string;
  json: boolean;
}

export type SettingName = keyof BrokerSettings;

export interface Flag {
  /** The field, and the name in a configuration file. */
  name: SettingName;
  /** With its dashes. */
  flag: string;
  kind: 'text' | 'port' | 'path' | 'switch';
  /** Stands for the value in the help. */
  placeholder?: string;
  help: string;
}

export const brokerFlags: readonly Flag[] = [
  {
    name: 'host',
    flag: '--host',
    kind: 'text',
    placeholder: 'ADDRESS',
    help: 'address to listen on (127.0.0.1); 0.0.0.0 lets every device of the network connect',
  },
  { name: 'port', flag: '--port', kind: 'port', placeholder: 'N', help: 'port for MQTT over TCP (1883)' },
  { name: 'wsPort', flag: '--ws-port', kind: 'port', placeholder: 'N', help: 'port for MQTT over WebSocket' },
  { name: 'tlsPort', flag: '--tls-port', kind: 'port', placeholder: 'N', help: 'port for MQTT over TLS' },
  {
    name: 'cert',
    flag: '--cert',
    kind: 'path',
    placeholder: 'FILE',
    help: "the broker's certificate for TLS, PEM",
  },
  { name: 'key', flag: '--key', kind: 'path', placeholder: 'FILE', help: 'its private key, PEM' },
  {
    name: 'ca',
    flag: '--ca',
    kind: 'path',
    placeholder: 'FILE',
    help: "who signs clients' certificates, PEM",
  },
  {
    name: 'requireClientCert',
    flag: '--require-client-cert',
    kind: 'switch',
    help: 'only clients with a certificate of --ca may connect over TLS',
  },
  {
    name: 'users',
    flag: '--users',
    kind: 'path',
    placeholder: 'FILE',
    help: 'users and passwords, as passwd or mosquitto_passwd writes them; others may not connect',
  },
  {
    name: 'acl',
    flag: '--acl',
    kind: 'path',
    placeholder: 'FILE',
    help: "who may read and write which topics, in the format of mosquitto's acl_file",
  },
  {
    name: 'persist',
    flag: '--persist',
    kind: 'path',
    placeholder: 'DIR',
    help: 'keep sessions, queued and retained messages in this folder, over restarts and crashes',
  },
  {
    name: 'json',
    flag: '--json',
    kind: 'switch',
    help: 'when every listener is up, print one line of JSON that says where',
  },
];

/** What is wrong with a port, to follow its name; undefined when it is fine. */
export function checkPort(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535) return undefined;
  return `is ${JSON.stringify(value)}, must be a whole number from 0 to 65535 (0 takes a free one)`;
}
