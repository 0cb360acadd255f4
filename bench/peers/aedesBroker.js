// aedes as a developer starts it: `node aedesBroker.js TLS_CERT TLS_KEY`. Prints its ports as one line of JSON.
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';

const [cert, key] = process.argv.slice(2).map((file) => readFileSync(file));
const broker = await Aedes.createBroker();
const options = { noDelay: true };
const servers = {
  mqtt: createServer(options, broker.handle),
  mqtts: createTlsServer({ ...options, cert, key }, broker.handle),
  ws: createHttpServer(options),
};
new WebSocketServer({ server: servers.ws, perMessageDeflate: false }).on('connection', (webSocket, request) =>
  broker.handle(createWebSocketStream(webSocket), request),
);
/** @type {Record<string, number>} */
const ports = {};
for (const [kind, server] of Object.entries(servers)) {
  await new Promise((resolve) =>
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => resolve(undefined)),
  );
  const address = server.address();
  if (address !== null && typeof address === 'object') ports[kind] = address.port;
}
console.log(JSON.stringify(ports));
process.on('SIGTERM', () => process.exit());
