/** What the status bar item says: how the local broker stands, and the other brokers that the workbench is connected to. */
import { l10n } from 'vscode';
import type { BrokerState } from '../../contracts/engine.ts';
import { isExposed, mainListener } from '../brokerAddress.ts';
import type { Connection } from '../connections/connections.ts';
import { describeState as describeBroker } from './brokerWords.ts';
import { describeState as describeConnection } from './connectionStateWords.ts';
import { formatCount, formatName } from './formats.ts';

/** The status bar is for all extensions. */
const NAME_CHARACTERS = 24;
const MAX_LINES = 10;

export interface StatusWords {
  /** Of a codicon. */
  icon: string;
  text: string;
  /** Of the tooltip. */
  lines: readonly string[];
}

/** The port of the local broker where it runs; else the broker that one is connected to, or was until it was lost. */
export function describeStatus(state: BrokerState, connections: readonly Connection[]): StatusWords {
  const connected = connections.filter((each) => each.state.kind === 'connected');
  const lost = connections.filter((each) => each.state.kind === 'waiting');
  return { ...short(state, connected, lost), lines: [describeBroker(state), ...linesOf(connected, lost)] };
}

function short(
  state: BrokerState,
  [connected, ...others]: readonly Connection[],
  [lost]: readonly Connection[],
): Omit<StatusWords, 'lines'> {
  switch (state.kind) {
    case 'starting':
      return { icon: 'sync~spin', text: l10n.t('MQTT: starting') };
    case 'stopping':
      return { icon: 'sync~spin', text: l10n.t('MQTT: stopping') };
    case 'running': {
      const where = mainListener(state)?.port ?? l10n.t('Unix socket');
      return { icon: isExposed(state) ? 'globe' : 'broadcast', text: `MQTT: ${where}` };
    }
    case 'stopped':
      break;
  }
  if (connected !== undefined) {
    const name = formatName(connected.name, NAME_CHARACTERS);
    const text =
      others.length === 0
        ? `MQTT: ${name}`
        : l10n.t('MQTT: {0} and {1} more', name, formatCount(others.length));
    return { icon: 'plug', text };
  }
  if (lost !== undefined)
    return {
      icon: 'debug-disconnect',
      text: l10n.t('MQTT: {0} lost', formatName(lost.name, NAME_CHARACTERS)),
    };
  return { icon: 'circle-slash', text: l10n.t('MQTT: stopped') };
}

function linesOf(connected: readonly Connection[], lost: readonly Connection[]): string[] {
  const all = [...connected, ...lost];
  const shown = all.length > MAX_LINES ? all.slice(0, MAX_LINES - 1) : all;
  const lines = shown.map(({ name, state }) =>
    l10n.t('{0}: {1}', formatName(name), describeConnection(state)),
  );
  const more = all.length - shown.length;
  return more === 0 ? lines : [...lines, l10n.t('And {0} more', formatCount(more))];
}
