/**
 * The programs that tests need from the machine, and the Debian package that brings each. The scripts install what is
 * missing from this table; a test names what it needs with `skipUnless`, so that what could not run is counted and named.
 *
 * Must not know how packages are installed (scripts/support/debianPackages.ts), nor what a test does with a tool.
 */

import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

interface Tool {
  readonly debianPackage: string;
  /** Names of programs; the first that the machine has is taken. */
  readonly programs: readonly string[];
  /** Overrides the programs: `true` when the tool is there, although it is no program of its own. */
  readonly isPresent?: () => boolean;
}

const tools = {
  chromium: { debianPackage: 'chromium', programs: ['chromium', 'chromium-browser', 'google-chrome'] },
  mosquitto: { debianPackage: 'mosquitto', programs: ['mosquitto'] },
  mosquitto_passwd: { debianPackage: 'mosquitto', programs: ['mosquitto_passwd'] },
  mosquitto_pub: { debianPackage: 'mosquitto-clients', programs: ['mosquitto_pub'] },
  mosquitto_rr: { debianPackage: 'mosquitto-clients', programs: ['mosquitto_rr'] },
  mosquitto_sub: { debianPackage: 'mosquitto-clients', programs: ['mosquitto_sub'] },
  python3: { debianPackage: 'python3', programs: ['python3'] },
  paho: { debianPackage: 'python3-paho-mqtt', programs: [], isPresent: () => pythonWithPaho() !== undefined },
  zeroconf: {
    debianPackage: 'python3-zeroconf',
    programs: [],
    isPresent: () => pythonWithZeroconf() !== undefined,
  },
  ip: { debianPackage: 'iproute2', programs: ['ip'] },
  tcpdump: { debianPackage: 'tcpdump', programs: ['tcpdump'] },
  tshark: { debianPackage: 'tshark', programs: ['tshark'] },
  make: { debianPackage: 'make', programs: ['make'] },
  openssl: { debianPackage: 'openssl', programs: ['openssl'] },
  faketime: { debianPackage: 'faketime', programs: ['faketime'] },
  mbedtls: {
    debianPackage: 'libmbedtls-dev',
    programs: [],
    isPresent: () => existsSync('/usr/include/mbedtls/ssl.h'),
  },
  c_headers: {
    debianPackage: 'libc6-dev',
    programs: [],
    isPresent: () => existsSync('/usr/include/stdio.h'),
  },
  c_compiler: { debianPackage: 'gcc', programs: ['gcc', 'clang', 'cc', 'tcc'] },
  compiler: { debianPackage: 'g++', programs: ['g++', 'clang++', 'c++'] },
  libmosquitto: { debianPackage: 'libmosquitto-dev', programs: [], isPresent: hasMosquittoHeader },
  rustc: { debianPackage: 'rustc', programs: [], isPresent: () => workingRustc() !== undefined },
} satisfies Record<string, Tool>;

export type ToolName = keyof typeof tools;

export function hasTool(name: ToolName): boolean {
  const tool: Tool = tools[name];
  return tool.isPresent ? tool.isPresent() : findProgram(tool.programs) !== undefined;
}

/** The absolute path of a tool's program. Throws one clear sentence when the machine has none. */
export function toolPath(name: ToolName): string {
  const found =
    name === 'paho'
      ? pythonWithPaho()
      : name === 'rustc'
        ? workingRustc()
        : findProgram(tools[name].programs);
  if (found === undefined) throw new Error(missingReason([name]));
  return found;
}

/** The Python that has the paho-mqtt client: the first on the PATH need not be the one that Debian's package is for. */
export function pythonWithPaho(): string | undefined {
  return pythonWith('paho.mqtt.client');
}

/** In the same way, the Python that has zeroconf, which finds what is announced by mDNS. */
export function pythonWithZeroconf(): string | undefined {
  return pythonWith('zeroconf');
}

function pythonWith(module: string): string | undefined {
  const candidates = [findProgram(['python3']), '/usr/bin/python3'];
  return candidates.find((python) => python !== undefined && canImport(python, module));
}

/**
 * For a test's options: `test('…', { skip: skipUnless('mosquitto_pub') }, …)`. `false` when all the tools are there,
 * else the reason, which the summary of `npm test` shows.
 */
export function skipUnless(...names: ToolName[]): string | false {
  const missing = names.filter((name) => !hasTool(name));
  return missing.length === 0 ? false : missingReason(missing);
}

/** Debian's packages for tools, each once. */
export function debianPackagesFor(names: readonly ToolName[]): string[] {
  return [...new Set(names.map((name) => tools[name].debianPackage))];
}

function missingReason(names: readonly ToolName[]): string {
  return `${names.join(', ')} not found (Debian: apt-get install ${debianPackagesFor(names).join(' ')})`;
}

/** The absolute path of the first of these programs that the machine has. */
export function findProgram(programs: readonly string[]): string | undefined {
  // Debian puts servers in sbin, which is not on everyone's PATH.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const program of programs) {
    for (const folder of folders) {
      if (folder !== '' && isExecutable(join(folder, program))) return join(folder, program);
    }
  }
  return undefined;
}

/** That of rustup needs a toolchain that somebody chose, in a home that need not be this one. */
function workingRustc(): string | undefined {
  const candidates = [findProgram(['rustc']), '/usr/bin/rustc'];
  return candidates.find((rustc) => rustc !== undefined && runs(rustc, ['--version']));
}

function hasMosquittoHeader(): boolean {
  return ['/usr/include', '/usr/local/include'].some((folder) => existsSync(join(folder, 'mosquitto.h')));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: either way the next folder may have it.
    return false;
  }
}

function canImport(python: string, module: string): boolean {
  return runs(python, ['-c', `import ${module}`]);
}

/** Whatever keeps it from that means the same here: it is of no use. */
function runs(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
