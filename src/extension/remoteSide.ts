/**
 * Whether the broker runs on another machine than the person's own, so that the views can say what that means.
 *
 * Pure. On the desktop VS Code names a remote by its kind (`ssh-remote`, `wsl`); in a browser by host and port.
 */
import { isLoopback } from '../base/networkAddress.ts';

/** @param remoteName VS Code's `env.remoteName`; undefined without a remote. */
export function isOtherMachine(remoteName: string | undefined): boolean {
  if (remoteName === undefined) return false;
  const host = remoteName.replace(/:\d+$/, '');
  return !isLoopback(host);
}
