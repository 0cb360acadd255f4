/** What faults are called, and what one that is on does, in words. */
import { l10n } from 'vscode';
import type {
  FaultInjection,
  FaultKind,
  FaultPreset,
  FaultRule,
  FaultScope,
  FaultShare,
} from '../../contracts/faults.ts';
import { formatBytes, formatCount, formatName, formatNumber } from './formats.ts';
import { formatReasonCode } from './publishWords.ts';

export interface FaultWords {
  readonly label: string;
  /** What it does on the wire. */
  readonly detail: string;
}

export function presetWords(preset: FaultPreset): FaultWords {
  switch (preset) {
    case 'weakWifi':
      return {
        label: l10n.t('Weak Wi-Fi'),
        detail: l10n.t('Late by up to 420 ms each way, 60 kB/s, and a connection that breaks now and then'),
      };
    case 'lteTunnel':
      return {
        label: l10n.t('LTE-M in a Tunnel'),
        detail: l10n.t('Late by up to 400 ms each way, 15 kB/s, and nothing at all for 20 s of every minute'),
      };
    case 'brokerRestart':
      return {
        label: l10n.t('Broker Restart'),
        detail: l10n.t('Gone for 10 s, then back without its sessions; for everyone'),
      };
    case 'natTimeout':
      return {
        label: l10n.t('NAT Timeout'),
        detail: l10n.t('A connection that is quiet for 30 s goes dead without a word'),
      };
    case 'captivePortal':
      return {
        label: l10n.t('Captive Portal'),
        detail: l10n.t('Accepts the connection and answers CONNECT with a page of HTTP'),
      };
  }
}

export function faultWords(kind: FaultKind): FaultWords {
  switch (kind) {
    case 'delay':
      return {
        label: l10n.t('Delay'),
        detail: l10n.t('Packets come later, each by a different time, in order'),
      };
    case 'bandwidth':
      return { label: l10n.t('Narrow Link'), detail: l10n.t('So many bytes a second and no more') };
    case 'drop':
      return {
        label: l10n.t('Drop Packets'),
        detail: l10n.t('A lost PUBACK, PUBREC, PINGRESP, or any share of all'),
      };
    case 'duplicate':
      return { label: l10n.t('Duplicate Packets'), detail: l10n.t('Packets come twice') };
    case 'reorder':
      return {
        label: l10n.t('Reorder Messages'),
        detail: l10n.t('Between topics; within one the order stays'),
      };
    case 'corrupt':
      return { label: l10n.t('Corrupt a Byte'), detail: l10n.t('One byte of a packet is another one') };
    case 'split':
      return { label: l10n.t('Single Bytes'), detail: l10n.t('Each byte in a segment of its own') };
    case 'stall':
      return {
        label: l10n.t('Stall'),
        detail: l10n.t('The broker does not read, or does not write, until it is stopped'),
      };
    case 'halfOpen':
      return {
        label: l10n.t('Half-Open Connection'),
        detail: l10n.t('Connections that are open now go dead without a word; new ones work'),
      };
    case 'idleTimeout':
      return {
        label: l10n.t('Dead When Idle'),
        detail: l10n.t('A connection that was quiet for too long goes dead without a word'),
      };
    case 'gap':
      return { label: l10n.t('Gaps'), detail: l10n.t('Nothing passes for some seconds, again and again') };
    case 'refuse':
      return { label: l10n.t('Refuse CONNECT'), detail: l10n.t('With a reason code that you choose') };
    case 'close':
      return {
        label: l10n.t('Close During the Handshake'),
        detail: l10n.t('Before CONNECT, behind it, or behind CONNACK'),
      };
    case 'closeAfter':
      return {
        label: l10n.t('Close After Messages'),
        detail: l10n.t('Behind so many messages, each connection anew'),
      };
    case 'cut':
      return {
        label: l10n.t('Cut in a Packet'),
        detail: l10n.t('The connection ends in the middle of a packet'),
      };
    case 'nonsense':
      return { label: l10n.t('Answer Nonsense'), detail: l10n.t('CONNECT is answered with a page of HTTP') };
    case 'brokerStops':
      return {
        label: l10n.t('Broker Gone'),
        detail: l10n.t('No port is open for some seconds, then it is back; for everyone'),
      };
    case 'loseSession':
      return {
        label: l10n.t('Lose Session'),
        detail: l10n.t('A client finds no session when it comes back'),
      };
    case 'serverKeepAlive':
      return {
        label: l10n.t('Low Server Keep Alive'),
        detail: l10n.t('Told and enforced from the next CONNECT on; MQTT 5.0'),
      };
    case 'receiveMaximum':
      return {
        label: l10n.t('Low Receive Maximum'),
        detail: l10n.t('Told and enforced from the next CONNECT on; MQTT 5.0'),
      };
    case 'expiryClock':
      return {
        label: l10n.t('Advance Message Expiry'),
        detail: l10n.t('Messages that wait count as older than they are; for everyone'),
      };
  }
}

