/** Numbers of CBOR that its reader and its writer have in common. */

/** Major types, RFC 8949 section 3.1. */
export const majorUnsigned = 0;
export const majorNegative = 1;
export const majorBytes = 2;
export const majorText = 3;
export const majorArray = 4;
export const majorMap = 5;
export const majorTag = 6;

/** Tags, RFC 8949 section 3.4. */
export const tagDateText = 0n;
export const tagPositiveBignum = 2n;
export const tagNegativeBignum = 3n;
