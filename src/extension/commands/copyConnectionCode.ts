/**
 * Copy Connection Code…: the code that connects a device to this broker, for its source.
 *
 * Asks for what it is written in, then only for what is not clear: the address, where there are several; the CA, where the
 * listener has TLS of another one than the development CA; and what the device is called. For a board that can't reach the
 * broker it offers to expose it first.
 */
import { networkInterfaces } from 'node:os';
import { env, l10n, type Uri, workspace } from 'vscode';
import { ownTlsPort } from '../brokerAddress.ts';
import { isSecretsUnavailable } from '../certificates/developmentCa.ts';
import { type ConnectionAddress, connectionAddresses } from '../connectionCode/connectionAddresses.ts';
import { certificatesIn } from '../connectionCode/connectionSettings.ts';
import type { ConnectionTarget } from '../connectionCode/connectionTargets.ts';
import type { Services } from '../services.ts';
import { describeTarget } from '../words/connectionWords.ts';
import { problemWithTopicName } from '../words/topicWords.ts';
import { urlArgument } from './arguments.ts';
import { expose } from './exposeBroker.ts';
import { ensureRunning } from './launch.ts';

/** It begins every topic of the device, and takes room in the small buffers of small libraries. */
const MAX_CLIENT_ID_BYTES = 128;
/** A chain of certificates has some thousand. */
const MAX_CERTIFICATE_FILE_BYTES = 262_144;

const title = (): string => l10n.t('Copy Connection Code');

export async function copyConnectionCode(services: Services, argument: unknown): Promise<void> {
  const { broker, memory, questions } = services;
  if (!(await ensureRunning(services, title()))) return;
  // As large as ten commands, and seldom needed: a bundle of its own.
  const { clipboardText, connectionTargets } = await import('../connectionCode/connectionTargets.ts');
  const target = await askWhatFor(services, connectionTargets);
  if (target === undefined) return;
  const address = await addressFor(services, target, urlArgument(argument));
  if (address === undefined) return;
  const tls = address.isTls ? await caOf(services, address) : undefined;
  if (address.isTls && tls === undefined) return;
  const clientId = await askForClientId(services);
  if (clientId === undefined) return;
  await memory.rememberConnectionCode({ clientId, target: target.id });

  const { state } = broker;
  const { requiresClientCertificate } = address;
  const asksForLogin = state.kind === 'running' && state.broker.requiresCredentials;
  const files = target.generate({
    host: address.host,
    port: address.port,
    ...(tls && { tls: { ...tls, ...(requiresClientCertificate && { requiresClientCertificate }) } }),
    ...(asksForLogin && { credentials: { username: broker.chosenUsername } }),
    clientId,
    topicPrefix: clientId,
  });
  await env.clipboard.writeText(clipboardText(files));
  const names = files.map(({ name }) => name).join(', ');
  questions.confirm(l10n.t('Copied the code for {0}: {1}', describeTarget(target.id).label, names));
}

