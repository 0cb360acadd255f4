/**
 * What the headers of PNG, JPEG, GIF and WebP say: width, height, and whether the file is there to its end. The pixels
 * are for the view's own decoder. Looks at headers and lengths only, so the size of the image does not matter.
 */

export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

export interface ImageFacts {
  mediaType: ImageType;
  widthPixels?: number;
  heightPixels?: number;
  /** Sentences: the file is damaged, or ends early. */
  problems: string[];
}

/** More chunks or segments than this are not walked. */
const maxChunks = 10_000;

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** By the first bytes. */
export function imageTypeOf(bytes: Uint8Array): ImageType | undefined {
  if (startsWith(bytes, pngSignature)) return 'image/png';
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'image/jpeg';
  if (asciiAt(bytes, 0, 6) === 'GIF87a' || asciiAt(bytes, 0, 6) === 'GIF89a') return 'image/gif';
  if (asciiAt(bytes, 0, 4) === 'RIFF' && asciiAt(bytes, 8, 4) === 'WEBP') return 'image/webp';
  return undefined;
}

/** @param isCut That the end is missing is known, and not the image's fault. */
export function imageFacts(bytes: Uint8Array, mediaType: ImageType, isCut: boolean): ImageFacts {
  const facts = readers[mediaType](new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), bytes);
  const problems: string[] = [];
  if (facts.size === undefined) problems.push('The header is damaged or missing: the size is not known.');
  else if (facts.size.some((pixels) => pixels === 0)) problems.push('The header says that it has no pixels.');
  if (isCut) problems.push('Only the first bytes are here: the rest of the image is missing.');
  else if (!facts.isComplete)
    problems.push('The file ends early or is damaged: some of the image is missing.');
  const [widthPixels, heightPixels] = facts.size ?? [];
  return {
    mediaType,
    ...(widthPixels !== undefined && { widthPixels }),
    ...(heightPixels !== undefined && { heightPixels }),
    problems,
  };
}

interface RawFacts {
  size: readonly [width: number, height: number] | undefined;
  isComplete: boolean;
}

const readers: Record<ImageType, (view: DataView, bytes: Uint8Array) => RawFacts> = {
  'image/png': pngFacts,
  'image/jpeg': jpegFacts,
  'image/gif': gifFacts,
  'image/webp': webpFacts,
};

/** Chunks of length, type, data and checksum; the first is IHDR, the last IEND. */
function pngFacts(view: DataView, bytes: Uint8Array): RawFacts {
  const hasHeader = bytes.length >= 24 && asciiAt(bytes, 12, 4) === 'IHDR';
  const size = hasHeader ? ([view.getUint32(16), view.getUint32(20)] as const) : undefined;
  let at = pngSignature.length;
  for (let i = 0; i < maxChunks && at + 12 <= bytes.length; i++) {
    const next = at + 12 + view.getUint32(at);
    if (asciiAt(bytes, at + 4, 4) === 'IEND') return { size, isComplete: next <= bytes.length };
    at = next;
  }
  return { size, isComplete: false };
}

/** Segments of marker and length; a frame header (SOF) has the size; the file ends with EOI. */
function jpegFacts(view: DataView, bytes: Uint8Array): RawFacts {
  let size: readonly [number, number] | undefined;
  let at = 2;
  for (let i = 0; i < maxChunks && at + 4 <= bytes.length; i++) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1] ?? 0;
    // A marker may be preceded by any number of fill bytes.
    if (marker === 0xff) {
      at++;
      continue;
    }
    // Start of scan: what follows are the pixels.
    if (marker === 0xda) break;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame && at + 9 <= bytes.length) {
      size = [view.getUint16(at + 7), view.getUint16(at + 5)];
      break;
    }
    at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  // Cameras put a few bytes behind the end.
  const tail = bytes.subarray(Math.max(2, bytes.length - 1024));
  const isComplete = tail.some((byte, i) => byte === 0xff && tail[i + 1] === 0xd9);
  return { size, isComplete };
}

function gifFacts(view: DataView, bytes: Uint8Array): RawFacts {
  const size = bytes.length >= 10 ? ([view.getUint16(6, true), view.getUint16(8, true)] as const) : undefined;
  return { size, isComplete: bytes.at(-1) === 0x3b };
}

/** RIFF with its length; the first chunk says which of three headers holds the size. */
function webpFacts(view: DataView, bytes: Uint8Array): RawFacts {
  const isComplete = bytes.length >= 12 && bytes.length >= 8 + view.getUint32(4, true);
  return { size: webpSize(view, bytes), isComplete };
}

function webpSize(view: DataView, bytes: Uint8Array): readonly [number, number] | undefined {
  const format = asciiAt(bytes, 12, 4);
  if (format === 'VP8 ' && bytes.length >= 30)
    return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  if (format === 'VP8L' && bytes.length >= 25) {
    const bits = view.getUint32(21, true);
    return [(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1];
  }
  if (format === 'VP8X' && bytes.length >= 30)
    return [(view.getUint32(24, true) & 0xff_ffff) + 1, (view.getUint32(26, true) >>> 8) + 1];
  return undefined;
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

function asciiAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
