/**
 * The person's settings, checked: what is out of bounds is named, and its default is used.
 *
 * Pure: reads from what VS Code's `getConfiguration('mqttWorkbench')` hands out. In an untrusted workspace no setting
 * starts or exposes a broker: package.json restricts these settings, and here they are restricted once more.
 */
import { isIP } from 'node:net';
import path from 'node:path';
import { isLoopback } from '../base/networkAddress.ts';
import type { Limits } from '../contracts/engine.ts';
import { settingKeys } from '../contracts/manifest.ts';

export type SettingKey = (typeof settingKeys)[keyof typeof settingKeys];

export interface Settings {
  host: string;
  /** 0 takes a free port. */
  port: number;
  autoStart: boolean;
  /** Absolute path. */
  configFile?: string;
  /** A TLS listener with a certificate of the development CA. */
  tls: TlsSettings;
  /** By mDNS, where others on the network can connect. */
  announce: boolean;
  limits: Limits;
  /** After how many seconds without a message a topic is dimmed; 0: never. */
  dimTopicsAfterSeconds: number;
  /** A recording goes on in another file before one becomes larger. */
  recordingFileBytes: number;
  /** What the packet trace may take of memory. */
  traceBytes: number;
}

const clientCertificateChoices = ['none', 'optional', 'required'] as const;

export interface TlsSettings {
  isOn: boolean;
  /** 0 takes a free port. */
  port: number;
  clientCertificate: (typeof clientCertificateChoices)[number];
}

export type SettingProblem =
  | { kind: 'notAText'; key: SettingKey; value: unknown }
  /** A relative path, and no folder of this computer is open. */
  | { kind: 'noFolder'; key: SettingKey; value: string }
  | { kind: 'notAHost'; key: SettingKey; value: unknown; used: string }
  | { kind: 'notOneOf'; key: SettingKey; value: unknown; choices: readonly string[]; used: string }
  | { kind: 'notABoolean'; key: SettingKey; value: unknown; used: boolean }
  | { kind: 'notInRange'; key: SettingKey; value: unknown; min: number; max: number; used: number };

/** The part of VS Code's `WorkspaceConfiguration` that is needed. */
export interface SettingsSource {
  get(key: string): unknown;
  inspect(key: string): { defaultValue?: unknown; globalValue?: unknown } | undefined;
}

interface NumberRule {
  default: number;
  min: number;
  max: number;
}

/** As in package.json, which a test holds against this. */
export const defaultHost = '127.0.0.1';
export const numberRules = {
  [settingKeys.port]: { default: 1883, min: 0, max: 65_535 },
  [settingKeys.tlsPort]: { default: 8883, min: 0, max: 65_535 },
  [settingKeys.maxPacketBytes]: { default: 134_217_728, min: 128, max: 268_435_460 },
  [settingKeys.maxConnections]: { default: 1_000, min: 1, max: 100_000 },
  [settingKeys.historyMegabytes]: { default: 256, min: 1, max: 1_024 },
  [settingKeys.dimTopicsAfterSeconds]: { default: 60, min: 0, max: 86_400 },
  [settingKeys.recordingMaxFileMegabytes]: { default: 64, min: 1, max: 10_240 },
  [settingKeys.traceMegabytes]: { default: 64, min: 1, max: 1_024 },
} as const satisfies Partial<Record<SettingKey, NumberRule>>;

const BYTES_PER_MEGABYTE = 1_048_576;
const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*$/i;

