/**
 * `node:sqlite`, loaded when it is asked for and not before: a broker that keeps nothing pays nothing, and a runtime
 * without it can be told about in words.
 */

export type Sqlite = typeof import('node:sqlite');

/** Undefined where Node has no SQLite: before 22.13, or built without. */
export function loadSqlite(): Sqlite | undefined {
  // Node 22 and early 24 warn that the module is experimental: nothing that the user of a broker can act on.
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]): void => {
    if (!isAboutSqlite(warning, rest[0])) Reflect.apply(emitWarning, process, [warning, ...rest]);
  }) as typeof emitWarning; // one function for all of its overloads
  try {
    // Older types of Node know the name, older Nodes do not have the function.
    return (process.getBuiltinModule as typeof process.getBuiltinModule | undefined)?.('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

function isAboutSqlite(warning: string | Error, type: unknown): boolean {
  return type === 'ExperimentalWarning' && typeof warning === 'string' && warning.includes('SQLite');
}
