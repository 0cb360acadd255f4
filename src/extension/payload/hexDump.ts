/**
 * Bytes as lines of hex for an editor: offset, sixteen bytes, their ASCII; for large payloads the bytes alone.
 *
 * An editor takes documents up to 50 MB. A full dump is five times the payload, the compact one a bit over twice.
 */

const BYTES_PER_LINE = 16;
const BYTES_PER_COMPACT_LINE = 64;
const MAX_FULL_DUMP_BYTES = 1_048_576;

export function hexDump(bytes: Uint8Array): string {
  return bytes.length <= MAX_FULL_DUMP_BYTES ? fullDump(bytes) : compactDump(bytes);
}

function fullDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += BYTES_PER_LINE) {
    const line = Buffer.from(bytes.subarray(offset, offset + BYTES_PER_LINE));
    const hex = line.toString('hex').replace(/../g, '$& ').trimEnd();
    const ascii = line.toString('latin1').replace(/[^\x20-\x7e]/g, '.');
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(BYTES_PER_LINE * 3 - 1)}  ${ascii}`);
  }
  return lines.join('\n');
}

function compactDump(bytes: Uint8Array): string {
  // A view: Buffer.from(bytes) would copy what may be a hundred megabytes.
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: string[] = [];
  for (let offset = 0; offset < buffer.length; offset += BYTES_PER_COMPACT_LINE) {
    lines.push(buffer.toString('hex', offset, Math.min(offset + BYTES_PER_COMPACT_LINE, buffer.length)));
  }
  return lines.join('\n');
}
