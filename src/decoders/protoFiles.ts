/**
 * A person's .proto file and all that it imports, as one schema. protobufjs reads the syntax; finding files, and saying
 * in which file and line something is wrong, is done here, because its own loader reads the disk and names neither.
 */
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import type { INamespace, Root } from 'protobufjs';
import { messageOf } from '../base/messageOf.ts';
import { nearMiss } from '../base/nearMiss.ts';
import { DecodeProblem } from './decodeProblem.ts';
import { cannotRead, type ReadSource } from './schemaFiles.ts';

type Protobuf = typeof import('protobufjs');

export interface ProtoSchema {
  root: Root;
  /** Full names of all messages, in the order of the files. */
  messageNames: readonly string[];
  /** Of the file that the person named, and at its top level. */
  ownMessageNames: readonly string[];
}

interface ProtoFile {
  path: string;
  /** How messages call it: from the folder of the file that the person named. */
  label: string;
  lines: readonly string[];
}

const maxFiles = 500;

/** The messages that custom options extend. Options say nothing about bytes, so their fields are not needed. */
const optionMessages = 'File Message Field Oneof ExtensionRange Enum EnumValue Service Method'.split(' ');
const descriptorFile = 'google/protobuf/descriptor.proto';

/** Throws a DecodeProblem that names file and line. */
export async function loadProto(
  path: string,
  includeFolders: readonly string[],
  read: ReadSource,
): Promise<ProtoSchema> {
  // Loaded when somebody has a schema, and not before: it is the largest library of the engine.
  const { default: protobuf } = await import('protobufjs');
  return new ProtoLoader(protobuf, { path, includeFolders, read }).load();
}

class ProtoLoader {
  readonly #protobuf: Protobuf;
  readonly #mainPath: string;
  readonly #includeFolders: readonly string[];
  readonly #read: ReadSource;
  readonly #root: Root;
  readonly #files = new Map<string, ProtoFile>();
  readonly #bundled = new Set<string>();

  constructor(
    protobuf: Protobuf,
    options: { path: string; includeFolders: readonly string[]; read: ReadSource },
  ) {
    this.#protobuf = protobuf;
    this.#mainPath = options.path;
    this.#includeFolders = options.includeFolders;
    this.#read = options.read;
    this.#root = new protobuf.Root();
  }

