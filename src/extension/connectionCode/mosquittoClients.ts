/**
 * mosquitto_sub as a stand-in for the device, and mosquitto_pub to talk to it: for any POSIX shell. Pure.
 *
 * Notes are commands that do nothing: at its prompt, zsh takes no comment.
 */
import { shellWord } from '../payload/copyAs/shellWord.ts';
import {
  type ConnectionSettings,
  caPemOf,
  KEEP_ALIVE_SECONDS,
  loginOf,
  type SourceFile,
  topicsOf,
} from './connectionSettings.ts';
import { certificateNotes } from './notes.ts';
import { sourceOf } from './sourceText.ts';

export function mosquittoClients(settings: ConnectionSettings): SourceFile[] {
  const { host, port, clientId } = settings;
  const topics = topicsOf(settings);
  const login = loginOf(settings);
  const caPem = caPemOf(settings);
  const options = [
    `-h ${shellWord(host)} -p ${port}`,
    ...(login ? [`-u ${shellWord(login.username)} -P ${shellWord(login.password)}`] : []),
    ...(caPem ? ['--cafile ca.crt'] : []),
  ].join(' ');
  const status = shellWord(topics.status);
  const text = sourceOf(
    caPem && [
      ...certificateNotes(settings, { ownGoesInto: '--cert and --key, as files' }).map(note),
      `cat > ca.crt <<'END_OF_CA'`,
      ...caPem.trimEnd().split('\n'),
      'END_OF_CA',
    ],
    login && note('Put your user name and password for those of -u and -P.'),
    note(
      'As a device: shows what it is told until Ctrl+C, with a will that the broker publishes if it is killed.',
    ),
    `mosquitto_sub ${options} -i ${shellWord(clientId)} -k ${KEEP_ALIVE_SECONDS} -q 1 -v -t ${shellWord(topics.command)} \\`,
    `  --will-topic ${status} --will-payload offline --will-qos 1 --will-retain`,
    note('In another terminal: tells the device something, and what a device says of itself, retained.'),
    `mosquitto_pub ${options} -q 1 -t ${shellWord(topics.command)} -m on`,
    `mosquitto_pub ${options} -q 1 -r -t ${status} -m online`,
  );
  return [{ name: 'mqtt.sh', text }];
}

function note(text: string): string {
  return `: ${shellWord(text)}`;
}
