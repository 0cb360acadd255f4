/**
 * What came by QoS 2 and is not released yet, in place of MQTT.js's store: method B of section 4.3.3.
 *
 * A message is handed over when its PUBLISH comes, and its packet identifier alone is kept until the PUBREL. MQTT.js would keep
 * the whole message until then: 65,535 of them may be under way, as large as the broker likes, and those of a connection that
 * ends before they are released would never be shown.
 */
import { type AckHandler, type IPublishPacket, type Packet, Store } from 'mqtt';

/** Undefined for a packet without one: none of QoS 2 is. */
type PacketId = number | undefined;

const NO_BYTES = Buffer.alloc(0);

export class ExactlyOnce extends Store {
  readonly #handOver: (packet: IPublishPacket) => void;
  readonly #tellsSessions: boolean;
  readonly #unreleased = new Set<PacketId>();

  /**
   * @param tellsSessions a CONNACK has Session Present. Without it, before 3.1.1, an identifier of before may be that of
   * another message, of a session that is new.
   */
  constructor(handOver: (packet: IPublishPacket) => void, { tellsSessions }: { tellsSessions: boolean }) {
    super();
    this.#handOver = handOver;
    this.#tellsSessions = tellsSessions;
  }

  /** A PUBLISH of QoS 2 came, and its PUBREC goes when `done` is called. */
  override put(packet: Packet, done: () => void): this {
    // One that came before and whose PUBREC was lost is not handed over again [MQTT-4.3.3-10].
    if (packet.cmd === 'publish' && this.#isNew(packet)) {
      this.#unreleased.add(packet.messageId);
      this.#handOver(packet);
    }
    done();
    return this;
  }

  #isNew({ messageId, dup }: IPublishPacket): boolean {
    return !this.#unreleased.has(messageId) || (!this.#tellsSessions && !dup);
  }

  /** A PUBREL came: MQTT.js takes what it is given for the message, and tells of it once more. Nobody listens to that. */
  override get(
    { messageId }: Pick<Packet, 'messageId'>,
    done: (error?: Error, packet?: Packet) => void,
  ): this {
    if (!this.#unreleased.has(messageId)) done(new Error('no such packet identifier'));
    else done(undefined, messageId === undefined ? released : { ...released, messageId });
    return this;
  }

  /** The PUBCOMP goes, or the session is another one. */
  override del(
    { messageId }: Pick<Packet, 'messageId'>,
    done: (error?: Error, packet?: Packet) => void,
  ): this {
    this.#unreleased.delete(messageId);
    done();
    return this;
  }

  override close(done: () => void): void {
    this.#unreleased.clear();
    done();
  }
}

const released: IPublishPacket = {
  ...{ cmd: 'publish', topic: '', payload: NO_BYTES, qos: 2, dup: false, retain: false },
};

/** MQTT.js leaves the topic that an alias stands for out of what it stores. Called before that, in 5.0, the version of aliases. */
export const withTopicOfAlias: AckHandler = (topic, _payload, packet: IPublishPacket, acknowledge) => {
  packet.topic = topic;
  acknowledge(0);
};
