/** The access policies of rounds: what they refuse, and an authentication whose every step the client dictates. */
import { anonymousPolicy } from '../../src/broker/access/anonymousPolicy.ts';
import type {
  AccessPolicy,
  AuthenticationExchange,
  AuthenticationResult,
  AuthenticationStep,
  ConnectAttempt,
} from '../../src/broker/accessPolicy.ts';
import type { Round } from './round.ts';

/** The one method of enhanced authentication. */
export const METHOD = 'DICTATED';
/** Under the policies that refuse, no client is to receive it. */
export const SECRET_TOPIC = 't/u/v';
/** And this client is not to come in, unless it authenticates by the method. */
const UNWELCOME_CLIENT_ID = 'c';

const strictPolicy: AccessPolicy = {
  ...anonymousPolicy,
  authenticate: answerStrictly,
  authenticationMethods: new Map([[METHOD, (): AuthenticationExchange => ({ step: stepAsTold })]]),
  mayPublish: (_, topic) => !topic.startsWith('denied/'),
  mayReceive: (_, topic) => topic !== SECRET_TOPIC,
  maySubscribe: (_, topicFilter) => !topicFilter.includes('denied/'),
};

export const policies: Readonly<Record<Round['policy'], AccessPolicy>> = {
  anonymous: anonymousPolicy,
  strict: strictPolicy,
  slow: {
    ...strictPolicy,
    authenticate: (attempt) => {
      const isSteady = attempt.clientId.startsWith('steady-');
      return isSteady ? answerStrictly(attempt) : later(() => answerStrictly(attempt));
    },
    authenticationMethods: new Map([
      [METHOD, (): AuthenticationExchange => ({ step: (data) => later(() => stepAsTold(data)) })],
    ]),
  },
};

function answerStrictly({ clientId }: ConnectAttempt): AuthenticationResult {
  if (clientId !== UNWELCOME_CLIENT_ID) return { kind: 'accepted', username: 'someone' };
  return { kind: 'refused', reasonCode: 0x87, message: 'This one is not welcome.' };
}

/** By the first byte of the client's data; the data goes back to it. */
function stepAsTold(data: Uint8Array | undefined): AuthenticationStep {
  const answer = data === undefined ? {} : { data };
  switch ((data?.[0] ?? 0) % 6) {
    case 0:
    case 1:
      return { kind: 'continue', message: 'There is more to say.', ...answer };
    case 2:
      return { kind: 'accepted', username: 'someone else', ...answer };
    case 3:
      return { kind: 'refused', reasonCode: 0x86, message: 'The client asked for this.', ...answer };
    default:
      return { kind: 'accepted', username: 'someone', ...answer };
  }
}

/** In a later turn of the event loop. */
function later<T>(answer: () => T): Promise<T> {
  return new Promise((resolve) => setImmediate(() => resolve(answer())));
}
