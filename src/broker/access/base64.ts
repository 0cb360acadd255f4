/** Base64 as files and clients write it: strictly, where Node itself reads over anything. */

/** Undefined for what is not Base64, or empty. */
export function base64Bytes(text: string | undefined): Buffer | undefined {
  if (text === undefined || text === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0)
    return undefined;
  return Buffer.from(text, 'base64');
}
