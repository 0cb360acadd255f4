/** PlatformIO: a project file with the library's version, and the Arduino code as its source. Pure. */
import type { ConnectionSettings, SourceFile } from './connectionSettings.ts';
import { pubSubClient } from './pubSubClient.ts';
import { commentLines, sourceOf } from './sourceText.ts';

export function platformIo(settings: ConnectionSettings): SourceFile[] {
  return [platformIoProject(), ...pubSubClient(settings, { fileName: 'src/main.cpp' })];
}

export function platformIoProject(): SourceFile {
  const text = sourceOf(
    commentLines(';', 'CHANGE THIS: your board, as "pio boards" names it.'),
    '[env:esp32dev]',
    'platform = espressif32',
    'board = esp32dev',
    'framework = arduino',
    'monitor_speed = 115200',
    'lib_deps =',
    '  knolleary/PubSubClient@^2.8',
  );
  return { name: 'platformio.ini', text };
}
