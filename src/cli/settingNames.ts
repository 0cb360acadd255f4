/**
 * How a setting is called to a person at the command line: by its flag, unless the configuration file is where it was
 * written.
 */
import { say } from '../configuration/fields.ts';
import type { Settings } from '../configuration/settings.ts';
import { brokerFlags } from './brokerFlags.ts';

export class SettingNames {
  readonly #inFile: ReadonlySet<string>;
  readonly #configFile: string;

  /**
   * @param flags what they said: it counts where the file says the same thing.
   * @param file what the file said; nothing without a file.
   */
  constructor(flags: Settings, file: Settings, configFile: string) {
    this.#inFile = new Set(Object.keys(file).filter((name) => !Object.hasOwn(flags, name)));
    this.#configFile = configFile;
  }

  /** `--tls-port` or `"listeners[1].port"`. */
  short(setting: string): string {
    const row = brokerFlags.find((flag) => flag.kind !== 'file' && flag.setting === setting);
    return row === undefined || this.#isInFile(setting) ? say(setting) : row.flag;
  }

  /** The file that the setting is in, to go before its name: `broker.json: `, or nothing. */
  place(setting: string): string {
    return this.#isInFile(setting) ? `${this.#configFile}: ` : '';
  }

  /** @param setting also one inside of another, as `listeners[1].port`. */
  #isInFile(setting: string): boolean {
    return this.#inFile.has(setting.split(/[.[]/, 1)[0] ?? '');
  }
}