async function askWhatFor(
  { questions, memory }: Services,
  connectionTargets: readonly ConnectionTarget[],
): Promise<ConnectionTarget | undefined> {
  const preferred = connectionTargets.find(({ id }) => id === memory.connectionCode.target);
  const answer = await questions.pick<ConnectionTarget>({
    title: title(),
    placeholder: l10n.t('What is the device written in?'),
    choices: connectionTargets.map((target) => ({ value: target, ...describeTarget(target.id) })),
    ...(preferred && { preferred }),
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}

/** @param url of the row that the command was called on. */
async function addressFor(
  services: Services,
  { runsOn }: ConnectionTarget,
  url: string | undefined,
): Promise<ConnectionAddress | undefined> {
  const { broker } = services;
  const known = (from: ConnectionTarget['runsOn']): ConnectionAddress[] =>
    connectionAddresses(broker.state, networkInterfaces(), from);
  const choose = async (addresses: readonly ConnectionAddress[]): Promise<ConnectionAddress | undefined> =>
    addresses.find(({ urls }) => url !== undefined && urls.includes(url)) ??
    (addresses.length > 1 ? await askForAddress(services, addresses) : addresses[0]);

  // As seen from beside the broker: all that it has.
  if (known('computer').length === 0) {
    await services.questions.say(
      'information',
      l10n.t('The code is for MQTT over TCP or TLS, and the broker has no such listener.'),
    );
    return undefined;
  }
  if (runsOn !== 'board' || known('board').length > 0) return choose(known(runsOn));
  const answer = await askForExposure(services);
  if (answer === undefined) return undefined;
  if (answer === 'allTheSame') return choose(known('computer'));
  return (await expose(services)) ? choose(known('board')) : undefined;
}

async function askForExposure({ questions }: Services): Promise<'expose' | 'allTheSame' | undefined> {
  const answer = await questions.pick<'expose' | 'allTheSame'>({
    title: title(),
    placeholder: l10n.t('To a board, 127.0.0.1 is the board itself: it can’t reach this broker yet.'),
    choices: [
      {
        value: 'expose',
        icon: 'globe',
        label: l10n.t('Expose on the Local Network…'),
        detail: l10n.t('Asks who may connect, and copies the code with an address of this computer.'),
      },
      {
        value: 'allTheSame',
        icon: 'vm',
        label: l10n.t('Copy with the Address of This Computer Alone'),
        detail: l10n.t('A comment in the code says what to change.'),
      },
    ],
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}

async function askForAddress(
  { questions }: Services,
  addresses: readonly ConnectionAddress[],
): Promise<ConnectionAddress | undefined> {
  const answer = await questions.pick<ConnectionAddress>({
    title: title(),
    placeholder: l10n.t('By which address does the device reach the broker?'),
    choices: addresses.map((address) => ({
      value: address,
      label: address.urls[0] ?? '',
      icon: address.lan === undefined ? 'vm' : 'globe',
      description: placeOf(address),
    })),
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}

function placeOf({ lan }: ConnectionAddress): string {
  if (lan === undefined) return l10n.t('from this computer');
  return lan.isVirtual ? l10n.t('{0}, inside this computer only', lan.interfaceName) : lan.interfaceName;
}

/** The listener that Set Up TLS made has a certificate of the development CA; of another, the person knows. */
async function caOf(
  services: Services,
  { port }: ConnectionAddress,
): Promise<{ caPem: string | undefined } | undefined> {
  if (ownTlsPort(services.broker.state) !== port) return askForCaFile(services);
  try {
    const authority = await services.developmentCa.authority();
    if (authority !== undefined) return { caPem: authority.certificate };
  } catch (error) {
    if (!isSecretsUnavailable(error)) throw error;
  }
  return askForCaFile(services);
}

/** Undefined when the person gave up, or the file has none: then a message has said so. */
async function askForCaFile({ questions }: Services): Promise<{ caPem: string | undefined } | undefined> {
  const answer = await questions.pick({
    title: title(),
    placeholder: l10n.t('This listener has TLS. Which CA signed the broker’s certificate?'),
    choices: [
      {
        value: true,
        icon: 'folder-opened',
        label: l10n.t('Choose Its Certificate…'),
        detail: l10n.t('A file in PEM. Of what else it holds, as a private key, nothing is copied.'),
      },
      {
        value: false,
        icon: 'edit',
        label: l10n.t('Leave Its Place Empty'),
        detail: l10n.t('A comment in the code says what to paste there.'),
      },
    ],
  });
  if (answer.kind !== 'answered') return undefined;
  if (!answer.value) return { caPem: undefined };
  const file = await questions.file(l10n.t('Certificate of the CA'), l10n.t('Use'), {
    filters: { [l10n.t('Certificates')]: ['pem', 'crt', 'cer'], [l10n.t('All Files')]: ['*'] },
  });
  if (file === undefined) return undefined;
  const caPem = await certificateIn(file);
  if (caPem !== undefined) return { caPem };
  await questions.say(
    'error',
    l10n.t(
      'There is no certificate in {0}: one in PEM begins with -----BEGIN CERTIFICATE-----. One in DER becomes one by: openssl x509 -inform der -in FILE -out ca.pem',
      file.path.split('/').at(-1) ?? '',
    ),
  );
  return undefined;
}

async function certificateIn(file: Uri): Promise<string | undefined> {
  const { size } = await workspace.fs.stat(file);
  if (size > MAX_CERTIFICATE_FILE_BYTES) return undefined;
  return certificatesIn(new TextDecoder().decode(await workspace.fs.readFile(file)));
}

async function askForClientId({ questions, memory }: Services): Promise<string | undefined> {
  const answer = await questions.text({
    title: title(),
    prompt: l10n.t('Client id of the device. Its topics begin with it.'),
    value: memory.connectionCode.clientId,
    problemWith: problemWithClientId,
  });
  return answer.kind === 'answered' ? answer.value : undefined;
}

function problemWithClientId(text: string): string | undefined {
  if (text === '') return l10n.t('At least one character is needed.');
  if (Buffer.byteLength(text) > MAX_CLIENT_ID_BYTES)
    return l10n.t('At most {0} bytes in UTF-8: libraries for boards have little room.', MAX_CLIENT_ID_BYTES);
  return problemWithTopicName(text);
}
