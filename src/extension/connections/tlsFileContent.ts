/** A file for TLS, read: to be looked at, or for its content to be kept as a secret. What is not what was wanted is not kept. */
import { open, stat } from 'node:fs/promises';
import type { TlsFileName } from '../../contracts/tlsFiles.ts';
import { type PemProblem, problemWithPem } from './pemFile.ts';

/** A bundle of all authorities of a system has half of it. */
const MAX_BYTES = 1_048_576;
/** The version of a PFX, the first thing in it: RFC 7292, section 4. */
const PFX_VERSION = Buffer.from([0x02, 0x01, 0x03]);

export type ContentProblem =
  | Exclude<PemProblem, 'encryptedKey'>
  | 'notThere'
  /** Longer than a megabyte. */
  | 'tooLarge'
  | 'notPkcs12';

/** `content`: PEM as text, PKCS#12 in Base64. */
export type ReadContent = { kind: 'read'; content: string } | { kind: 'wrong'; problem: ContentProblem };

export async function readTlsContent(file: string, name: TlsFileName): Promise<ReadContent> {
  const read = await firstBytes(file);
  if (read === undefined) return { kind: 'wrong', problem: 'notThere' };
  if (read.hasMore) return { kind: 'wrong', problem: 'tooLarge' };
  return contentOf(read.bytes, name);
}

/** What a file has in it, as it is kept. */
export function contentOf(bytes: Buffer, name: TlsFileName): ReadContent {
  if (bytes.length > MAX_BYTES) return { kind: 'wrong', problem: 'tooLarge' };
  if (name === 'pkcs12')
    return isPkcs12(bytes)
      ? { kind: 'read', content: bytes.toString('base64') }
      : { kind: 'wrong', problem: 'notPkcs12' };
  const content = bytes.toString('utf8');
  const problem = problemWithPem(content, name === 'key' ? 'key' : 'certificate');
  // Its passphrase is asked for when it is used.
  if (problem === undefined || problem === 'encryptedKey') return { kind: 'read', content };
  return { kind: 'wrong', problem };
}

/** At most a megabyte of it. Undefined where it can't be read. */
export async function firstBytes(file: string): Promise<{ bytes: Buffer; hasMore: boolean } | undefined> {
  try {
    const found = await stat(file);
    // A pipe would be waited for.
    if (!found.isFile()) return undefined;
    await using handle = await open(file);
    const buffer = Buffer.alloc(Math.min(found.size, MAX_BYTES));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return { bytes: buffer.subarray(0, bytesRead), hasMore: found.size > MAX_BYTES };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** A sequence that begins with its version, its length in any of BER's forms. */
function isPkcs12(bytes: Buffer): boolean {
  const length = bytes[1];
  if (bytes[0] !== 0x30 || length === undefined) return false;
  const start = 2 + (length > 0x80 ? length & 0x7f : 0);
  return bytes.subarray(start, start + PFX_VERSION.length).equals(PFX_VERSION);
}
