/**
 * Binds a server to the path of a Unix domain socket, and sees to the file that the system makes there.
 *
 * The file goes with the listener (Node removes it). One that a killed process left behind is replaced; anything else
 * at the path is somebody's, and stays.
 */
import { existsSync } from 'node:fs';
import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import { bind } from './bind.ts';

/** The owner alone: who may write to the file may connect. */
const DEFAULT_MODE = 0o600;

/** Of the path, without its final zero byte: what the system's `sockaddr_un` has room for. */
const MAX_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** Resolves when the server listens, or with the reason why it can't. On Windows the path is that of a pipe. */
export async function bindUnixSocket(
  server: Server,
  { path, mode = DEFAULT_MODE }: { path: string; mode?: number },
): Promise<NodeJS.ErrnoException | undefined> {
  if (process.platform === 'win32') return bind(server, { path });
  const pathBytes = Buffer.byteLength(path);
  if (pathBytes > MAX_PATH_BYTES) {
    return new Error(
      `the path has ${pathBytes} bytes, and ${MAX_PATH_BYTES} is the most for a socket on this system (${process.platform}): choose a shorter one`,
    );
  }
  if (!existsSync(dirname(path))) return new Error('there is no such folder to put the socket in');
  let failure = await bind(server, { path });
  if (failure?.code === 'EADDRINUSE') {
    if (!(await isSocket(path))) return new Error('there is a file at this path, and it is no socket');
    if (await isListenedOn(path)) return failure;
    await unlink(path);
    failure = await bind(server, { path });
  }
  if (failure === undefined) await chmod(path, mode);
  return failure;
}

/** To connect to any other file is refused too, as if nobody listened there. */
async function isSocket(path: string): Promise<boolean> {
  return (await lstat(path)).isSocket();
}

function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
