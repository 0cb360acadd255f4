/** What flood.ts can be told, and what it answers: plain values between two processes. */

export interface Flood {
  readonly port: number;
  /** Messages a second; each topic once; or as fast as the broker takes them, counted as they are delivered. */
  readonly rate: number | 'once' | 'free';
  /** Of all topics. */
  readonly prefix: string;
  readonly topics: number;
  /** All topics side by side, also where there are many. */
  readonly isFlat?: boolean;
  readonly payloadBytes: number;
  /** Not of `once`. */
  readonly seconds: number;
  /** A topic that gets the time as its payload, twenty times a second. */
  readonly marker?: string;
}

export interface FloodResult {
  readonly sent: number;
  readonly messagesPerSecond: number;
  /** The broker had taken everything. Milliseconds since 1970. */
  readonly endedAtMs: number;
}
