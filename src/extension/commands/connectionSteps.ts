/** Which connection a command is about: of its row, or asked for. Not a command itself. */
import { l10n } from 'vscode';
import { type ConnectionId, LOCAL_BROKER } from '../../contracts/connections.ts';
import type { Connection, Connections } from '../connections/connections.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { Answer, Choice, StepPosition } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { describeState } from '../words/connectionStateWords.ts';
import { formatName } from '../words/formats.ts';
import { connectionArgument, connectionNameArgument } from './arguments.ts';

interface ConnectionQuestion {
  title: string;
  placeholder: string;
  /** Said where there is none to choose. */
  nothing: string;
  isMeant(connection: Connection): boolean;
}

/** Of a row of the Connections or the Topics view, or named by a keybinding. */
export function connectionOfArgument({ connections }: Services, argument: unknown): Connection | undefined {
  const name = connectionNameArgument(argument);
  return name === undefined ? connections.with(connectionArgument(argument)) : connections.named(name);
}

/** The only one that can be meant is not asked for. */
export async function askForConnection(
  { connections, questions }: Services,
  { title, placeholder, nothing, isMeant }: ConnectionQuestion,
): Promise<Connection | undefined> {
  const meant = connections.all.filter(isMeant);
  if (meant.length === 0) {
    await questions.say('information', nothing);
    return undefined;
  }
  if (meant.length === 1) return meant[0];
  const answer = await questions.pick({ title, placeholder, choices: meant.map(choiceOf) });
  return answer.kind === 'answered' ? answer.value : undefined;
}

function choiceOf(connection: Connection): Choice<Connection> {
  const { name, profile, state } = connection;
  return {
    value: connection,
    label: formatName(name),
    icon: profile?.icon ?? 'server',
    description: describeState(state),
    ...(profile !== undefined && { detail: formatName(profile.url) }),
  };
}

/** `publish`: also to a connection that is away, where its profile lets messages wait. */
type TargetUse = 'publish' | 'now';

function otherTargets({ connections }: Services, use: TargetUse): Connections['connected'] {
  return use === 'publish' ? connections.publishTargets : connections.connected;
}

/** Whether there is anything to ask: else it is the local broker. */
export function hasOtherTargets(services: Services, use: TargetUse = 'now'): boolean {
  return otherTargets(services, use).length > 0;
}

export function localBrokerChoice<Value>({ state }: LocalBroker, value: Value): Choice<Value> {
  const description = state.kind === 'running' ? l10n.t('running') : l10n.t('not running');
  return { value, label: l10n.t('Local Broker'), icon: 'broadcast', description };
}

/** The local broker, or another that is connected. */
export function askForTarget(
  services: Services,
  { title, position, placeholder }: { title: string; position: StepPosition; placeholder: string },
  preferred: ConnectionId,
  use: TargetUse = 'now',
): Promise<Answer<ConnectionId>> {
  const { broker, questions } = services;
  const local = localBrokerChoice(broker, LOCAL_BROKER);
  const others = otherTargets(services, use).map(
    ({ name, profile, state, broker: { connection } }): Choice<ConnectionId> => ({
      value: connection,
      label: formatName(name),
      icon: profile?.icon ?? 'server',
      ...(state.kind !== 'connected' && { description: l10n.t('not connected: the message waits') }),
      ...(profile?.readOnly && { description: l10n.t('read-only') }),
    }),
  );
  return questions.pick({ title, position, placeholder, choices: [local, ...others], preferred });
}
