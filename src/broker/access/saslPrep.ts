/**
 * User names and passwords in the one form in which SCRAM compares them: SASLprep, RFC 4013.
 *
 * Spaces of other scripts become a space, characters that show nothing are left out, the rest is normalised (NFKC);
 * control characters, private ones, surrogates and those that turn the direction of text are refused. Two checks of
 * the RFC are not made: the one on mixed directions, and the one on characters unassigned in Unicode 3.2.
 */

/** Table C.1.2 of RFC 3454. */
const FOREIGN_SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
/** Table B.1. By alternatives: in a class of characters, the joiners would look like parts of their neighbours. */
const NOTHING_TO_SEE = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g;
/** Tables C.2 to C.9. */
const REFUSED =
  /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\p{Zl}\p{Zp}\u{6dd}\u{70f}\u{180e}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2061}-\u{2063}\u{206a}-\u{206f}\u{2ff0}-\u{2ffb}\u{fff9}-\u{fffd}\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;

/** Undefined for what is refused. */
export function saslPrep(text: string): string | undefined {
  const prepared = text.replace(FOREIGN_SPACES, ' ').replace(NOTHING_TO_SEE, '').normalize('NFKC');
  return REFUSED.test(prepared) ? undefined : prepared;
}
