/** What is wrong with a configuration, in a form that names the place. */

export interface ConfigurationProblem {
  readonly kind: 'configurationProblem';
  /** The configuration file, with line and column where its syntax is at fault; absent when no file is. */
  readonly file?: string;
  /** Whose fault it is, as `tlsPort` or `listeners[1].cert`; absent when the file as a whole is no configuration. */
  readonly setting?: string;
  /** One sentence without a full stop, with the setting's name: what was found, and what would be right. */
  readonly message: string;
}

export function describeConfigurationProblem({ file, message }: ConfigurationProblem): string {
  return file === undefined ? message : `${file}: ${message}`;
}
