/** What is wrong with a configuration, in a form that names the place. */

export interface ConfigurationProblem {
  readonly kind: 'configurationProblem';
  /** The configuration file; absent when no file is at fault. */
  readonly file?: string;
  /** Where its syntax is broken, counting from 1. */
  readonly line?: number;
  readonly column?: number;
  /** Whose fault it is, as `tlsPort` or `listeners[1].cert`; absent when the file as a whole is no configuration. */
  readonly setting?: string;
  /** One sentence without a full stop, with the setting's name: what was found, and what would be right. */
  readonly message: string;
}

/** `broker.json: …`, or `broker.json:3:12: …`, as editors and terminals make a link of it. */
export function describeConfigurationProblem({ file, line, column, message }: ConfigurationProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return place === '' ? message : `${place}: ${message}`;
}
