/** Why bytes are not of a format. Thrown within a decoder, however deep its reader stands; the registry catches it. */
import type { DecodeFailure } from './decoder.ts';

export type ProblemPlace = Omit<DecodeFailure, 'kind' | 'message'>;

export class DecodeProblem extends Error {
  readonly place: ProblemPlace;

  /** @param message A sentence for a person. */
  constructor(message: string, place: ProblemPlace = {}) {
    super(message);
    this.name = 'DecodeProblem';
    this.place = place;
  }
}

/** The bytes end before the value does. */
export class UnexpectedEnd extends DecodeProblem {}
