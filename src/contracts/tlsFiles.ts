/** The files that TLS may need of a connection, and how the setting says that one's content is kept as a secret. */

/** As the setting `mqttWorkbench.connections` calls them in `tls`. */
export const tlsFileNames = ['ca', 'certificate', 'key', 'pkcs12'] as const;
export type TlsFileName = (typeof tlsFileNames)[number];

/** PEM as text, PKCS#12 in Base64. */
export type TlsContents = Readonly<Partial<Record<TlsFileName, string>>>;

/** Stands in place of a path: what the file had in it is in VS Code's secret storage. */
export const keptContent = '{secret}';

/** @param value of the setting, or of a field as typed. */
export function isKeptContent(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === keptContent;
}
