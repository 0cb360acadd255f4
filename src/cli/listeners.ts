/**
 * Opens every listener that the settings ask for, or none: and says which flag is to blame.
 */
import type { Transport } from '../broker/transport.ts';
import { findFreePort } from '../transports/freePort.ts';
import { type Listener, type ListenerOptions, type ListenResult, listen } from '../transports/listener.ts';
import { findPortOwner } from '../transports/portOwner.ts';
import type { BrokerSettings } from './brokerFlags.ts';
import { readTlsFiles } from './tlsFiles.ts';
import { type UsageProblem, usageProblem } from './usageProblem.ts';

export interface ListenersOptions {
  onTransport: (transport: Transport) => void;
  onRefused: (remoteAddress: string, message: string) => void;
  /** Of WebSocket messages. */
  maxMessageBytes: number;
}

type Opened = { kind: 'opened'; listeners: readonly Listener[] } | UsageProblem;

interface Wanted {
  flag: '--port' | '--ws-port' | '--tls-port';
  options: Exclude<ListenerOptions, { kind: 'unix' }>;
}

export async function openListeners(settings: BrokerSettings, options: ListenersOptions): Promise<Opened> {
  const wanted = await wantedListeners(settings, options.maxMessageBytes);
  if ('kind' in wanted) return wanted;
  const listeners: Listener[] = [];
  for (const { flag, options: listenerOptions } of wanted) {
    const result = await listen(listenerOptions, options.onTransport, { onRefused: options.onRefused });
    if (result.kind === 'listening') {
      listeners.push(result.listener);
      continue;
    }
    await Promise.all(listeners.map((listener) => listener.close()));
    return usageProblem(await describeFailure(flag, result));
  }
  return { kind: 'opened', listeners };
}

async function wantedListeners(
  settings: BrokerSettings,
  maxMessageBytes: number,
): Promise<Wanted[] | UsageProblem> {
  const { host, port, wsPort, tlsPort, cert, key, ca, requireClientCert } = settings;
  const wanted: Wanted[] = [{ flag: '--port', options: { kind: 'mqtt', host, port } }];
  if (wsPort !== undefined)
    wanted.push({ flag: '--ws-port', options: { kind: 'ws', host, port: wsPort, maxMessageBytes } });
  if (tlsPort !== undefined && cert !== undefined && key !== undefined) {
    const files = await readTlsFiles({ cert, key, ca, requireClientCert });
    if (files.kind === 'usageProblem') return files;
    wanted.push({ flag: '--tls-port', options: { kind: 'mqtts', host, port: tlsPort, tls: files.tls } });
  }
  return wanted;
}

async function describeFailure(
  flag: Wanted['flag'],
  result: Exclude<ListenResult, { kind: 'listening' }>,
): Promise<string> {
  switch (result.kind) {
    case 'portInUse': {
      const { host, port } = result;
      const [owner, freePort] = await Promise.all([findPortOwner(port), findFreePort(host, port)]);
      const by = owner === undefined ? 'another process' : `${owner.name} (process ${owner.pid})`;
      return `${flag} ${port}: the port is in use on ${host} by ${by}; stop it, or use ${flag} ${freePort}`;
    }
    case 'notPermitted':
      return `${flag} ${result.port}: this user may not listen on it; ports from 1024 up need no rights`;
    case 'addressNotAvailable':
      return `--host ${result.host}: this machine has no such address`;
    case 'failed':
      return `${flag}: ${result.message}`;
  }
}
