/** A payload as an array in C, to be pasted into a firmware or its test. Wants <stdint.h>. Pure. */
import { cComment } from './cComment.ts';

const BYTES_PER_LINE = 12;

export function cArray(topic: string, payload: Uint8Array): string {
  const comment = cComment(topic, payload.length);
  // Before C23 an array has at least one element.
  if (payload.length === 0) return `${comment}\nconst uint8_t payload[1] = { 0x00 };\n`;
  const lines: string[] = [];
  for (let offset = 0; offset < payload.length; offset += BYTES_PER_LINE) {
    const bytes = Array.from(payload.subarray(offset, offset + BYTES_PER_LINE), hexByte);
    lines.push(`  ${bytes.join(', ')},`);
  }
  return `${comment}\nconst uint8_t payload[] = {\n${lines.join('\n')}\n};\n`;
}

function hexByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
