/**
 * AUTH from a connected client: re-authentication. Section 4.12.1.
 *
 * The client begins it with AUTH 0x19, and everything else that comes meanwhile is handled as ever. Who the client is
 * may not change by it: its session, its subscriptions and its will were granted to one user, and would be another's.
 */
import { protocolError } from '../../mqtt/errorCodes.ts';
import type { AuthPacket } from '../../mqtt/packets.ts';
import { isReasonCodeOf, ReasonCode } from '../../mqtt/reasonCodes.ts';
import type { AuthenticationExchange, AuthenticationStep, Refusal } from '../accessPolicy.ts';
import type { ConnectedClient } from '../connectedClient.ts';
import { authOutOfTurn, authPacket, dataOfAuth } from './authPacket.ts';
import { authTooLarge, withoutMessage } from './firstAuthentication.ts';

/** @throws ProtocolError for an AUTH at the wrong time. */
export function handleAuth(client: ConnectedClient, packet: AuthPacket): void {
  if (client.reAuthentication === undefined) {
    // [MQTT-4.12.0-7]
    throw protocolError('auth-unexpected', client.protocolVersion, {
      packetKind: 'auth',
      message: 'AUTH came over a connection whose CONNECT had no Authentication Method.',
    });
  }
  client.reAuthentication.onAuth(client, packet);
}

/** Of a client whose CONNECT had an Authentication Method: which exchange is under way, if any. */
export class ReAuthentication {
  readonly method: string;
  readonly #begin: () => AuthenticationExchange;
  #exchange: AuthenticationExchange | undefined;
  #isStepTaken = false;

  /** @param begin asks the policy for a new exchange of the method. */
  constructor(method: string, begin: () => AuthenticationExchange) {
    this.method = method;
    this.#begin = begin;
  }

  /** @throws ProtocolError for an AUTH out of its turn, or of another method. [MQTT-4.12.1-1] */
  onAuth(client: ConnectedClient, packet: AuthPacket): void {
    if (this.#isStepTaken) throw authOutOfTurn('AUTH came before the one before it was answered.');
    const isBegun = this.#exchange !== undefined;
    const data = dataOfAuth(packet, {
      reasonCode: isBegun ? ReasonCode.continueAuthentication : ReasonCode.reAuthenticate,
      method: this.method,
      clause: isBegun ? 'MQTT-4.12.0-5' : 'MQTT-4.12.1-1',
    });
    this.#exchange ??= this.#begin();
    const step = this.#exchange.step(data);
    if (!(step instanceof Promise)) {
      this.#finishStep(client, step);
      return;
    }
    this.#isStepTaken = true;
    step
      .then((settled) => {
        this.#isStepTaken = false;
        if (!client.connection.isClosed) this.#finishStep(client, settled);
      })
      .catch((error: unknown) => client.connection.fail(error));
  }

  #finishStep(client: ConnectedClient, step: AuthenticationStep): void {
    switch (step.kind) {
      case 'continue':
        this.#send(
          client,
          ReasonCode.continueAuthentication,
          client.wantsReasons ? step : withoutMessage(step),
        );
        break;
      case 'accepted':
        this.#exchange = undefined;
        if (step.username !== client.identity.username) {
          this.#fail(client, {
            ...otherUser,
            ...(step.username !== undefined && { username: step.username }),
          });
          return;
        }
        this.#tell(client, step.username, { kind: 'accepted' });
        this.#send(client, ReasonCode.success, withoutMessage(step));
        break;
      case 'refused':
        this.#fail(client, step);
        break;
    }
  }

  #send(
    client: ConnectedClient,
    reasonCode: 0x00 | 0x18,
    words: { data?: Uint8Array; message?: string },
  ): void {
    if (client.send(authPacket(reasonCode, this.method, words))) return;
    this.#end(client, { kind: 'refused', ...authTooLarge(client.maximumPacketSize) });
  }

  #fail(client: ConnectedClient, refusal: Refusal): void {
    const { reasonCode, message, username = client.identity.username } = refusal;
    this.#tell(client, username, { kind: 'refused', reasonCode, message });
    this.#end(client, refusal);
  }

  /** [MQTT-4.12.1-2] What DISCONNECT has no code for, as a wrong password, is 0x87, not authorized. */
  #end(client: ConnectedClient, { reasonCode, message, serverReference }: Refusal): void {
    const said = isReasonCodeOf('disconnect', reasonCode) ? reasonCode : ReasonCode.notAuthorized;
    const cause = { kind: 'reAuthenticationFailed', reasonCode: said, message } as const;
    client.connection.close(cause, said, message, serverReference);
  }

  #tell(
    client: ConnectedClient,
    username: string | undefined,
    outcome: { kind: 'accepted' } | { kind: 'refused'; reasonCode: number; message: string },
  ): void {
    client.services.context.observer?.authenticated?.(client.connection.info, client.session.clientId, {
      username,
      by: this.method,
      isReAuthentication: true,
      outcome,
    });
  }
}

const otherUser: Refusal = {
  kind: 'refused',
  reasonCode: ReasonCode.notAuthorized,
  message: 'a re-authentication must be of the same user; to be another one, connect anew',
};
