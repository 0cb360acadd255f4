/** The arguments of `passwd`: like mosquitto_passwd's, but for the password, which is never among them. */
import { type UsageProblem, usageProblem } from './usageProblem.ts';

export interface PasswdSettings {
  file: string;
  username: string;
  /** `set` changes a user or adds one; `create` is the same in a new file. */
  action: 'set' | 'create' | 'delete';
  /** Write a credential for SCRAM-SHA-256 too. One that is there already is always kept up to date. */
  scram: boolean;
}

export type PasswdArguments =
  | { kind: 'settings'; settings: PasswdSettings }
  | { kind: 'help' }
  | UsageProblem;

const usage = 'passwd [-c | -D] [--scram] FILE USER';

/** @param args what follows `passwd` on the command line. */
export function readPasswdArguments(args: readonly string[]): PasswdArguments {
  const end = args.indexOf('--');
  const isFlag = (arg: string, index: number): boolean => arg.startsWith('-') && (end === -1 || index < end);
  const flags = new Set(args.filter(isFlag));
  const words = args.filter((arg, index) => !isFlag(arg, index) && index !== end);
  for (const flag of flags) {
    switch (flag) {
      case '-c':
      case '-D':
      case '--scram':
        break;
      case '-h':
      case '--help':
        return { kind: 'help' };
      case '-b':
        return usageProblem(
          'there is no -b: a password among the arguments is seen by every program of this machine, and stays in the history of the shell; pipe it instead: passwd FILE USER < FILE_WITH_THE_PASSWORD',
        );
      default:
        return usageProblem(`there is no flag ${flag}: ${usage}`);
    }
  }
  const [file, username, ...rest] = words;
  if (file === undefined || username === undefined || rest.length > 0)
    return usageProblem(`a file and a user name are expected, and nothing else: ${usage}`);
  const wrongName = checkUsername(username);
  if (wrongName !== undefined) return usageProblem(`the user name ${JSON.stringify(username)} ${wrongName}`);
  const isDeletion = flags.has('-D');
  if (isDeletion && (flags.has('-c') || flags.has('--scram')))
    return usageProblem('-D removes a user: neither -c nor --scram goes with it');
  const action = isDeletion ? 'delete' : flags.has('-c') ? 'create' : 'set';
  return { kind: 'settings', settings: { file, username, action, scram: flags.has('--scram') } };
}

/** What can't stand in a users file, or be sent by a client. */
function checkUsername(username: string): string | undefined {
  if (username === '' || username !== username.trim()) return 'is empty, or starts or ends with a space';
  if (username.includes(':')) return 'has a ":", which ends the name in the file';
  if (username.startsWith('#')) return 'starts with "#", as comments do';
  if (/\p{Cc}/u.test(username)) return 'has a control character';
  return undefined;
}
