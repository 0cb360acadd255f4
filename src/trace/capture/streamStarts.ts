/** What a TCP connection speaks, by the bytes with which its client begins. Pure. */

const CONNECT_FIRST_BYTE = 0x10;
const connectStarts = ['\u0000\u0004MQTT', '\u0000\u0006MQIsdp'].map((text) => Buffer.from(text));

/** Whether a stream begins with a fixed header of CONNECT and the protocol name. Undefined while too little is there. */
export function beginsWithConnect(bytes: Buffer): boolean | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes[0] !== CONNECT_FIRST_BYTE) return false;
  let bodyOffset = 1;
  while (bodyOffset < 5 && (bytes[bodyOffset] ?? 0) >= 0x80) bodyOffset++;
  const name = bytes.subarray(bodyOffset + 1);
  let mayBe = false;
  for (const start of connectStarts) {
    if (name.subarray(0, start.length).equals(start)) return true;
    mayBe ||= name.length < start.length && start.subarray(0, name.length).equals(name);
  }
  return mayBe ? undefined : false;
}

const GET_TEXT = 'GET ';
const getStart = Buffer.from(GET_TEXT);

/** Whether it may become a WebSocket. Undefined while too little is there. */
export function beginsWithGet(bytes: Buffer): boolean | undefined {
  const start = bytes.subarray(0, getStart.length);
  if (!getStart.subarray(0, start.length).equals(start)) return false;
  return start.length === getStart.length ? true : undefined;
}

export function protocolOf(bytes: Uint8Array | undefined): 'tls' | 'http' | 'unknown' {
  if (bytes?.[0] === 0x16 && bytes[1] === 3) return 'tls';
  const method = Buffer.from(bytes?.subarray(0, 8) ?? []).toString('latin1');
  return /^(GET|PUT|POST|HEAD|OPTIONS|DELETE|PATCH|CONNECT) /.test(method) ? 'http' : 'unknown';
}
