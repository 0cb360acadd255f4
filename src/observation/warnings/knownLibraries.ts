/**
 * Client libraries whose buffer for what they receive has a size of its own, and by which client ids they are known.
 *
 * MQTT says nothing of a client's library. What is here are ids that a library gives itself, and those of the examples
 * that come with it, from which sketches are made. docs/warnings.md has the sources, and libraries that nothing tells.
 */
import type { ProtocolVersion } from '../../mqtt/packets.ts';

export interface KnownLibrary {
  readonly name: string;
  readonly clientId: RegExp;
  /** The largest packet that it takes whole, unless the firmware changed it. */
  readonly bufferBytes: number;
  /** A larger one is not lost, but handed over in parts. */
  readonly isSplit: boolean;
  /** It speaks no version beyond 3.1.1. */
  readonly isBefore5: boolean;
}

const knownLibraries: readonly KnownLibrary[] = [
  {
    name: 'PubSubClient',
    clientId: /^(arduinoClient|(ESP8266|ESP32|Arduino)Client(-[0-9a-f]{1,8})?)$/,
    bufferBytes: 256,
    isSplit: false,
    isBefore5: true,
  },
  {
    name: 'esp-mqtt',
    clientId: /^ESP32_[0-9a-f]{2}[0-9A-F]{4}$/,
    bufferBytes: 1024,
    isSplit: true,
    isBefore5: false,
  },
  {
    name: 'Tasmota',
    clientId: /^DVES_[0-9A-F]{6}$/,
    bufferBytes: 1200,
    isSplit: false,
    isBefore5: true,
  },
];

/** Undefined for most: an id of one's own says nothing. */
export function libraryOf(clientId: string, protocolVersion: ProtocolVersion): KnownLibrary | undefined {
  return knownLibraries.find(
    (library) => library.clientId.test(clientId) && !(library.isBefore5 && protocolVersion === 5),
  );
}
