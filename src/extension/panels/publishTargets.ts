/** Where the publish form can publish to: the local broker, and the brokers of the profiles, connected or not. */
import { l10n } from 'vscode';
import { otherConnectionOf } from '../../contracts/connections.ts';
import type { MessageId } from '../../contracts/messages.ts';
import type { PublishTarget } from '../../contracts/publishForm.ts';
import type { ConnectionState, Connections } from '../connections/connections.ts';
import type { LocalBroker } from '../localBroker.ts';
import type { Answer, Choice, UserQuestions } from '../questions/userQuestions.ts';
import { describeState } from '../words/connectionStateWords.ts';
import { formatName } from '../words/formats.ts';

export interface TargetsOptions {
  broker: LocalBroker;
  connections: Connections;
}

/** How it stands now. @param connectionName empty for the local broker. */
export function targetOf(connectionName: string, { broker, connections }: TargetsOptions): PublishTarget {
  if (connectionName === '') return { ...ofLocalBroker, state: localState(broker.state.kind) };
  const connection = connections.named(connectionName);
  if (connection?.profile === undefined)
    return { ...ofLocalBroker, connectionName, state: connection === undefined ? 'gone' : 'off' };
  const { profile, state } = connection;
  const { readOnly, confirmPublish, color, whileOffline } = profile;
  return {
    connectionName,
    state: remoteState(state, whileOffline === 'queue'),
    // Of the connection that stands; the profile may say another for the next one.
    protocolVersion: connection.broker?.protocolVersion ?? profile.protocolVersion,
    isReadOnly: readOnly,
    asksFirst: confirmPublish,
    ...(color !== undefined && { color }),
  };
}

const ofLocalBroker: Omit<PublishTarget, 'state'> = {
  connectionName: '',
  protocolVersion: 5,
  isReadOnly: false,
  asksFirst: false,
};

/** The name of its connection, empty for the local broker; undefined for a recording, which takes nothing. */
export function connectionNameOf(id: MessageId, { connections }: TargetsOptions): string | undefined {
  const connection = otherConnectionOf(id);
  return connection === undefined ? '' : connections.with(connection)?.name;
}

/** Of all of them. */
export function askForPublishTarget(
  questions: UserQuestions,
  { broker, connections }: TargetsOptions,
  preferred: string,
): Promise<Answer<string>> {
  const local: Choice<string> = {
    value: '',
    label: l10n.t('Local Broker'),
    icon: 'broadcast',
    description: broker.state.kind === 'running' ? l10n.t('running') : l10n.t('not running'),
  };
  const others = connections.all.map(({ name, profile, state }): Choice<string> => {
    const traits = [describeState(state), ...(profile?.readOnly ? [l10n.t('read-only')] : [])];
    return {
      value: name,
      label: formatName(name),
      icon: profile?.icon ?? 'server',
      description: traits.join(' · '),
    };
  });
  return questions.pick({
    title: l10n.t('Publish'),
    placeholder: l10n.t('Broker to publish to'),
    choices: [local, ...others],
    preferred,
  });
}

function localState(kind: LocalBroker['state']['kind']): PublishTarget['state'] {
  if (kind === 'running') return 'ready';
  return kind === 'starting' ? 'trying' : 'off';
}

function remoteState({ kind }: ConnectionState, queues: boolean): PublishTarget['state'] {
  if (kind === 'connected') return 'ready';
  if (kind === 'waiting' && queues) return 'queues';
  // One that waits for its next try can be told not to wait.
  return kind === 'connecting' ? 'trying' : 'off';
}
