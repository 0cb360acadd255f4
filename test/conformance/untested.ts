/**
 * The statements that have no test, each with the reason, in our own words. A statement is here or in the name of a
 * test, never both and never neither: test/architecture/statements.test.ts holds it so.
 */
import type { Version } from './statements.ts';

/** Statement to reason. */
type Reasons = Readonly<Record<string, string>>;

export interface UntestedStatements {
  /** Binds the client alone: a server neither does it nor can see whether it was done. */
  readonly clientOnly: Reasons;
  /** Binds a server that has what this one has not. */
  readonly notApplicable: Reasons;
}

export const untested: Readonly<Record<Version, UntestedStatements>> = {
  '5.0': {
    clientOnly: {
      '3.1.2-20': 'When a client has to ping. What silence leads to is 3.1.2-22.',
      '3.2.2-4': 'A client that has lost its session, and meets one at the server.',
      '3.2.2-5': 'A client that still has a session, and meets none at the server.',
      '3.3.2-10':
        'Which Topic Aliases a client has to understand. Those that a server may send are 3.3.2-11.',
      '3.3.4-8': 'What a client may not hold back. A server does not see what it was not sent.',
      '4.5.0-2': 'A client acknowledges also what it does not use. A server waits, see 4.3.2-3 and 4.3.3-3.',
      '4.6.0-1': 'The order in which a client sends again. The order of a server is 4.6.0-5.',
      '4.6.0-2': "The order of a client's PUBACKs.",
      '4.6.0-3': "The order of a client's PUBRECs.",
      '4.6.0-4': "The order of a client's PUBRELs.",
    },
    notApplicable: {},
  },
  '3.1.1': {
    clientOnly: {
      '2.3.1-2': 'How a client picks its packet identifiers. How a server does is 2.3.1-4.',
      '2.3.1-3': 'The packet identifier with which a client sends again. A server does as 2.3.1-4 says.',
      '3.1.2-23': 'When a client has to ping. What silence leads to is 3.1.2-24.',
      '4.6.0-1': 'The order in which a client sends again. The order of a server is 4.6.0-6.',
      '4.6.0-2': "The order of a client's PUBACKs.",
      '4.6.0-3': "The order of a client's PUBRECs.",
      '4.6.0-4': "The order of a client's PUBRELs.",
    },
    notApplicable: {},
  },
};
