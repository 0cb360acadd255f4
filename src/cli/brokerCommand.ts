/**
 * `broker`: composes broker, access policy and listeners, runs until it is told to stop, and stops in order.
 *
 * Owns the order of things: policy, store, then listeners, then the line that says where they are; at the end
 * listeners, then the broker, which takes leave of its clients and closes the store.
 */
import { anonymousPolicy } from '../broker/access/anonymousPolicy.ts';
import { loadFilePolicy } from '../broker/access/filePolicy.ts';
import { describeFileProblem } from '../broker/access/fileProblem.ts';
import type { AccessPolicy } from '../broker/accessPolicy.ts';
import { Broker } from '../broker/broker.ts';
import type { Persistence } from '../broker/persistence.ts';
import { createBrokerLog } from '../observation/brokerLog.ts';
import { openPersistence } from '../persistence/openPersistence.ts';
import type { Listener } from '../transports/listener.ts';
import { addressesOf, isOnThisMachineOnly } from './addresses.ts';
import type { BrokerSettings } from './brokerFlags.ts';
import { openListeners } from './listeners.ts';
import type { Terminal } from './terminal.ts';
import { type UsageProblem, usageProblem } from './usageProblem.ts';

/**
 * Resolves when the broker has stopped, or with the reason why it can't run.
 *
 * @param untilStopped called when every listener is up; resolves when it is time to stop, with the reason for the log.
 */
export async function runBroker(
  settings: BrokerSettings,
  terminal: Terminal,
  version: string,
  untilStopped: () => Promise<string>,
): Promise<{ kind: 'stopped' } | UsageProblem> {
  const loaded = await loadPolicy(settings);
  if (loaded.kind === 'usageProblem') return loaded;
  const store = openStore(settings.persist, terminal);
  if (store.kind === 'usageProblem') return store;
  const observer = createBrokerLog((_kind, level, word) => {
    if (level !== 'debug') terminal.log(level, word());
  });
  const broker = new Broker({
    policy: loaded.policy,
    observer,
    version: `MQTT Workbench version ${version}`,
    ...store.options,
  });
  const opened = await openListeners(settings, {
    onTransport: (transport) => broker.accept(transport),
    onRefused: (remoteAddress, message) => terminal.log('warn', `${remoteAddress}: ${message}`),
    maxMessageBytes: broker.limits.maxPacketBytes,
  });
  if (opened.kind === 'opened') {
    announce(settings, opened.listeners, terminal);
    terminal.log('info', `Stopping: ${await untilStopped()}`);
    await Promise.all(opened.listeners.map((listener) => listener.close()));
  }
  await broker.stop();
  return opened.kind === 'opened' ? { kind: 'stopped' } : opened;
}

async function loadPolicy(
  settings: BrokerSettings,
): Promise<{ kind: 'policy'; policy: AccessPolicy } | UsageProblem> {
  const { users, acl } = settings;
  if (users === undefined && acl === undefined) return { kind: 'policy', policy: anonymousPolicy };
  const result = await loadFilePolicy({
    ...(users === undefined ? {} : { users }),
    ...(acl === undefined ? {} : { rules: acl }),
  });
  if (result.kind === 'loaded') return { kind: 'policy', policy: result.policy };
  return usageProblem(`${result.file === users ? '--users' : '--acl'} ${describeFileProblem(result)}`);
}

/** @param folder undefined: nothing outlives the process. */
function openStore(
  folder: string | undefined,
  terminal: Terminal,
): { kind: 'store'; options: { persistence?: Persistence } } | UsageProblem {
  if (folder === undefined) return { kind: 'store', options: {} };
  const opened = openPersistence(folder);
  if (opened.kind === 'failed') return usageProblem(`--persist: ${opened.message}`);
  if (opened.notice !== undefined) terminal.log('warn', opened.notice);
  return { kind: 'store', options: { persistence: opened.persistence } };
}

function announce(settings: BrokerSettings, listeners: readonly Listener[], terminal: Terminal): void {
  const infos = listeners.map((listener) => listener.info);
  if (settings.json) {
    const listening = infos.map(({ kind, host, port }) => ({ kind, host, port }));
    terminal.print(`${JSON.stringify({ event: 'listening', listeners: listening })}\n`);
  } else {
    terminal.print(`Listening on ${infos.flatMap(addressesOf).join(', ')}. Ctrl+C stops.\n`);
  }
  if (settings.users === undefined && !infos.every(isOnThisMachineOnly))
    terminal.log('warn', 'Everyone who reaches this machine can connect; --users FILE asks for a password');
}
