/**
 * Connect: to the broker of a profile. What it keeps secret is asked for where it is not known; what went wrong is told in
 * words, with the button that helps.
 */
import { commands, l10n } from 'vscode';
import type { ConnectBrokerResult } from '../../contracts/remoteBrokers.ts';
import type { TlsFileName } from '../../contracts/tlsFiles.ts';
import type { Secrets, SecretTexts } from '../connections/profileSecrets.ts';
import { type ConnectionProfile, needsRequestSecret } from '../connections/profiles.ts';
import type { Services } from '../services.ts';
import { formatName } from '../words/formats.ts';
import { askForConnection, connectionOfArgument } from './connectionSteps.ts';

type SecretName = keyof SecretTexts;

export async function connect(services: Services, argument: unknown): Promise<void> {
  const connection =
    connectionOfArgument(services, argument) ??
    (await askForConnection(services, {
      title: l10n.t('Connect'),
      placeholder: l10n.t('Broker to connect to'),
      nothing: l10n.t('There is no other broker to connect to. Add Connection makes one.'),
      isMeant: ({ profile, state }) =>
        profile !== undefined && state.kind !== 'connected' && state.kind !== 'connecting',
    }));
  if (connection?.profile !== undefined) await connectProfile(services, connection.profile);
}

/** Until it is connected, or the person has had enough. */
export async function connectProfile(services: Services, profile: ConnectionProfile): Promise<void> {
  if (!profile.isTrusted) return sayUntrusted(services, profile);
  const secrets = await knownSecrets(services, profile);
  if (secrets === undefined) return;
  const result = await tryOnce(services, profile, secrets);
  switch (result.kind) {
    case 'connected':
      services.questions.confirm(l10n.t('Connected to {0}.', formatName(profile.name)));
      for (const { topicFilter, message } of result.subscriptionProblems)
        services.inBackground(
          services.questions.say(
            'warning',
            l10n.t('Not subscribed to {0}: {1}', formatName(topicFilter), message),
          ),
        );
      return;
    case 'retrying':
      return;
    case 'refused':
    case 'failed':
      // Called off by the person, who knows.
      if (result.kind === 'failed' && result.fault?.code === 'ABORTED') return;
      return offerHelp(services, profile, result);
  }
}

/** What a folder names that is not trusted is shown, and no more. */
export async function sayUntrusted({ questions }: Services, { name }: ConnectionProfile): Promise<void> {
  const manage = l10n.t('Manage Workspace Trust');
  const message = l10n.t(
    'In Restricted Mode nothing is connected to that this folder names, as {0}. Trust the folder first.',
    formatName(name),
  );
  if ((await questions.say('warning', message, manage)) === manage)
    await commands.executeCommand('workbench.trust.manage');
}

function tryOnce(
  { connections, questions, inBackground }: Services,
  profile: ConnectionProfile,
  secrets: Secrets,
): Promise<ConnectBrokerResult> {
  const { name } = profile;
  return questions.whileWorking(l10n.t('Connecting to {0}', formatName(name)), async ({ signal }) => {
    signal.addEventListener('abort', () => inBackground(connections.disconnect(name)));
    return connections.connect(profile, secrets);
  });
}

async function offerHelp(
  services: Services,
  profile: ConnectionProfile,
  result: Extract<ConnectBrokerResult, { kind: 'refused' | 'failed' }>,
): Promise<void> {
  // What is asked and said of it is a bundle of its own: much, and seldom needed.
  const { askForHelp } = await import('./connectFailure.ts');
  const help = await askForHelp(services, profile, result);
  switch (help?.kind) {
    case undefined:
      return;
    case 'edit':
      (await services.connectionForms()).openProfile(profile);
      return;
    case 'again':
      return connectProfile(services, profile);
    case 'trust':
      await services.connectionSettings.change(profile, (entry) => ({
        ...entry,
        tls: { ...(entry.tls as object | undefined), fingerprint: help.fingerprint }, // checked when it was read
      }));
      break;
    case 'secret':
      if (!(await askSecret(services, profile, help.name))) return;
  }
  // As it is in the settings now.
  const changed = services.connections.named(profile.name)?.profile;
  if (changed !== undefined) await connectProfile(services, changed);
}

/** Undefined when the person gave up. */
async function knownSecrets(services: Services, profile: ConnectionProfile): Promise<Secrets | undefined> {
  const secrets = await services.profileSecrets.of(profile);
  const missing: SecretName[] = [];
  if (profile.username !== undefined && secrets.password === undefined) missing.push('password');
  if (needsRequestSecret(profile) && secrets.requestSecret === undefined) missing.push('requestSecret');
  if (profile.proxy?.username !== undefined && secrets.proxyPassword === undefined)
    missing.push('proxyPassword');
  for (const name of missing) if (!(await askSecret(services, profile, name))) return undefined;
  const missingFiles = (profile.tls.keptFiles ?? []).filter((name) => secrets.files?.[name] === undefined);
  for (const name of missingFiles) if (!(await askFile(services, profile, name))) return undefined;
  const isComplete = missing.length === 0 && missingFiles.length === 0;
  return isComplete ? secrets : services.profileSecrets.of(profile);
}

/** And keeps its content. False when the person gave up. */
async function askFile(
  { questions, profileSecrets, connectionSettings }: Services,
  profile: ConnectionProfile,
  name: TlsFileName,
): Promise<boolean> {
  const { askForTlsContent, tlsFileTitle } = await import('../connections/askForTlsContent.ts');
  const title = l10n.t('{0}: {1}', formatName(profile.name), tlsFileTitle(name));
  const { folder } = connectionSettings.surroundings;
  const content = await askForTlsContent(questions, { name, title, folder });
  if (content === undefined) return false;
  const secrets = await profileSecrets.of(profile);
  await profileSecrets.store(profile, { ...secrets, files: { ...secrets.files, [name]: content } });
  return true;
}

/** And keeps it. False when the person gave up. */
async function askSecret(services: Services, profile: ConnectionProfile, name: SecretName): Promise<boolean> {
  const { questions, profileSecrets } = services;
  const answer = await questions.text({
    title: l10n.t('Connect to {0}', formatName(profile.name)),
    prompt: secretPrompt(profile, name),
    value: '',
    isPassword: true,
  });
  if (answer.kind !== 'answered') return false;
  await profileSecrets.store(profile, { ...(await profileSecrets.of(profile)), [name]: answer.value });
  return true;
}

function secretPrompt({ username = '', tls, proxy }: ConnectionProfile, name: SecretName): string {
  switch (name) {
    case 'password':
      return l10n.t('Password of {0}. It is kept in the secret storage of VS Code.', formatName(username));
    case 'passphrase':
      return tls.pkcs12File === undefined && !tls.keptFiles?.includes('pkcs12')
        ? l10n.t(
            'Passphrase of the key of the client certificate. It is kept in the secret storage of VS Code.',
          )
        : l10n.t('Passphrase of the PKCS#12 file. It is kept in the secret storage of VS Code.');
    case 'proxyPassword':
      return l10n.t(
        'Password of {0} at the proxy. It is kept in the secret storage of VS Code.',
        formatName(proxy?.username ?? ''),
      );
    case 'requestSecret':
      return l10n.t(
        'What {0} in the profile stands for. It is kept in the secret storage of VS Code.',
        '{secret}',
      );
  }
}
