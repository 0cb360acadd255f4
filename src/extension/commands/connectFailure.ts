/**
 * What is said of a connection that came to nothing, and what is offered to do about it. A bundle of its own, loaded when one
 * does. Not a command itself.
 */
import { env, l10n } from 'vscode';
import type { ConnectBrokerResult, ServerCertificateInfo } from '../../contracts/remoteBrokers.ts';
import type { SecretTexts } from '../connections/profileSecrets.ts';
import type { ConnectionProfile } from '../connections/profiles.ts';
import type { Services } from '../services.ts';
import { type ConnectProblem, describeCertificate, explainConnect } from '../words/remoteBrokerWords.ts';

export type Help =
  | { kind: 'again' }
  | { kind: 'edit' }
  /** The person has compared it. */
  | { kind: 'trust'; fingerprint: string }
  /** To be asked for again. */
  | { kind: 'secret'; name: keyof SecretTexts };

/** Undefined when the person has had enough. */
export async function askForHelp(
  services: Services,
  profile: ConnectionProfile,
  result: Extract<ConnectBrokerResult, { kind: 'refused' | 'failed' }>,
): Promise<Help | undefined> {
  const { message, fix } = explainConnect(result, profile);
  const again = l10n.t('Try Again');
  const edit = l10n.t('Edit Connection…');
  const helps = fix === undefined ? again : fixButton(fix);
  // The first one stands out, and what is risky is not to.
  const buttons = fix === 'trust' ? [edit, helps] : [helps, edit];
  const button = await services.questions.say('error', message, ...buttons);
  if (button === edit) return { kind: 'edit' };
  if (button === again) return { kind: 'again' };
  if (button === undefined || fix === undefined) return undefined;
  if (fix !== 'trust') return { kind: 'secret', name: fix };
  const certificate = result.kind === 'failed' ? result.fault?.certificate : undefined;
  if (certificate === undefined || !(await mayTrust(services, certificate))) return undefined;
  return { kind: 'trust', fingerprint: certificate.fingerprint };
}

function fixButton(fix: NonNullable<ConnectProblem['fix']>): string {
  switch (fix) {
    case 'password':
      return l10n.t('Enter Password…');
    case 'passphrase':
      return l10n.t('Enter Passphrase…');
    case 'requestSecret':
      return l10n.t('Enter Secret…');
    case 'proxyPassword':
      return l10n.t('Enter Password of the Proxy…');
    case 'trust':
      return l10n.t('Trust Certificate…');
  }
}

/** Whether this certificate is to be trusted for one connection: asked with all that it says of itself. */
export async function mayTrust(services: Services, certificate: ServerCertificateInfo): Promise<boolean> {
  const { questions } = services;
  const [subject = '', ...others] = describeCertificate(certificate);
  const digits = certificate.fingerprint.replaceAll(':', '');
  const [firstDigits, otherDigits] = [digits.slice(0, 32), digits.slice(32)].map(inGroups) as [
    string,
    string,
  ]; // of two
  const answer = await questions.pick({
    title: l10n.t('Trust Certificate'),
    placeholder: l10n.t('Does the one who runs the broker name the same SHA-256?'),
    choices: [
      {
        value: true,
        icon: 'verified',
        label: l10n.t('Trust this certificate, and no other, for this connection'),
        description: subject,
        detail: others.join(' · '),
      },
      {
        value: false,
        icon: 'copy',
        // In two lines: one would be cut.
        label: l10n.t('SHA-256 {0}', firstDigits),
        description: l10n.t('copy'),
        detail: otherDigits,
      },
    ],
  });
  if (answer.kind !== 'answered' || answer.value) return answer.kind === 'answered';
  await env.clipboard.writeText(certificate.fingerprint);
  questions.confirm(l10n.t('SHA-256 copied.'));
  return mayTrust(services, certificate);
}

/** As people compare them. */
function inGroups(digits: string): string {
  return digits.replace(/.{4}(?=.)/g, '$& ');
}
