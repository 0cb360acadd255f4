/**
 * Publishes at a steady rate to many topics, from a process of its own: `node bench/editorFlood.ts PORT RATE TOPICS SECONDS`.
 *
 * Packets are encoded before the first is sent, and leave in bursts of 10 ms, so that it costs next to nothing beside
 * what it measures. Bounded in time and count; prints one JSON line with what it really sent.
 */
import { connect } from 'node:net';
import { encode } from '../src/mqtt/encode.ts';

const [port, messagesPerSecond, topicCount, seconds] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number,
];
const TICK_MS = 10;

const packets = Array.from({ length: topicCount }, (_, i) =>
  encode(
    {
      kind: 'publish',
      topic: `bench/device-${i}`,
      payload: Buffer.from(
        JSON.stringify({ temperature: 20 + (i % 10), humidity: 50, device: i }).padEnd(64),
      ),
      qos: 0,
      retain: false,
      dup: false,
    },
    4,
  ),
);

const socket = connect(port, '127.0.0.1');
socket.write(
  encode(
    { kind: 'connect', protocolVersion: 4, cleanStart: true, keepAliveSeconds: 0, clientId: 'bench-load' },
    4,
  ),
);
socket.once('data', () => {
  const startedAtMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startedAtMs;
    const due = Math.floor((Math.min(elapsedMs, seconds * 1000) / 1000) * messagesPerSecond);
    const burst: Uint8Array[] = [];
    for (; sent < due; sent++) burst.push(packets[sent % topicCount]!); // i % length is inside
    if (burst.length > 0) socket.write(Buffer.concat(burst));
    if (elapsedMs < seconds * 1000) return;
    clearInterval(timer);
    socket.end(encode({ kind: 'disconnect', reasonCode: 0 }, 4), () => {
      const tookSeconds = (performance.now() - startedAtMs) / 1000;
      console.log(JSON.stringify({ sent, messagesPerSecond: Math.round(sent / tookSeconds) }));
    });
  }, TICK_MS);
});
socket.on('error', (error) => {
  console.error(`load: ${error.message}`);
  process.exitCode = 1;
});
