/** Whether an address reaches this machine alone. Pure: a name other than `localhost` is not looked up. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
