/** How often a fault is brought about: a few times in every run, as often as FAULT_ROUNDS says by hand. */
export function faultRounds(usual: number): number {
  const text = process.env.FAULT_ROUNDS;
  if (text === undefined || text === '') return usual;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`FAULT_ROUNDS is "${text}", and must be a whole number`);
  return Number(text);
}
