/** What kept a connection from going through its proxy, in words that say what to do. */
import { l10n } from 'vscode';
import type { ConnectFaultInfo } from '../../contracts/remoteBrokers.ts';
import { hostOfAddress } from '../connections/connectionAddress.ts';
import type { ConnectionProfile } from '../connections/profiles.ts';
import { formatName } from './formats.ts';
import { formFieldName } from './formFieldNames.ts';
import type { ConnectProblem } from './remoteBrokerWords.ts';

export function explainProxy(
  { code }: ConnectFaultInfo,
  { url, proxy }: ConnectionProfile,
  message: string,
): ConnectProblem {
  const address = formatName(proxy?.url ?? '');
  const broker = formatName(url);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        message: l10n.t(
          'There is no proxy {0}: check how it is spelled, and whether this computer is online.',
          formatName(hostOfAddress(proxy?.url ?? '')),
        ),
      };
    case 'ECONNREFUSED':
      return { message: l10n.t('No proxy listens at {0}: does it run, and is this its port?', address) };
    case 'NOT_A_PROXY':
    case 'ECONNRESET':
      return {
        message: l10n.t(
          'What answers at {0} is no such proxy: is it http:// or socks5://, and is this its port?',
          address,
        ),
      };
    case 'TIMEOUT':
    case 'ETIMEDOUT':
      return {
        message: l10n.t('The proxy {0} does not answer, or does not reach {1} in time.', address, broker),
      };
    case 'HTTP_407':
    case 'SOCKS_AUTH':
      return proxy?.username === undefined
        ? {
            message: l10n.t(
              'The proxy {0} wants a user name and a password: fill in {1}.',
              address,
              formFieldName('proxy.username'),
            ),
          }
        : {
            message: l10n.t(
              'The proxy {0} does not let {1} in: is the password right?',
              address,
              formatName(proxy.username),
            ),
            fix: 'proxyPassword',
          };
    case 'HTTP_403':
    case 'HTTP_405':
    case 'SOCKS_NotAllowed':
      return {
        message: l10n.t(
          'The proxy {0} does not allow a connection to {1}. Many allow port 443 alone: ask who runs it.',
          address,
          broker,
        ),
      };
    case 'HTTP_502':
    case 'HTTP_503':
    case 'HTTP_504':
    case 'SOCKS_Failure':
    case 'SOCKS_NetworkUnreachable':
    case 'SOCKS_HostUnreachable':
    case 'SOCKS_ConnectionRefused':
    case 'SOCKS_TTLExpired':
      return {
        message: l10n.t(
          'The proxy {0} does not reach {1}: is the address right as seen from there, and does the broker run?',
          address,
          broker,
        ),
      };
    default:
      return { message: l10n.t('There is no way through the proxy {0}: {1}', address, message) };
  }
}
