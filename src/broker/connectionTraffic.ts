/**
 * HOT PATH. What went over one connection, for who asks: plain fields that are added to, and nothing that is told by
 * itself. Outlives its connection in the session, as what went over the last one.
 */
export class ConnectionTraffic {
  /** As they are above TLS and WebSocket. */
  bytesReceived = 0;
  bytesSent = 0;
  /** PUBLISH packets; a repeated one of QoS 2 counts once where it is received, each time where it is sent. */
  messagesReceived = 0;
  messagesSent = 0;
  /** Of a PUBLISH sent, in bytes. */
  largestPublishBytes = 0;
  /** The longest time in which nothing came from the client, milliseconds. */
  longestQuietMs = 0;
  pings = 0;
  /** Between the last two PINGREQs, milliseconds; undefined before the second one. */
  pingIntervalMs: number | undefined = undefined;
  #lastPingMs: number | undefined;

  /** @param nowMs monotonic. */
  countPing(nowMs: number): void {
    this.pings++;
    if (this.#lastPingMs !== undefined) this.pingIntervalMs = nowMs - this.#lastPingMs;
    this.#lastPingMs = nowMs;
  }
}