const presets: Readonly<Record<FaultPreset, true>> = {
  weakWifi: true,
  lteTunnel: true,
  brokerRestart: true,
  natTimeout: true,
  captivePortal: true,
};

/** @param name the kind or the preset, as the end of a connection has it. */
export function faultTitle(name: string): string {
  const isPreset = Object.hasOwn(presets, name);
  // What is no preset is a kind: FaultOfEnd has no other names.
  return (isPreset ? presetWords(name as FaultPreset) : faultWords(name as FaultKind)).label;
}

/** `1 MQTT fault on` */
export function faultsOnLabel(count: number): string {
  return count === 1 ? l10n.t('1 MQTT fault on') : l10n.t('{0} MQTT faults on', formatCount(count));
}

/** `Drop Packets (100 % of PUBACK) for board-7, 3 times so far` */
export function describeInjection(injection: FaultInjection): string {
  const what = l10n.t('{0} for {1}', injectionLabel(injection), scopeName(injection.rules[0]?.who));
  return injection.applied === 0 ? what : `${what}, ${timesApplied(injection.applied)}`;
}

/** `for board-7 · 3 times so far · seed 42` */
export function injectionDetail({ rules, applied, seed }: FaultInjection): string {
  const whom = l10n.t('for {0}', scopeName(rules[0]?.who));
  const chance = l10n.t('seed {0}', String(seed));
  return [whom, ...(applied === 0 ? [] : [timesApplied(applied)]), chance].join(' · ');
}

function timesApplied(count: number): string {
  return count === 1 ? l10n.t('once so far') : l10n.t('{0} times so far', formatCount(count));
}

export function injectionLabel({ preset, rules }: FaultInjection): string {
  if (preset !== undefined) return presetWords(preset).label;
  return rules.map(ruleLabel).join(', ');
}

/** Whom a rule means, within a sentence. */
function scopeName(who: FaultScope | undefined): string {
  switch (who?.kind) {
    case undefined:
    case 'everyone':
      return l10n.t('everyone');
    case 'clientId':
      return formatName(who.clientId);
    case 'clientIdPattern':
      return formatName(who.pattern);
    case 'topicFilter':
      return formatName(who.topicFilter);
  }
}

function ruleLabel(rule: FaultRule): string {
  const { label } = faultWords(rule.behaviour.kind);
  const numbers = numbersOf(rule);
  return numbers === undefined ? label : l10n.t('{0} ({1})', label, numbers);
}

function numbersOf({ who, behaviour, packets, direction }: FaultRule): string | undefined {
  // Of a topic, PUBLISH alone is meant in any case.
  const meant = who.kind === 'topicFilter' ? (['publish'] as const) : packets;
  const names = meant?.map((packet) => packet.toUpperCase()).join(', ') ?? l10n.t('all packets');
  const way = direction && (direction === 'toClient' ? l10n.t('to the client') : l10n.t('from the client'));
  const picked = way === undefined ? names : l10n.t('{0} {1}', names, way);
  switch (behaviour.kind) {
    case 'delay':
      return l10n.t(
        '{0} to {1} ms',
        formatNumber(behaviour.delayMs, 0),
        formatNumber(behaviour.delayMs + behaviour.jitterMs, 0),
      );
    case 'bandwidth':
      return l10n.t('{0} a second', formatBytes(behaviour.bytesPerSecond));
    case 'drop':
    case 'duplicate':
    case 'corrupt':
    case 'cut':
      return shareOf(behaviour, picked);
    case 'reorder':
      return shareOf(behaviour, 'PUBLISH');
    case 'stall':
      return way;
    case 'idleTimeout':
    case 'serverKeepAlive':
    case 'brokerStops':
      return l10n.t('{0} s', formatNumber(behaviour.seconds, 1));
    case 'gap':
      return l10n.t(
        '{0} s of {1} s',
        formatNumber(behaviour.seconds, 1),
        formatNumber(behaviour.everySeconds, 1),
      );
    case 'refuse':
      return formatReasonCode(behaviour.reasonCode);
    case 'closeAfter':
      return formatCount(behaviour.count);
    case 'receiveMaximum':
      return formatCount(behaviour.messages);
    case 'expiryClock':
      return l10n.t('{0} s', formatCount(behaviour.aheadSeconds));
    default:
      return undefined;
  }
}

function shareOf({ percent, times }: FaultShare, picked: string): string {
  if (times === 1 && percent === 100) return l10n.t('the first {0}', picked);
  const share = l10n.t('{0} % of {1}', formatNumber(percent, 2), picked);
  return times === undefined ? share : l10n.t('{0}, {1} at most', share, formatCount(times));
}
