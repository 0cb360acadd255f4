/**
 * The arguments of `broker`, and its configuration file, into one configuration.
 *
 * Flags win over the file. Everything that can be known without opening a port or a certificate is checked here, and
 * what is wrong is called as it was written: by its flag, or by its place in the file.
 */
import { parseArgs } from 'node:util';
import { nearMiss } from '../base/nearMiss.ts';
import type { BrokerLimits } from '../broker/limits.ts';
import type { BrokerConfiguration } from '../configuration/brokerConfiguration.ts';
import { readConfigurationFile } from '../configuration/configurationFile.ts';
import { describeConfigurationProblem } from '../configuration/configurationProblem.ts';
import { resolveConfiguration } from '../configuration/resolveConfiguration.ts';
import { limitFields, overlay, plainSettings, type Settings } from '../configuration/settings.ts';
import { brokerFlags, type Flag } from './brokerFlags.ts';
import { SettingNames } from './settingNames.ts';
import { type UsageProblem, usageProblem } from './usageProblem.ts';

export type BrokerArguments =
  | {
      kind: 'configuration';
      configuration: BrokerConfiguration;
      /** Whether to say in JSON where the broker listens. */
      json: boolean;
      names: SettingNames;
    }
  | { kind: 'help' }
  | UsageProblem;

const HELP = 'help';

/** @param args what follows `broker` on the command line. */
export async function readBrokerArguments(args: readonly string[]): Promise<BrokerArguments> {
  const given = parseFlags(args);
  if (given.kind !== 'flags') return given;
  const { configFile } = given;
  let inFile: Settings = {};
  if (configFile !== undefined) {
    const read = await readConfigurationFile(configFile);
    if (read.kind !== 'settings') return usageProblem(describeConfigurationProblem(read));
    inFile = read.settings;
  }
  const settings = overlay(inFile, given.settings);
  const names = new SettingNames(given.settings, inFile, configFile ?? '');
  const resolved = resolveConfiguration(settings, (setting) => names.short(setting));
  if (resolved.kind === 'configurationProblem')
    return usageProblem(`${names.place(resolved.setting ?? '')}${resolved.message}`);
  return {
    kind: 'configuration',
    configuration: resolved.configuration,
    json: settings.json ?? false,
    names,
  };
}

type GivenFlags =
  | { kind: 'flags'; settings: Settings; configFile: string | undefined }
  | { kind: 'help' }
  | UsageProblem;

function parseFlags(args: readonly string[]): GivenFlags {
  // Not strict: parseArgs' own messages name neither a near miss nor what a value should look like.
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: {
      [HELP]: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(
        brokerFlags.map(
          ({ flag, kind }) => [bare(flag), { type: kind === 'switch' ? 'boolean' : 'string' }] as const,
        ),
      ),
    },
  });
  const settings: Record<string, unknown> = {};
  const limits: Partial<BrokerLimits> = {};
  let configFile: string | undefined;
  for (const token of tokens) {
    if (token.kind !== 'option')
      return usageProblem(`"${args[token.index]}" is not expected here: "broker" takes flags only`);
    if (token.name === HELP) return { kind: 'help' };
    const flag = brokerFlags.find((candidate) => bare(candidate.flag) === token.name);
    if (flag === undefined) return unknownFlag(token.rawName);
    if (flag.kind === 'switch') {
      if (token.value !== undefined) return usageProblem(`${flag.flag} takes no value`);
      settings[flag.setting] = true;
      continue;
    }
    const { value } = token;
    if (value === undefined || value === '' || (value.startsWith('--') && !token.inlineValue))
      return usageProblem(`${flag.flag} needs a value after it`);
    if (flag.kind === 'file') configFile = value;
    else if (flag.kind === 'limit') {
      const wrong = setLimit(limits, flag, value);
      if (wrong !== undefined) return wrong;
      settings[flag.setting] = limits;
    } else {
      const read = flag.kind === 'number' ? numberIn(value) : value;
      const wrong = plainSettings[flag.setting].check(read);
      if (wrong !== undefined) return usageProblem(`${flag.flag} ${wrong}`);
      settings[flag.setting] = read;
    }
  }
  return { kind: 'flags', settings: settings as Settings, configFile }; // each was checked as its setting
}

/** @param text `maxPacketBytes=65536` */
function setLimit(limits: Partial<BrokerLimits>, { flag }: Flag, text: string): UsageProblem | undefined {
  const [name = '', ...rest] = text.split('=');
  const known = Object.keys(limitFields) as (keyof BrokerLimits)[]; // exactly its keys
  const limit = known.find((candidate) => candidate === name);
  if (limit === undefined) {
    const near = nearMiss(name, known);
    const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`;
    return usageProblem(`${flag} ${name}: there is no such limit: ${hint}`);
  }
  if (rest.length === 0) return usageProblem(`${flag} ${name} needs a value, as in ${name}=100`);
  const number = numberIn(rest.join('='));
  const wrong = limitFields[limit].check(number);
  if (wrong !== undefined) return usageProblem(`${flag} ${name} ${wrong}`);
  Object.assign(limits, { [limit]: number });
  return undefined;
}

/** What is no whole number stays as it is, for the check to say so. */
function numberIn(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function unknownFlag(rawName: string): UsageProblem {
  const near = nearMiss(rawName, [...brokerFlags.map(({ flag }) => flag), `--${HELP}`]);
  const hint = near === undefined ? '"broker --help" lists the flags' : `did you mean ${near}?`;
  return usageProblem(`there is no flag ${rawName}: ${hint}`);
}

function bare(flag: string): string {
  return flag.slice('--'.length);
}
