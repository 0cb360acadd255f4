/** The little of mqtt-connection that the tests use: the package brings no types. */
declare module 'mqtt-connection' {
  import type { Duplex } from 'node:stream';

  interface ArrivedPacket {
    cmd: string;
    returnCode?: number;
    sessionPresent?: boolean;
    messageId?: number;
    topic?: string;
    payload?: Buffer;
    qos?: number;
    dup?: boolean;
    granted?: number[];
  }

  /** MQTT 3.1 and 3.1.1 over any stream: a method sends a packet, `data` brings those that arrive. */
  export default class Connection extends Duplex {
    constructor(stream: Duplex, options?: { notData?: boolean });
    connect(packet: object): void;
    subscribe(packet: object): void;
    publish(packet: object): void;
    puback(packet: object): void;
    pubrec(packet: object): void;
    pubrel(packet: object): void;
    pubcomp(packet: object): void;
    pingreq(): void;
    disconnect(): void;
    on(event: 'data', listener: (packet: ArrivedPacket) => void): this;
    on(event: string, listener: (...args: never[]) => void): this;
  }
}
