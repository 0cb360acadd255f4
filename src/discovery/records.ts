/**
 * The DNS records by which a broker is found (RFC 6763), their names, and what they are compared by.
 *
 * Pure. Only what is sent is modelled in full: what others send is looked at through `ForeignRecord`.
 */

export type ServiceType = '_mqtt._tcp' | '_secure-mqtt._tcp';

/** A listener that others on the network reach. */
export interface Service {
  readonly type: ServiceType;
  readonly port: number;
  /** The address that it is bound to; `0.0.0.0` and `::` are all of them. */
  readonly host: string;
}

export type DnsRecord =
  | { readonly type: 'PTR'; readonly name: string; readonly ttl: number; readonly data: string }
  | {
      readonly type: 'SRV';
      readonly name: string;
      readonly ttl: number;
      readonly flush?: boolean;
      readonly data: { readonly port: number; readonly target: string };
    }
  | {
      readonly type: 'TXT';
      readonly name: string;
      readonly ttl: number;
      readonly flush?: boolean;
      readonly data: string;
    }
  | { readonly type: 'A'; readonly name: string; readonly ttl: number; readonly data: string };

/** As it came: nothing of it is certain. */
export interface ForeignRecord {
  readonly type?: unknown;
  readonly name?: unknown;
  readonly ttl?: unknown;
  readonly data?: unknown;
}

/** Seconds, as RFC 6762 section 10 recommends: for records with a host's name or address, and for all others. */
const HOST_TTL = 120;
const OTHER_TTL = 4_500;

/** A label of DNS takes 63 bytes: room for ` (99)`, too. */
const MAX_HOST_CHARACTERS = 40;

/** `MQTT Workbench on studio`; from the second attempt on ` (2)`: the one before was taken. */
export function instanceName(localHost: string, attempt: number): string {
  const label = localHost.slice(0, -'.local'.length).slice(0, MAX_HOST_CHARACTERS);
  return `MQTT Workbench on ${label}${attempt === 1 ? '' : ` (${attempt})`}`;
}

export function serviceName(instance: string, { type }: Service): string {
  return `${instance}.${type}.local`;
}

/** Only one may have these. */
export function uniqueRecords(instance: string, localHost: string, service: Service): DnsRecord[] {
  const name = serviceName(instance, service);
  return [
    {
      type: 'SRV',
      name,
      ttl: HOST_TTL,
      flush: true,
      data: { port: service.port, target: localHost },
    },
    // RFC 6763 section 6.1: without anything to say it is one empty string.
    { type: 'TXT', name, ttl: OTHER_TTL, flush: true, data: '' },
  ];
}

/** What says that there is such a service. */
export function servicePointer(instance: string, service: Service): DnsRecord {
  const name = `${service.type}.local`;
  return { type: 'PTR', name, ttl: OTHER_TTL, data: serviceName(instance, service) };
}

export function serviceTypePointer({ type }: Service): DnsRecord {
  return { type: 'PTR', name: '_services._dns-sd._udp.local', ttl: OTHER_TTL, data: `${type}.local` };
}

/** Without the flush bit: a responder of the machine's own has the same name, and may have more addresses to it. */
export function addressRecord(localHost: string, address: string): DnsRecord {
  return { type: 'A', name: localHost, ttl: HOST_TTL, data: address };
}

/** DNS compares names without regard to case. */
export function isSameName(a: unknown, b: string): boolean {
  return typeof a === 'string' && a.toLowerCase() === b.toLowerCase();
}

/** Whether somebody knows this record already, for half of its time at least (RFC 6762 section 7.1). */
export function isKnown(record: DnsRecord, known: readonly ForeignRecord[]): boolean {
  return known.some(
    ({ type, name, ttl, data }) =>
      type === record.type &&
      isSameName(name, record.name) &&
      typeof ttl === 'number' &&
      ttl * 2 >= record.ttl &&
      isSameData(data, record),
  );
}

function isSameData(data: unknown, record: DnsRecord): boolean {
  switch (record.type) {
    case 'PTR':
    case 'A':
      return isSameName(data, record.data);
    case 'SRV':
      return compareWithSrv(data, record.data) === 0;
    case 'TXT':
      // Asked for by nobody who has it.
      return false;
  }
}

/** Less than 0 where `data` comes before `own` in the order of RFC 6762 section 8.2, of its port and target. */
export function compareWithSrv(data: unknown, own: { port: number; target: string }): number {
  const { port, target } = (typeof data === 'object' && data !== null ? data : {}) as ForeignSrv;
  if (typeof port !== 'number' || typeof target !== 'string') return -1;
  if (port !== own.port) return port - own.port;
  const [theirs, ours] = [target.toLowerCase(), own.target.toLowerCase()];
  return theirs < ours ? -1 : Number(theirs > ours);
}

interface ForeignSrv {
  readonly port?: unknown;
  readonly target?: unknown;
}
