/**
 * The arguments of `broker`, and its configuration file, into settings that fit together.
 *
 * Flags win over the file. Everything that can be known without opening a port or a certificate is checked here.
 */
import { parseArgs } from 'node:util';
import { type BrokerSettings, brokerFlags, checkPort } from './brokerFlags.ts';
import { readConfigFile } from './configFile.ts';
import { nearMiss } from './nearMiss.ts';
import { type UsageProblem, usageProblem } from './usageProblem.ts';

export type BrokerArguments =
  | { kind: 'settings'; settings: BrokerSettings }
  | { kind: 'help' }
  | UsageProblem;

const CONFIG = 'config';
const HELP = 'help';

const defaults: BrokerSettings = { host: '127.0.0.1', port: 1883, requireClientCert: false, json: false };

/** @param args what follows `broker` on the command line. */
export async function readBrokerArguments(args: readonly string[]): Promise<BrokerArguments> {
  const given = parseFlags(args);
  if (given.kind !== 'flags') return given;
  let fromFile: Partial<BrokerSettings> = {};
  if (given.configFile !== undefined) {
    const config = await readConfigFile(given.configFile);
    if (config.kind === 'usageProblem') return config;
    fromFile = config.settings;
  }
  const settings = { ...defaults, ...fromFile, ...given.settings };
  return checkTogether(settings) ?? { kind: 'settings', settings };
}

type GivenFlags =
  | { kind: 'flags'; settings: Partial<BrokerSettings>; configFile: string | undefined }
  | { kind: 'help' }
  | UsageProblem;

function parseFlags(args: readonly string[]): GivenFlags {
  // Not strict: parseArgs' own messages name neither a near miss nor what a value should look like.
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: {
      [CONFIG]: { type: 'string' },
      [HELP]: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(
        brokerFlags.map(
          ({ flag, kind }) => [bare(flag), { type: kind === 'switch' ? 'boolean' : 'string' }] as const,
        ),
      ),
    },
  });
  const settings: Record<string, string | number | boolean> = {};
  let configFile: string | undefined;
  for (const token of tokens) {
    if (token.kind !== 'option')
      return usageProblem(`"${args[token.index]}" is not expected here: "broker" takes flags only`);
    if (token.name === HELP) return { kind: 'help' };
    const flag = brokerFlags.find((candidate) => bare(candidate.flag) === token.name);
    if (flag === undefined && token.name !== CONFIG) return unknownFlag(token.rawName);
    if (flag?.kind === 'switch') {
      if (token.value !== undefined) return usageProblem(`${flag.flag} takes no value`);
      settings[flag.name] = true;
      continue;
    }
    const value = token.value;
    if (value === undefined || value === '' || (value.startsWith('--') && !token.inlineValue))
      return usageProblem(`${token.rawName} needs a value after it`);
    if (flag === undefined) configFile = value;
    else if (flag.kind === 'port') {
      const port = /^\d+$/.test(value) ? Number(value) : value;
      const wrong = checkPort(port);
      if (wrong !== undefined) return usageProblem(`${flag.flag} ${wrong}`);
      settings[flag.name] = port;
    } else settings[flag.name] = value;
  }
  // Each name is one of BrokerSettings, and its value was made for the flag's kind.
  return { kind: 'flags', settings: settings as Partial<BrokerSettings>, configFile };
}

/** What each setting allows by itself but not beside the others. */
function checkTogether(settings: BrokerSettings): UsageProblem | undefined {
  const { port, wsPort, tlsPort, cert, key, ca, requireClientCert } = settings;
  if (tlsPort === undefined) {
    const idle = [
      cert && '--cert',
      key && '--key',
      ca && '--ca',
      requireClientCert && '--require-client-cert',
    ];
    const first = idle.find((flag) => typeof flag === 'string');
    if (first !== undefined) return usageProblem(`${first} is for TLS, and needs --tls-port`);
  } else {
    if (cert === undefined) return usageProblem("--tls-port needs --cert FILE, the broker's certificate");
    if (key === undefined)
      return usageProblem('--tls-port needs --key FILE, the private key of the certificate');
  }
  if (requireClientCert && ca === undefined)
    return usageProblem(
      "--require-client-cert needs --ca FILE, the certificate that signs the clients' ones",
    );
  const ports: [string, number | undefined][] = [
    ['--port', port],
    ['--ws-port', wsPort],
    ['--tls-port', tlsPort],
  ];
  for (const [i, [flag, number]] of ports.entries()) {
    const twin = ports.slice(i + 1).find(([, other]) => other === number);
    if (number !== undefined && number !== 0 && twin !== undefined)
      return usageProblem(`${flag} and ${twin[0]} are both ${number}: each listener needs a port of its own`);
  }
  return undefined;
}

function unknownFlag(rawName: string): UsageProblem {
  const near = nearMiss(rawName, [...brokerFlags.map(({ flag }) => flag), `--${CONFIG}`, `--${HELP}`]);
  const hint = near === undefined ? '"broker --help" lists the flags' : `did you mean ${near}?`;
  return usageProblem(`there is no flag ${rawName}: ${hint}`);
}

function bare(flag: string): string {
  return flag.slice('--'.length);
}
