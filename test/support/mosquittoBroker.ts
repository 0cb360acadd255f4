/** Debian's mosquitto as another broker, for tests: its configuration written, started, and ended with its owner. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Owner, Program, run } from './program.ts';
import { toolPath } from './tools.ts';

export interface MosquittoOptions {
  /** Lines of mosquitto.conf: listeners on 127.0.0.1, and what holds for them. */
  readonly configuration: readonly string[];
  /** User name to password. Without, everybody may connect. */
  readonly users?: Readonly<Record<string, string>>;
  /** Lines of its access list: whoever is in none of them may neither publish nor hear anything. */
  readonly acl?: readonly string[];
}

export class MosquittoBroker {
  readonly #owner: Owner;
  readonly #configFile: string;
  #program: Program;

  /** Resolves when it listens. */
  static async start(
    owner: Owner,
    { configuration, users, acl }: MosquittoOptions,
  ): Promise<MosquittoBroker> {
    const folder = mkdtempSync(join(tmpdir(), 'mqtt-workbench-mosquitto-'));
    owner.after(async () => rmSync(folder, { recursive: true, force: true }));
    const passwords = join(folder, 'passwords');
    for (const [i, [user, password]] of Object.entries(users ?? {}).entries())
      await run(owner, toolPath('mosquitto_passwd'), [
        ...(i === 0 ? ['-c'] : []),
        ...['-b', passwords, user, password],
      ]);
    const accessList = join(folder, 'acl');
    if (acl !== undefined) writeFileSync(accessList, `${acl.join('\n')}\n`);
    const configFile = join(folder, 'mosquitto.conf');
    const lines = [
      // Else it would leave its folder for one that its own user may read.
      ...['per_listener_settings false', 'log_dest stderr', 'log_type all', 'user root'],
      ...(users === undefined ? ['allow_anonymous true'] : [`password_file ${passwords}`]),
      ...(acl === undefined ? [] : [`acl_file ${accessList}`]),
      ...configuration,
    ];
    writeFileSync(configFile, `${lines.join('\n')}\n`);
    const broker = new MosquittoBroker(owner, configFile);
    await broker.#isListening();
    return broker;
  }

  private constructor(owner: Owner, configFile: string) {
    this.#owner = owner;
    this.#configFile = configFile;
    this.#program = this.#launch();
  }

  /** As a machine that loses its power: nobody is told. */
  async kill(): Promise<void> {
    await this.#program.end('SIGKILL');
  }

  /** As by the system: what it keeps is written to its disk. */
  async stop(): Promise<void> {
    await this.#program.end('SIGTERM');
  }

  /** After `kill` or `stop`. */
  async startAgain(): Promise<void> {
    this.#program = this.#launch();
    await this.#isListening();
  }

  /** What it has written since it was last started. */
  get log(): string {
    return this.#program.stderr;
  }

  /** Resolves with the first line of its log, written or to come, that matches. */
  async waitForLog(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#program.waitFor('stderr', pattern);
  }

  #launch(): Program {
    return Program.start(this.#owner, toolPath('mosquitto'), ['-c', this.#configFile]);
  }

  async #isListening(): Promise<void> {
    await this.#program.waitFor('stderr', /mosquitto version \S+ running/);
  }
}
