/** Addresses of a network, as texts. Pure: no name is looked up. */

/** Whether an address reaches this machine alone. Of names, `localhost` does. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** `192.0.2.7:1883`, `[2001:db8::7]:1883`: as in a URL. */
export function hostAndPort(host: string, port: number | undefined): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * By which name mDNS knows a machine: `studio.local`, of `studio`, `studio.example.org` or `studio.local`; one of our own
 * where that is none. The broker is announced by it, and its certificate has it.
 */
export function localHostName(hostName: string): string {
  const label = hostName.split('.')[0] ?? '';
  return `${/^(?!-)[a-z0-9-]{1,63}$/i.test(label) ? label : 'mqtt-workbench'}.local`;
}

/** Of an address with a scheme: a token may be in its query, which is nobody's to read, and renewed for the same session. */
export function withoutQuery(url: string): string {
  return url.replace(/\?.*/s, '');
}
