/** A client's end of a connection to a listener of any kind: a stream of bytes, whatever is under it. */
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import type { ListenerInfo } from '../../src/transports/listener.ts';
import { authority } from '../suites/transportPeers.ts';
import type { Wire, WirePeer } from './rawClient.ts';

/** A connection that stands, handshakes included. What came before `listen` is called is kept for it. */
export interface Line extends Pick<Wire, 'write' | 'breakOff'> {
  listen(peer: WirePeer): void;
}

export async function dial({ kind, host, port }: ListenerInfo): Promise<Line> {
  switch (kind) {
    case 'mqtt':
      return socketLine(connectSocket({ host, port, noDelay: true }), 'connect');
    case 'unix':
      return socketLine(connectSocket(host), 'connect');
    case 'mqtts':
      return socketLine(connectTls({ host, port, ca: authority }), 'secureConnect');
    case 'ws':
    case 'wss':
      return webSocketLine(new WebSocket(`${kind}://${host}:${port}`, 'mqtt', { ca: authority }));
  }
}

async function socketLine(socket: Socket, openEvent: 'connect' | 'secureConnect'): Promise<Line> {
  await once(socket, openEvent);
  return {
    write: (bytes) => void socket.write(bytes),
    breakOff: () => void socket.destroy(),
    listen(peer) {
      socket.on('data', (chunk) => peer.onBytes(chunk));
      socket.on('error', () => {}); // A reset is an end like any other: `close` follows.
      socket.on('close', () => peer.onClose());
    },
  };
}

async function webSocketLine(webSocket: WebSocket): Promise<Line> {
  await once(webSocket, 'open');
  webSocket.pause();
  return {
    write: (bytes) => webSocket.send(bytes),
    breakOff: () => webSocket.terminate(),
    listen(peer) {
      webSocket.on('message', (data: Buffer) => peer.onBytes(data));
      webSocket.on('error', () => {});
      webSocket.on('close', () => peer.onClose());
      webSocket.resume();
    },
  };
}
