/**
 * `broker`: opens a broker, says where it listens, runs until it is told to stop, and stops in order.
 */
import type { BrokerConfiguration } from '../configuration/brokerConfiguration.ts';
import { openBroker } from '../engine/openBroker.ts';
import { describeOpenBrokerFailure } from '../engine/openBrokerFailure.ts';
import { createBrokerLog } from '../observation/brokerLog.ts';
import type { ListenerInfo } from '../transports/listener.ts';
import { addressesOf, isOnThisMachineOnly } from './addresses.ts';
import type { SettingNames } from './settingNames.ts';
import type { Terminal } from './terminal.ts';
import { type UsageProblem, usageProblem } from './usageProblem.ts';

export interface BrokerCommandOptions {
  configuration: BrokerConfiguration;
  json: boolean;
  names: SettingNames;
  terminal: Terminal;
  /** Of this program. */
  version: string;
  /** Called before anything opens; resolves when it is time to stop, with the reason for the log. */
  untilStopped: () => Promise<string>;
}

/** Resolves when the broker has stopped, or with the reason why it can't run. */
export async function runBroker(options: BrokerCommandOptions): Promise<{ kind: 'stopped' } | UsageProblem> {
  const { configuration, json, names, terminal, version, untilStopped } = options;
  // Before anything is open: a signal that comes in between ends the broker in good order, too.
  const stopped = untilStopped();
  const result = await openBroker(configuration, {
    version,
    observer: createBrokerLog((_kind, level, word) => {
      if (level !== 'debug') terminal.log(level, word());
    }),
    onFault: (_kind, level, word) => terminal.log(level, word()),
    onAnnouncement: (level, message) => terminal.log(level, message),
    onRefused: (remoteAddress, message) => terminal.log('warn', `${remoteAddress}: ${message}`),
  });
  if (result.kind !== 'opened') {
    const { setting } = result;
    return usageProblem(names.place(setting) + describeOpenBrokerFailure(result, names.short(setting)));
  }
  const { opened } = result;
  for (const notice of opened.notices) terminal.log('warn', notice);
  const infos = opened.listeners.map((listener) => listener.info);
  terminal.print(json ? describeAsJson(infos) : describe(infos));
  if (isOpenToAll(configuration, infos))
    terminal.log('warn', 'Everyone who reaches this machine can connect; --users FILE asks for a password');
  terminal.log('info', `Stopping: ${await stopped}`);
  await opened.stop();
  return { kind: 'stopped' };
}

function describe(infos: readonly ListenerInfo[]): string {
  return `Listening on ${infos.flatMap(addressesOf).join(', ')}. Ctrl+C stops.\n`;
}

/** A Unix socket has a path in place of host and port. */
function describeAsJson(infos: readonly ListenerInfo[]): string {
  const listeners = infos.map(({ kind, host, port }) =>
    kind === 'unix' ? { kind, path: host } : { kind, host, port },
  );
  return `${JSON.stringify({ event: 'listening', listeners })}\n`;
}

/** Some listener takes clients of other machines, and asks them neither for a password nor for a certificate. */
function isOpenToAll({ users, listeners }: BrokerConfiguration, infos: readonly ListenerInfo[]): boolean {
  return listeners.some((listener, i) => {
    const info = infos[i];
    if (info === undefined || isOnThisMachineOnly(info)) return false;
    if ('tls' in listener && listener.tls.clientCertificate === 'required') return false;
    return users === undefined || listener.anonymous === true;
  });
}
