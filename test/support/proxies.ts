/**
 * What stands before a broker, on 127.0.0.1: a proxy of HTTP that knows CONNECT, one of SOCKS5, and a gate that wants a
 * token. Each tells what it was asked for.
 */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Owner } from './program.ts';

export interface TestProxy {
  readonly url: string;
  /** `host:port`, in order. */
  readonly targets: readonly string[];
}

export interface ProxyUser {
  username: string;
  password: string;
}

/** @param status what it answers instead of opening a tunnel. */
export async function startHttpProxy(
  owner: Owner,
  { user, status }: { user?: ProxyUser; status?: number } = {},
): Promise<TestProxy> {
  const targets: string[] = [];
  const server = createHttpServer();
  server.on('connect', ({ url = '', headers }, socket: Socket) => {
    socket.on('error', () => {});
    targets.push(url);
    const wanted = user && `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
    const refusal = headers['proxy-authorization'] === wanted ? status : 407;
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`tcp://${url}`);
    const onward = connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) });
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    onward.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      joined(socket, onward);
    });
  });
  return { url: `http://127.0.0.1:${await listening(owner, server)}`, targets };
}

const replies: Readonly<Record<string, number>> = { ECONNREFUSED: 5, ENOTFOUND: 4 };

/** @param reply of RFC 1928, section 6: what it answers instead of opening a tunnel. */
export async function startSocksProxy(
  owner: Owner,
  { user, reply }: { user?: ProxyUser; reply?: number } = {},
): Promise<TestProxy> {
  const targets: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    void (async () => {
      const [, methods = 0] = await read(socket, 2);
      const offered = await read(socket, methods);
      const method = user === undefined ? 0 : 2;
      if (!offered.includes(method)) return void socket.end(Uint8Array.of(5, 0xff));
      socket.write(Uint8Array.of(5, method));
      if (user !== undefined) {
        const [, nameBytes = 0] = await read(socket, 2);
        const username = (await read(socket, nameBytes)).toString();
        const [passwordBytes = 0] = await read(socket, 1);
        const password = (await read(socket, passwordBytes)).toString();
        const isRight = username === user.username && password === user.password;
        socket.write(Uint8Array.of(1, isRight ? 0 : 1));
        if (!isRight) return void socket.end();
      }
      const [, , , kind] = await read(socket, 4);
      const host =
        kind === 3
          ? (await read(socket, (await read(socket, 1))[0] ?? 0)).toString()
          : (await read(socket, 4)).join('.');
      const port = (await read(socket, 2)).readUInt16BE();
      targets.push(`${host}:${port}`);
      const answer = (code: number): boolean => socket.write(Uint8Array.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0));
      if (reply !== undefined) return void answer(reply);
      const onward = connect({ host, port });
      onward.on('error', (error: NodeJS.ErrnoException) => answer(replies[error.code ?? ''] ?? 1));
      onward.once('connect', () => {
        answer(0);
        joined(socket, onward);
      });
    })().catch(() => socket.destroy());
  });
  return { url: `socks5://127.0.0.1:${await listening(owner, server)}`, targets };
}

/** Lets WebSockets through to the broker at this port that ask for this very path and query. Others get HTTP 401. */
export async function startTokenGate(owner: Owner, path: string, brokerPort: number): Promise<TestProxy> {
  const targets: string[] = [];
  const server = createHttpServer();
  server.on('upgrade', ({ url = '', rawHeaders }, socket: Socket) => {
    socket.on('error', () => {});
    targets.push(url);
    if (url !== path) return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    const onward = connect({ host: '127.0.0.1', port: brokerPort });
    onward.on('error', () => socket.destroy());
    onward.once('connect', () => {
      const headers = rawHeaders.map((text, i) => text + (i % 2 === 0 ? ': ' : '\r\n'));
      onward.write(`GET / HTTP/1.1\r\n${headers.join('')}\r\n`);
      joined(socket, onward);
    });
  });
  return { url: `ws://127.0.0.1:${await listening(owner, server)}`, targets };
}

async function read(socket: Socket, bytes: number): Promise<Buffer> {
  for (;;) {
    const chunk: Buffer | null = bytes === 0 ? Buffer.alloc(0) : socket.read(bytes);
    if (chunk !== null) return chunk;
    await once(socket, 'readable');
  }
}

function joined(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  one.on('close', () => other.destroy());
  other.on('close', () => one.destroy());
}

async function listening(owner: Owner, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  owner.after(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port; // listening: it has one
}
