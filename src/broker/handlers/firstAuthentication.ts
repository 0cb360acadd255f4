/**
 * Enhanced authentication before CONNACK: AUTH back and forth until the policy has decided. Section 4.12.
 *
 * Owns what comes over a connection between a CONNECT with an Authentication Method and its CONNACK. There is no
 * session yet, and whoever is connected under the same client identifier notices nothing: what the decision leads to
 * is handlers/connect.ts's business. The time for a CONNECT goes on running.
 */
import { decode } from '../../mqtt/decode.ts';
import { protocolError } from '../../mqtt/errorCodes.ts';
import type { ConnectPacket, Packet } from '../../mqtt/packets.ts';
import { ProtocolError } from '../../mqtt/protocolError.ts';
import { ReasonCode } from '../../mqtt/reasonCodes.ts';
import type { AuthenticationExchange, AuthenticationStep } from '../accessPolicy.ts';
import type { Connection } from '../connection.ts';
import { authPacket, dataOfAuth } from './authPacket.ts';
import { refuseConnect, refuseProtocolError } from './refusal.ts';

export type Decision = Exclude<AuthenticationStep, { kind: 'continue' }>;

export class FirstAuthentication {
  readonly #connection: Connection;
  readonly #connect: ConnectPacket;
  readonly #method: string;
  readonly #exchange: AuthenticationExchange;
  readonly #onDecided: (decision: Decision) => void;

  /** @param onDecided called once, unless the connection ends before. */
  constructor(
    connection: Connection,
    connect: ConnectPacket,
    method: string,
    exchange: AuthenticationExchange,
    onDecided: (decision: Decision) => void,
  ) {
    this.#connection = connection;
    this.#connect = connect;
    this.#method = method;
    this.#exchange = exchange;
    this.#onDecided = onDecided;
  }

  begin(): void {
    this.#takeStep(this.#connect.properties?.authenticationData);
  }

  /** @param frame what came while an AUTH was awaited; borrowed. */
  onFrame(frame: Uint8Array): void {
    try {
      this.#handle(frame);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      refuseProtocolError(this.#connection, this.#connect, error);
    }
  }

  #handle(frame: Uint8Array): void {
    const packet = this.#decode(frame);
    this.#connection.observePacket(frame, 5); // no other has AUTH
    if (packet.kind === 'disconnect') {
      this.#connection.close({ kind: 'clientDisconnected', reasonCode: packet.reasonCode });
      return;
    }
    if (packet.kind !== 'auth') {
      // [MQTT-3.1.2-30]
      throw protocolError('auth-expected', 5, {
        packetKind: packet.kind,
        message: `${packet.kind.toUpperCase()} came before CONNACK: while it is being authenticated, a client sends AUTH or DISCONNECT only.`,
      });
    }
    const expected = { reasonCode: ReasonCode.continueAuthentication, clause: 'MQTT-4.12.0-5' };
    this.#takeStep(dataOfAuth(packet, { ...expected, method: this.#method }));
  }

  #decode(frame: Uint8Array): Packet {
    try {
      return decode(frame, 5);
    } catch (error) {
      this.#connection.observeRejected(frame, 0, frame.length, error);
      throw error;
    }
  }

  #takeStep(data: Uint8Array | undefined): void {
    const step = this.#exchange.step(data);
    if (!(step instanceof Promise)) {
      this.#finishStep(step);
      return;
    }
    const connection = this.#connection;
    connection.pauseForStep();
    step
      .then((settled) => connection.resumeAfterCheck(() => this.#finishStep(settled)))
      .catch((error: unknown) => connection.fail(error));
  }

  #finishStep(step: AuthenticationStep): void {
    const connection = this.#connection;
    // The socket may have closed, or the broker stopped, while the policy thought.
    if (connection.isClosed) return;
    if (step.kind !== 'continue') {
      this.#onDecided(step);
      return;
    }
    const { requestProblemInformation, maximumPacketSize = Number.POSITIVE_INFINITY } =
      this.#connect.properties ?? {};
    // [MQTT-3.1.2-29]
    const words = requestProblemInformation === 0 ? withoutMessage(step) : step;
    const auth = authPacket(ReasonCode.continueAuthentication, this.#method, words);
    if (connection.answer(auth, 5, maximumPacketSize)) connection.awaitAuth(this);
    else refuseConnect(connection, this.#connect, authTooLarge(maximumPacketSize));
  }
}

export function withoutMessage({ data }: { data?: Uint8Array }): { data?: Uint8Array } {
  return data === undefined ? {} : { data };
}

export function authTooLarge(maximumPacketSize: number): { reasonCode: number; message: string } {
  return {
    reasonCode: ReasonCode.packetTooLarge,
    message: `The client takes packets of ${maximumPacketSize} bytes at most: not even an AUTH.`,
  };
}
