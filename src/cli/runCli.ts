/**
 * The command line, from arguments to an exit code: finds the command, prints help and version, tells what is wrong.
 *
 * Takes the outside world as arguments, so that it runs inside a test.
 */
import { nearMiss } from '../base/nearMiss.ts';
import { readBrokerArguments } from './brokerArguments.ts';
import { runBroker } from './brokerCommand.ts';
import { brokerHelp, topHelp } from './help.ts';
import type { Terminal } from './terminal.ts';

export interface CliWorld {
  terminal: Terminal;
  /** Prints the one line that goes with exit code 2. */
  printProblem: (line: string) => void;
  version: string;
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
    case '--version':
      world.terminal.print(`${world.version}\n`);
      return EXIT_OK;
    case '--help':
    case '-h':
    case 'help':
      world.terminal.print(rest[0] === 'broker' ? brokerHelp : topHelp);
      return EXIT_OK;
    case undefined:
      return fail(world, 'a command is missing: "broker" runs a broker, "--help" lists all');
    default: {
      const near = nearMiss(command, ['broker', '--help', '--version']);
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

function fail(world: CliWorld, message: string): number {
  world.printProblem(`mqtt-workbench: ${message}`);
  return EXIT_USAGE;
}
