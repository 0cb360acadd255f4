/**
 * Add Connection by Address…: address, name, user name and password of a broker. Then it is connected to, and what came of
 * that is told.
 *
 * The profile is written to the person's own settings, subscribed to everything; what else one can have is in its form.
 */
import { l10n } from 'vscode';
import { hostOfAddress } from '../connections/connectionAddress.ts';
import { askSteps, keeping } from '../questions/askSteps.ts';
import type { Answer } from '../questions/userQuestions.ts';
import type { Services } from '../services.ts';
import { urlArgument } from './arguments.ts';
import { connectProfile } from './connect.ts';

export async function addConnectionByAddress(services: Services, argument: unknown): Promise<void> {
  const { questions, connections, connectionSettings, profileSecrets } = services;
  const title = l10n.t('Add Connection by Address');
  const { problemWithAddress } = await import('../words/profileWords.ts');
  let url = urlArgument(argument) ?? '';
  let name = '';
  let username = '';
  let password = '';
  const answered = await askSteps([
    keeping(
      (position) =>
        questions.text({
          ...{ title, position, value: url, problemWith: problemWithAddress },
          prompt: l10n.t(
            'Address of the broker: mqtt:// without TLS, mqtts:// with TLS, ws:// or wss:// for a WebSocket',
          ),
          placeholder: 'mqtts://broker.example:8883',
        }),
      (answer) => {
        url = answer;
      },
    ),
    keeping(
      (position) =>
        questions.text({
          ...{ title, position, value: name || hostOfAddress(url) },
          prompt: l10n.t('Name of the connection, as the views show it'),
          problemWith: (text) => {
            if (text.trim() === '') return l10n.t('A name has at least one character.');
            return connections.named(text) && l10n.t('Another connection has this name.');
          },
        }),
      (answer) => {
        name = answer;
      },
    ),
    keeping(
      (position) =>
        questions.text({
          ...{ title, position, value: username },
          prompt: l10n.t('User name. Leave it empty where the broker asks for none.'),
        }),
      (answer) => {
        username = answer;
      },
    ),
    keeping(
      async (position): Promise<Answer<string>> =>
        username === ''
          ? { kind: 'answered', value: '' }
          : questions.text({
              ...{ title, position, value: password, isPassword: true },
              prompt: l10n.t(
                'Password. It is kept in the secret storage of VS Code, and not in the settings.',
              ),
            }),
      (answer) => {
        password = answer;
      },
    ),
  ]);
  if (!answered) return;
  await connectionSettings.add({ name, url, ...(username !== '' && { username }), subscriptions: ['#'] });
  const profile = connections.named(name)?.profile;
  if (profile === undefined) return;
  if (username !== '') await profileSecrets.store(profile, { password });
  await connectProfile(services, profile);
}
