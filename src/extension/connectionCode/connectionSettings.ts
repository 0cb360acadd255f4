/**
 * What the code for a device is made from: the broker's address, and what the device is called there.
 *
 * Plain values, and the names that all targets share, so that a device in any language has the same topics. Knows no
 * language; one file a target does.
 */

export interface ConnectionSettings {
  /** A name or an address, an IPv6 address without brackets. */
  host: string;
  port: number;
  /**
   * Of a listener with TLS. `caPem`: the certificate that signed the broker's; undefined leaves its place empty.
   * `requiresClientCertificate`: nobody comes in without a certificate of its own, which the code has none of.
   */
  tls?: { caPem: string | undefined; requiresClientCertificate?: true };
  /** The broker asks for them. Undefined: who may connect is not known here, and the name's place is left empty. */
  credentials?: { username: string | undefined };
  clientId: string;
  /** Without a slash at its end. */
  topicPrefix: string;
}

/** One file of what is copied. */
export interface SourceFile {
  /** As the device's project has it: `main/mqtt.c`. */
  name: string;
  /** Ends with a line feed. */
  text: string;
}

/** Short enough for the routers and firewalls that forget a connection after a minute, long enough not to matter. */
export const KEEP_ALIVE_SECONDS = 30;

export const placeholders = {
  username: 'YOUR_USER_NAME',
  password: 'YOUR_PASSWORD',
  wifiName: 'YOUR_WIFI',
  wifiPassword: 'YOUR_WIFI_PASSWORD',
  caPem: '-----BEGIN CERTIFICATE-----\nPASTE THE CERTIFICATE OF YOUR CA HERE\n-----END CERTIFICATE-----\n',
} as const;

export interface DeviceTopics {
  /** Retained: `online`, and `offline` by the will. */
  status: string;
  /** Seconds since the device started, every ten seconds. */
  uptime: string;
  /** What the device is told. */
  command: string;
}

export function topicsOf({ topicPrefix }: ConnectionSettings): DeviceTopics {
  return {
    status: `${topicPrefix}/status`,
    uptime: `${topicPrefix}/uptime`,
    command: `${topicPrefix}/set`,
  };
}

/** Undefined where the broker asks for none. */
export function loginOf(settings: ConnectionSettings): { username: string; password: string } | undefined {
  if (settings.credentials === undefined) return undefined;
  return {
    username: settings.credentials.username ?? placeholders.username,
    password: placeholders.password,
  };
}

/** Undefined for a listener without TLS. Certificates alone, whatever else the text holds. Ends with a line feed. */
export function caPemOf({ tls }: ConnectionSettings): string | undefined {
  if (tls === undefined) return undefined;
  return certificatesIn(tls.caPem ?? '') ?? placeholders.caPem;
}

/**
 * The certificates in a PEM file, and nothing beside them: neither a private key nor a remark has any place in a firmware.
 * Undefined when there is none. Ends with a line feed.
 */
export function certificatesIn(text: string): string | undefined {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g);
  return blocks?.map((block) => `${block.split(/\s*\n\s*/).join('\n')}\n`).join('');
}