  async load(): Promise<ProtoSchema> {
    let source: string;
    try {
      source = await this.#read(this.#mainPath);
    } catch (error) {
      throw cannotRead(this.#mainPath, error);
    }
    await this.#add(this.#mainPath, source);
    try {
      this.#root.resolveAll();
    } catch (error) {
      throw this.#unresolved(messageOf(error));
    }
    const messageNames = messagesIn(this.#protobuf, this.#root);
    return { root: this.#root, messageNames, ownMessageNames: this.#ownMessages(source, messageNames) };
  }

  async #add(path: string, source: string): Promise<void> {
    const file: ProtoFile = { path, label: this.#label(path), lines: source.split('\n') };
    this.#files.set(path, file);
    if (this.#files.size > maxFiles)
      throw new DecodeProblem(`${basename(this.#mainPath)} imports more than ${maxFiles} files.`, {
        file: this.#mainPath,
      });
    for (const imported of this.#parse(file, source)) await this.#import(imported, file);
  }

  /** Returns what the file imports. */
  #parse(file: ProtoFile, source: string): readonly string[] {
    try {
      const parsed = this.#protobuf.parse(source, this.#root, { keepCase: true });
      return [...(parsed.imports ?? []), ...(parsed.weakImports ?? [])];
    } catch (error) {
      const message = messageOf(error);
      const line = Number(/\(line (\d+)\)$/.exec(message)?.[1] ?? this.#lineOf(message, [file])?.line ?? 1);
      throw problemIn(file, line, message.replace(/ \(line \d+\)$/, ''));
    }
  }

  async #import(imported: string, importer: ProtoFile): Promise<void> {
    if (this.#addBundled(imported)) return;
    const folders = [dirname(importer.path), dirname(this.#mainPath), ...this.#includeFolders];
    const paths = isAbsolute(imported)
      ? [imported]
      : [...new Set(folders.map((folder) => join(folder, imported)))];
    for (const path of paths) {
      if (this.#files.has(path)) return;
      let source: string;
      try {
        source = await this.#read(path);
      } catch {
        continue; // not here: the next folder
      }
      await this.#add(path, source);
      return;
    }
    const line = importer.lines.findIndex((text) => /^\s*import\b/.test(text) && text.includes(imported)) + 1;
    const places = paths.map((path) => dirname(path)).join(', ');
    throw problemIn(importer, Math.max(line, 1), `imports "${imported}", which was looked for in ${places}`);
  }

  /** Google's well-known types, which nobody keeps beside their own files. */
  #addBundled(imported: string): boolean {
    const nested = imported === descriptorFile ? optionTypes() : this.#protobuf.common.get(imported)?.nested;
    if (nested === undefined) return false;
    if (!this.#bundled.has(imported)) this.#root.addJSON(nested);
    this.#bundled.add(imported);
    return true;
  }

  /** `no such Type or Enum 'Foo' in Type .acme.Reading`: the line that names it, and what was probably meant. */
  #unresolved(message: string): DecodeProblem {
    const missing = /no such \w+(?: or \w+)? '([^']+)'/.exec(message)?.[1];
    const place = this.#lineOf(message, [...this.#files.values()]);
    if (place === undefined)
      return new DecodeProblem(`${basename(this.#mainPath)}: ${message}`, { file: this.#mainPath });
    if (missing === undefined) return problemIn(place.file, place.line, message);
    const names = messagesIn(this.#protobuf, this.#root);
    const near = nearMiss(missing, [...names, ...names.map(lastName)]);
    const hint = near === undefined ? 'is its file imported?' : `did you mean ${near}?`;
    return problemIn(place.file, place.line, `the type ${missing} is not known: ${hint}`);
  }

  /** Where a message of protobufjs without a line comes from: the name that it quotes, or the id that it repeats. */
  #lineOf(message: string, files: readonly ProtoFile[]): { file: ProtoFile; line: number } | undefined {
    const quoted = /'([^']+)'/.exec(message)?.[1];
    const id = /duplicate id (\d+)/.exec(message)?.[1];
    const pattern =
      quoted !== undefined
        ? new RegExp(`(?<![\\w.])${escaped(quoted)}(?![\\w])`)
        : id !== undefined
          ? new RegExp(`=\\s*${id}\\s*[;\\[]`)
          : undefined;
    if (pattern === undefined) return undefined;
    for (const file of files) {
      const code = file.lines.map((line) => line.replace(/\/\/.*/, ''));
      // What is there twice is wrong where it is there again.
      const index = message.startsWith('duplicate')
        ? code.findLastIndex((line) => pattern.test(line))
        : code.findIndex((line) => pattern.test(line));
      if (index !== -1) return { file, line: index + 1 };
    }
    return undefined;
  }

  #label(path: string): string {
    const fromMain = relative(dirname(this.#mainPath), path);
    return fromMain.startsWith('..') || isAbsolute(fromMain) ? path : fromMain.replaceAll('\\', '/');
  }

  #ownMessages(source: string, messageNames: readonly string[]): string[] {
    // Parsed once more by itself: the common root does not remember which file brought what.
    const own = this.#protobuf.parse(source, new this.#protobuf.Root(), { keepCase: true });
    const packagePrefix = own.package ? `${own.package}.` : '';
    const ownRoot = own.root;
    return messagesIn(this.#protobuf, ownRoot).filter(
      (name) =>
        messageNames.includes(name) &&
        name.startsWith(packagePrefix) &&
        !name.slice(packagePrefix.length).includes('.'),
    );
  }
}

function messagesIn(protobuf: Protobuf, root: Root): string[] {
  const names: string[] = [];
  const visit = (space: InstanceType<Protobuf['Namespace']>): void => {
    for (const object of space.nestedArray) {
      if (object instanceof protobuf.Type) names.push(object.fullName.slice(1));
      if (object instanceof protobuf.Namespace) visit(object);
    }
  };
  visit(root);
  return names;
}

function optionTypes(): INamespace['nested'] {
  const messages = optionMessages.map((name) => [
    `${name}Options`,
    { fields: {}, extensions: [[1000, 536_870_911]] },
  ]);
  return { google: { nested: { protobuf: { nested: Object.fromEntries(messages) } } } };
}

function problemIn(file: ProtoFile, line: number, reason: string): DecodeProblem {
  return new DecodeProblem(`${file.label}:${line}: ${reason}.`.replace(/\?\.$/, '?'), {
    file: file.path,
    line,
  });
}

function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
