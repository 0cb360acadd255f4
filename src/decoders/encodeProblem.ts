/** Why a document can't be written in a format, with the place in it. Thrown within an encoder; who asks catches it. */
export class EncodeProblem extends Error {
  /** Of the value at fault, as `numericPaths.ts` writes paths; empty for the whole document. */
  readonly path: string;

  /** @param message a sentence without its full stop, of the value at `path`. */
  constructor(message: string, path: string) {
    super(path === '' ? message : `${path}: ${message}`);
    this.name = 'EncodeProblem';
    this.path = path;
  }
}

const plainName = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

/** A path and one step more. */
export function pathOf(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  return plainName.test(step) ? `${path}.${step}` : `${path}[${JSON.stringify(step)}]`;
}
