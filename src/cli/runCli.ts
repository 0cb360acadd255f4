/**
 * The command line, from arguments to an exit code: finds the command, prints help and version, tells what is wrong.
 *
 * Takes the outside world as arguments, so that it runs inside a test.
 */
import { nearMiss } from '../base/nearMiss.ts';
import { readBrokerArguments } from './brokerArguments.ts';
import { runBroker } from './brokerCommand.ts';
import { brokerHelp, passwdHelp, topHelp } from './help.ts';
import { readPasswdArguments } from './passwdArguments.ts';
import { runPasswd } from './passwdCommand.ts';
import type { PasswordSource } from './passwordSource.ts';
import type { Terminal } from './terminal.ts';

export interface CliWorld {
  terminal: Terminal;
  /** Prints the one line that goes with exit code 2. */
  printProblem: (line: string) => void;
  version: string;
  passwords: PasswordSource;
  /** Resolves when the process is asked to stop, with the reason for the log. */
  untilStopped: () => Promise<string>;
}

const EXIT_OK = 0;
const EXIT_USAGE = 2;

/** @param args without the program's own name. Resolves with the exit code. */
export async function runCli(args: readonly string[], world: CliWorld): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case 'broker':
      return runBrokerCommand(rest, world);
    case 'passwd':
      return runPasswdCommand(rest, world);
    case '--version':
      world.terminal.print(`${world.version}\n`);
      return EXIT_OK;
    case '--help':
    case '-h':
    case 'help':
      world.terminal.print(helpOf(rest[0]));
      return EXIT_OK;
    case undefined:
      return fail(world, 'a command is missing: "broker" runs a broker, "--help" lists all');
    default: {
      const near = nearMiss(command, ['broker', 'passwd', '--help', '--version']);
      const hint = near === undefined ? '"--help" lists them' : `did you mean "${near}"?`;
      return fail(world, `there is no command "${command}": ${hint}`);
    }
  }
}

async function runBrokerCommand(args: readonly string[], world: CliWorld): Promise<number> {
  const parsed = await readBrokerArguments(args);
  switch (parsed.kind) {
    case 'help':
      world.terminal.print(brokerHelp);
      return EXIT_OK;
    case 'usageProblem':
      return fail(world, parsed.message);
    case 'configuration': {
      const result = await runBroker({ ...parsed, ...world });
      return result.kind === 'usageProblem' ? fail(world, result.message) : EXIT_OK;
    }
  }
}

async function runPasswdCommand(args: readonly string[], world: CliWorld): Promise<number> {
  const parsed = readPasswdArguments(args);
  switch (parsed.kind) {
    case 'help':
      world.terminal.print(passwdHelp);
      return EXIT_OK;
    case 'usageProblem':
      return fail(world, parsed.message);
    case 'settings': {
      const result = await runPasswd(parsed.settings, world.passwords);
      if (result.kind === 'usageProblem') return fail(world, result.message);
      world.terminal.print(`${result.message}\n`);
      return EXIT_OK;
    }
  }
}

function helpOf(command: string | undefined): string {
  if (command === 'broker') return brokerHelp;
  return command === 'passwd' ? passwdHelp : topHelp;
}

function fail(world: CliWorld, message: string): number {
  world.printProblem(`mqtt-workbench: ${message}`);
  return EXIT_USAGE;
}