/** @param folder that relative paths start at: of the workspace, on the computer that the broker runs on. */
export function readSettings(
  source: SettingsSource,
  isTrusted: boolean,
  folder: string | undefined,
): { settings: Settings; problems: readonly SettingProblem[] } {
  const problems: SettingProblem[] = [];

  /** What is set; in an untrusted workspace, what the person set for all workspaces. */
  const restricted = (key: SettingKey): unknown => {
    if (isTrusted) return source.get(key);
    const values = source.inspect(key);
    return values?.globalValue ?? values?.defaultValue;
  };

  const wholeNumber = (key: keyof typeof numberRules, value: unknown): number => {
    const rule = numberRules[key];
    if (typeof value === 'number' && Number.isInteger(value) && value >= rule.min && value <= rule.max)
      return value;
    problems.push({ kind: 'notInRange', key, value, min: rule.min, max: rule.max, used: rule.default });
    return rule.default;
  };

  const host = (): string => {
    const value = restricted(settingKeys.host);
    if (!isHost(value)) {
      problems.push({ kind: 'notAHost', key: settingKeys.host, value, used: defaultHost });
      return defaultHost;
    }
    return isTrusted || isLoopback(value) ? value : defaultHost;
  };

  const autoStart = (): boolean => {
    const value = source.get(settingKeys.autoStart);
    if (typeof value === 'boolean') return isTrusted && value;
    problems.push({ kind: 'notABoolean', key: settingKeys.autoStart, value, used: false });
    return false;
  };

  /** In an untrusted workspace, as the person set it for all workspaces. */
  const isOn = (key: SettingKey): boolean => {
    const value = restricted(key);
    if (typeof value === 'boolean') return value;
    problems.push({ kind: 'notABoolean', key, value, used: false });
    return false;
  };

  const clientCertificate = (): TlsSettings['clientCertificate'] => {
    const key = settingKeys.tlsClientCertificate;
    const value = restricted(key);
    const choice = clientCertificateChoices.find((each) => each === value);
    if (choice !== undefined) return choice;
    problems.push({ kind: 'notOneOf', key, value, choices: clientCertificateChoices, used: 'optional' });
    return 'optional';
  };

  const configFile = (): string | undefined => {
    const key = settingKeys.configFile;
    const value = restricted(key) ?? '';
    if (typeof value !== 'string') {
      problems.push({ kind: 'notAText', key, value });
      return undefined;
    }
    if (value === '' || path.isAbsolute(value)) return value || undefined;
    // A file of an untrusted folder would be that folder's word.
    if (!isTrusted) return undefined;
    if (folder === undefined) problems.push({ kind: 'noFolder', key, value });
    return folder && path.resolve(folder, value);
  };

  const file = configFile();
  const settings: Settings = {
    host: host(),
    port: wholeNumber(settingKeys.port, restricted(settingKeys.port)),
    autoStart: autoStart(),
    ...(file !== undefined && { configFile: file }),
    tls: {
      isOn: isOn(settingKeys.tls),
      port: wholeNumber(settingKeys.tlsPort, restricted(settingKeys.tlsPort)),
      clientCertificate: clientCertificate(),
    },
    announce: isOn(settingKeys.announce),
    limits: {
      maxPacketBytes: wholeNumber(settingKeys.maxPacketBytes, source.get(settingKeys.maxPacketBytes)),
      maxConnections: wholeNumber(settingKeys.maxConnections, source.get(settingKeys.maxConnections)),
      historyBytes:
        wholeNumber(settingKeys.historyMegabytes, source.get(settingKeys.historyMegabytes)) *
        BYTES_PER_MEGABYTE,
    },
    dimTopicsAfterSeconds: wholeNumber(
      settingKeys.dimTopicsAfterSeconds,
      source.get(settingKeys.dimTopicsAfterSeconds),
    ),
    recordingFileBytes:
      wholeNumber(settingKeys.recordingMaxFileMegabytes, source.get(settingKeys.recordingMaxFileMegabytes)) *
      BYTES_PER_MEGABYTE,
    traceBytes:
      wholeNumber(settingKeys.traceMegabytes, source.get(settingKeys.traceMegabytes)) * BYTES_PER_MEGABYTE,
  };
  return { settings, problems };
}

function isHost(value: unknown): value is string {
  return typeof value === 'string' && (isIP(value) !== 0 || (HOST_NAME.test(value) && value.length <= 253));
}
