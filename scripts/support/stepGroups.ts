/**
 * What a name at the command line of test.ts stands for: a step, or a group of steps, of which some may run a part of their
 * files alone. `npm test` knows no groups: it runs each step once, and so each file.
 */
import { type Step, steps, testFiles } from './steps.ts';

/** By the name of the step: all of it, or those of its files that these globs mean. */
export type StepGroup = Readonly<Record<string, 'all' | readonly string[]>>;

export const stepGroups: Readonly<Record<string, StepGroup>> = {
  check: { types: 'all', lint: 'all', architecture: 'all' },
  /** What helps to debug a device, from its rules to the screen: sessions, packets, warnings, faults, certificates, code. */
  device: {
    architecture: ['test/architecture/{tlsPage,warningPages}.test.ts'],
    unit: [
      'test/unit/broker/{packetWindows,takeoverWatch}.test.ts',
      'test/unit/{certificates,discovery,faults,trace}/**/*.test.ts',
      'test/unit/configuration/faultSettings.test.ts',
      'test/unit/engine/{announcedBroker,clientService,faultService,followedPacket,ownTls}.test.ts',
      'test/unit/engine/{conversationSearch,leftOutConnects,traceFiles,traceService}.test.ts',
      'test/unit/extension/{certificates,connectionCode,trace}/**/*.test.ts',
      'test/unit/extension/{views/clientRows,words/clientWords,words/warningWords}.test.ts',
      'test/unit/model/{clients,packetTrace,packetViews,warnings}.test.ts',
      'test/unit/mqtt/packetSecrets.test.ts',
      'test/unit/observation/{brokerLog,traceObserver}.test.ts',
      'test/unit/observation/warnings/**/*.test.ts',
      'test/unit/transports/{clientHello,tls,tlsFailure}.test.ts',
      'test/unit/webview/packets/**/*.test.ts',
    ],
    device: 'all',
    vscode: ['test/vscode/suite/{faults,tls}.test.ts'],
    e2e: ['test/e2e/{clients,connectionCode,faults,fieldStories,malformed,packets,tls}.test.ts'],
  },
};

/** All that may be named. */
export const stepNames: readonly string[] = [...Object.keys(stepGroups), ...steps.map(({ name }) => name)];

export interface ChosenStep {
  readonly step: Step;
  /** Empty where the step is a tool's check. */
  readonly files: readonly string[];
}

/** In the order of the table, with the build where one of them needs it. All of them, whole, when none is named. */
export function chooseSteps(names: readonly string[]): ChosenStep[] {
  const groups = (names.length === 0 ? steps.map(({ name }) => whole(name)) : names).map((group) =>
    typeof group === 'string' ? (stepGroups[group] ?? whole(group)) : group,
  );
  if (groups.some((group) => steps.some(({ name, needsBuild }) => needsBuild && name in group)))
    groups.push(whole('build'));
  return steps.flatMap((step) => {
    const parts = groups.flatMap((group) => group[step.name] ?? []);
    if (parts.length === 0) return [];
    const globs = parts.includes('all') ? (step.files ?? []) : parts;
    return [{ step, files: testFiles(globs) }];
  });
}

function whole(step: string): StepGroup {
  return { [step]: 'all' };
}
