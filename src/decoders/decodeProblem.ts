/** Why bytes are not of a format. Thrown within a decoder, however deep its reader stands; the registry catches it. */
import type { DecodeFailure } from './decoder.ts';

export type ProblemPlace = Omit<DecodeFailure, 'kind' | 'message'>;

export class DecodeProblem extends Error {
  readonly place: ProblemPlace;

  /** @param message A sentence for a person. */
  constructor(message: string, place: ProblemPlace = {}) {
    // Bytes are guessed at by trying, so most problems are never seen: a stack made for each was half of an offer's cost.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'DecodeProblem';
    this.place = place;
  }
}

/** The bytes end before the value does. */
export class UnexpectedEnd extends DecodeProblem {}
