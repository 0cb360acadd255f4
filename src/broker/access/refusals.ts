/** The two answers to who may not connect. The same for a wrong name and a wrong password: a guess learns nothing. */
import { ReasonCode } from '../../mqtt/reasonCodes.ts';
import type { Refusal } from '../accessPolicy.ts';

export const badCredentials: Refusal = {
  kind: 'refused',
  reasonCode: ReasonCode.badUserNameOrPassword,
  message: 'the user name or the password is wrong',
};

export const credentialsMissing: Refusal = {
  kind: 'refused',
  reasonCode: ReasonCode.notAuthorized,
  message: 'this broker wants a user name and a password',
};
