/** What `--help` prints. */
import { defaultLimits, limitNames } from '../broker/limits.ts';
import { brokerFlags } from './brokerFlags.ts';

export const topHelp = `MQTT Workbench without the editor.

Usage: node cli.js <command> [flags]

Commands:
  broker       run an MQTT broker (3.1, 3.1.1 and 5.0)
  passwd       set or remove a user of a users file

Flags:
  --help       this text; after a command, the command's
  --version    the version
`;

const LEFT_WIDTH = 32;

const flagLines = [
  ...brokerFlags.map(({ flag, placeholder, help }) => [placeholder ? `${flag} ${placeholder}` : flag, help]),
  ['--help', 'this text'],
].map(([left = '', right = '']) => `  ${left.padEnd(LEFT_WIDTH)} ${right}`);

const limitLines = limitNames.map((name) => `  ${name.padEnd(LEFT_WIDTH)} ${defaultLimits[name]}`);

export const brokerHelp = `Run an MQTT broker until Ctrl+C.

Usage: node cli.js broker [flags]

Flags:
${flagLines.join('\n')}

A port of 0 takes a free one. The log goes to the standard error output.

Limits, and what they are unless --limit says otherwise:
${limitLines.join('\n')}

A configuration file is a JSON object. docs/configuration.md lists what it may say; for example:
  {"host": "0.0.0.0", "port": 1883, "wsPort": 9001, "users": "users.txt"}
Its relative paths are relative to its own folder.

Exit codes: 0 stopped by SIGINT or SIGTERM, 2 a flag or file can't be used.
`;

export const passwdHelp = `Set the password of a user in a users file, for this broker and for mosquitto.

Usage: node cli.js passwd [-c | -D] [--scram] FILE USER

Flags:
  -c           make the file; it must not be there yet
  -D           remove the user
  --scram      write a credential for SCRAM-SHA-256 too; the next change keeps it up to date
  --help       this text

The password is asked for twice, without showing it; from a pipe, it is the first line:
  node cli.js passwd users.txt board < password.txt
Only the owner of the file may read it afterwards. A broker reads it when it starts.

Exit codes: 0 done, 2 nothing was changed, and one line says why.
`;
