/**
 * `passwd`: sets or removes one user of a users file, which mosquitto reads too.
 *
 * Owns the safe way to do it: the password is never an argument, the file is replaced as a whole or not at all, is its
 * owner's alone, and is not written when it would not be read.
 */

import { randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { messageOf } from '../base/messageOf.ts';
import { describeFileProblem, whyUnreadable } from '../broker/access/fileProblem.ts';
import { PasswordFile } from '../broker/access/passwordFile.ts';
import { hashesOf, withoutUser, withUser } from '../broker/access/passwordFileText.ts';
import { makePasswordHash } from '../broker/access/passwordHash.ts';
import {
  deriveScramCredential,
  formatScramCredential,
  SCRAM_PREFIX,
  SCRAM_SALT_BYTES,
} from '../broker/access/scramCredential.ts';
import type { PasswdSettings } from './passwdArguments.ts';
import type { PasswordSource } from './passwordSource.ts';
import { type UsageProblem, usageProblem } from './usageProblem.ts';

export type PasswdResult = { kind: 'done'; message: string } | UsageProblem;

/** Of the standard: the length of a password in CONNECT is two bytes. */
const MAX_PASSWORD_BYTES = 65_535;

export async function runPasswd(settings: PasswdSettings, passwords: PasswordSource): Promise<PasswdResult> {
  const { file, username, action } = settings;
  const existing = await readExisting(file);
  if (existing.kind === 'usageProblem') return existing;
  const { text } = existing;
  if (action === 'create' && text !== undefined)
    return usageProblem(`${file} is there already: leave -c out to add a user to it`);
  if (action !== 'create' && text === undefined)
    return usageProblem(`${file}: there is no such file; -c makes it`);
  const before = hashesOf(text ?? '', username);
  const who = `user ${JSON.stringify(username)}`;

  if (action === 'delete') {
    if (before.length === 0) return usageProblem(`${file}: there is no ${who} in it`);
    return replace(file, withoutUser(text ?? '', username), `${who} was removed`);
  }
  const password = await askPassword(username, passwords);
  if (typeof password !== 'string') return password;
  const hashes = [await makePasswordHash(password)];
  if (settings.scram || before.some((hash) => hash.startsWith(SCRAM_PREFIX))) {
    const credential = deriveScramCredential(password, randomBytes(SCRAM_SALT_BYTES));
    if (credential === undefined)
      return usageProblem('the password has a character that SCRAM does not allow, as a control character');
    hashes.push(formatScramCredential(credential));
  }
  const done = `${who} ${before.length === 0 ? 'was added' : 'has a new password'}`;
  return replace(file, withUser(text ?? '', username, hashes), done);
}

async function readExisting(
  file: string,
): Promise<{ kind: 'read'; text: string | undefined } | UsageProblem> {
  try {
    return { kind: 'read', text: await readFile(file, 'utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'read', text: undefined };
    return usageProblem(`${file}: ${whyUnreadable(error)}`);
  }
}

async function askPassword(username: string, passwords: PasswordSource): Promise<string | UsageProblem> {
  const password = await passwords.read(`Password of ${username}: `);
  if (password === undefined || password === '') return usageProblem('no password was given');
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES)
    return usageProblem(`the password has more than ${MAX_PASSWORD_BYTES} bytes, which no client can send`);
  if (passwords.isTerminal && (await passwords.read('The same again: ')) !== password)
    return usageProblem('the two passwords differ; nothing was changed');
  return password;
}

async function replace(file: string, text: string, done: string): Promise<PasswdResult> {
  const parsed = PasswordFile.parse(text, file);
  if (parsed.kind === 'fileProblem')
    return usageProblem(`${describeFileProblem(parsed)}; nothing was changed`);
  try {
    await replaceFile(file, text);
  } catch (error) {
    return usageProblem(`${file} can't be written: ${whyUnwritable(error)}`);
  }
  return { kind: 'done', message: `${file}: ${done}. A broker reads it when it starts.` };
}

function whyUnwritable(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'there is no such folder';
  return messageOf(error);
}

/** Whoever reads the file meets the old one or the new one, and no part of it; a link stays a link. */
async function replaceFile(file: string, text: string): Promise<void> {
  const owner = await stat(file).catch(() => undefined);
  const target = owner === undefined ? file : await realpath(file);
  const draft = `${target}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    try {
      // mosquitto may run as a user of its own, who must go on to be able to read it.
      if (owner !== undefined && process.platform !== 'win32') await handle.chown(owner.uid, owner.gid);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, target);
  } catch (error) {
    await unlink(draft);
    throw error;
  }
}
