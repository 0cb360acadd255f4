/**
 * Access by files in mosquitto's formats: who the users are, and what each may do.
 *
 * Either file alone will do. With users, everyone must be one of them; with rules alone, a user name is believed as
 * it is said, as mosquitto does with `allow_anonymous true` and no password file.
 */
import { readFile } from 'node:fs/promises';
import type { AccessPolicy, AuthenticationResult, ConnectAttempt } from '../accessPolicy.ts';
import { AccessFile } from './accessFile.ts';
import { anonymousPolicy } from './anonymousPolicy.ts';
import { type FileProblem, whyUnreadable } from './fileProblem.ts';
import { PasswordFile } from './passwordFile.ts';
import { badCredentials, credentialsMissing } from './refusals.ts';
import { SCRAM_SHA_256, scramMethod } from './scram.ts';

export interface AccessFiles {
  /** Path of a file that `passwd` or mosquitto_passwd wrote. */
  users?: string;
  /** Path of a file in the format of mosquitto's `acl_file`. */
  rules?: string;
}

export type FilePolicyResult = { kind: 'loaded'; policy: AccessPolicy } | FileProblem;

/** Reads the files once; a change in them needs a restart. */
export async function loadFilePolicy(files: AccessFiles): Promise<FilePolicyResult> {
  const users = files.users === undefined ? undefined : await parseFile(files.users, PasswordFile.parse);
  if (users?.kind === 'fileProblem') return users;
  const access = files.rules === undefined ? undefined : await parseFile(files.rules, AccessFile.parse);
  if (access?.kind === 'fileProblem') return access;
  return { kind: 'loaded', policy: createFilePolicy(users?.passwords, access?.rules) };
}

export function createFilePolicy(
  passwords: PasswordFile | undefined,
  rules: AccessFile | undefined,
): AccessPolicy {
  const scramUsers = passwords?.scramUsers;
  return {
    ...(scramUsers && { authenticationMethods: new Map([[SCRAM_SHA_256, scramMethod(scramUsers)]]) }),
    authenticate: passwords ? (attempt) => checkPassword(passwords, attempt) : anonymousPolicy.authenticate,
    mayPublish: rules ? (identity, topic) => rules.mayWrite(identity, topic) : anonymousPolicy.mayPublish,
    mayReceive: rules ? (identity, topic) => rules.mayRead(identity, topic) : anonymousPolicy.mayReceive,
    maySubscribe: rules
      ? (identity, topicFilter) => rules.mayReadAnyOf(identity, topicFilter)
      : anonymousPolicy.maySubscribe,
  };
}

async function checkPassword(
  passwords: PasswordFile,
  { username, password }: ConnectAttempt,
): Promise<AuthenticationResult> {
  if (username === undefined) return credentialsMissing;
  if (password === undefined) return badCredentials;
  return (await passwords.verify(username, password))
    ? { kind: 'accepted', username, by: 'password' }
    : badCredentials;
}

async function parseFile<T>(
  file: string,
  parse: (text: string, file: string) => T | FileProblem,
): Promise<T | FileProblem> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return { kind: 'fileProblem', file, message: whyUnreadable(error) };
  }
  return parse(text, file);
}
