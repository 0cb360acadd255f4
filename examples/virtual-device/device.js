// A board that is not there: a greenhouse node that measures, reports and obeys, as its firmware would over Wi-Fi.
//
//   node virtual-device/device.js [mqtt://127.0.0.1:1883]
//
// It speaks to any broker at the address, waits for one that is not up yet, and ends on Ctrl+C.
// What it publishes and what it listens to is listed in ../README.md.

const mqtt = require('mqtt');

const url = process.argv[2] ?? process.env.MQTT_URL ?? 'mqtt://127.0.0.1:1883';
const deviceId = 'node-1';
const base = `greenhouse/${deviceId}`;

const client = mqtt.connect(url, {
  protocolVersion: 5,
  clientId: `greenhouse-${deviceId}`,
  username: process.env.MQTT_USERNAME,
  password: process.env.MQTT_PASSWORD,
  keepalive: 30,
  reconnectPeriod: 2000,
  // The broker publishes this when the device vanishes without a goodbye: pull its plug (end the task) and look.
  will: { topic: `${base}/status`, payload: Buffer.from('offline'), qos: 1, retain: true },
});

const startedAtMs = Date.now();
let sequence = 0;
let led = { on: false, brightness: 100 };
let intervalSeconds = 2;
let measuring;

function log(text) {
  console.log(`${new Date().toISOString().slice(11, 23)}  ${text}`);
}

function measure() {
  const seconds = (Date.now() - startedAtMs) / 1000;
  const temperature = 21 + 3 * Math.sin(seconds / 20) + Math.random() * 0.2;
  const humidity = 55 + 10 * Math.cos(seconds / 30) + Math.random();
  sequence++;

  client.publish(`${base}/temperature`, temperature.toFixed(2));
  client.publish(`${base}/humidity`, humidity.toFixed(1));
  client.publish(
    `${base}/telemetry`,
    JSON.stringify({
      sequence,
      uptimeSeconds: Math.round(seconds),
      temperature: Number(temperature.toFixed(2)),
      humidity: Number(humidity.toFixed(1)),
      wifi: { rssi: -50 - Math.round(Math.random() * 20), channel: 6 },
      freeHeapBytes: 180_000 - (sequence % 50) * 128,
    }),
    {
      qos: 1,
      properties: {
        contentType: 'application/json',
        payloadFormatIndicator: true,
        messageExpiryInterval: 60,
      },
    },
  );
  client.publish(`${base}/adc/raw`, adcFrame(temperature, humidity));
}

// Twelve bytes, as firmware packs them: magic, sequence, two little-endian readings, padding.
function adcFrame(temperature, humidity) {
  const frame = Buffer.alloc(12);
  frame.writeUInt16BE(0xad01, 0);
  frame.writeUInt32LE(sequence, 2);
  frame.writeInt16LE(Math.round(temperature * 100), 6);
  frame.writeUInt16LE(Math.round(humidity * 100), 8);
  return frame;
}

function reportLed() {
  client.publish(`${base}/led`, JSON.stringify(led), { qos: 1, retain: true });
}

function restartMeasuring() {
  clearInterval(measuring);
  measuring = setInterval(measure, intervalSeconds * 1000);
  measure();
}

const commands = {
  // {"on": true, "brightness": 40}
  [`${base}/led/set`](payload) {
    const wanted = JSON.parse(payload.toString());
    led = { on: Boolean(wanted.on ?? led.on), brightness: Number(wanted.brightness ?? led.brightness) };
    log(`led is ${led.on ? 'on' : 'off'} at ${led.brightness} %`);
    reportLed();
  },
  // 5
  [`${base}/interval/set`](payload) {
    const seconds = Number(payload.toString());
    if (!(seconds >= 0.1 && seconds <= 3600)) throw new Error('the interval is 0.1 to 3600 seconds');
    intervalSeconds = seconds;
    log(`measuring every ${seconds} s`);
    restartMeasuring();
  },
  // Anything; answered on the response topic that the request names (MQTT 5), with its correlation data.
  [`${base}/ping`](payload, packet) {
    const { responseTopic, correlationData } = packet.properties ?? {};
    client.publish(responseTopic ?? `${base}/pong`, payload, {
      qos: 1,
      ...(correlationData && { properties: { correlationData } }),
    });
  },
};

client.on('connect', () => {
  log(`connected to ${url}`);
  client.publish(`${base}/status`, 'online', { qos: 1, retain: true });
  client.publish(
    `${base}/firmware`,
    JSON.stringify({ version: '1.4.2', board: 'virtual-esp32', built: '2026-01-15' }),
    { qos: 1, retain: true },
  );
  client.subscribe(Object.keys(commands), { qos: 1 });
  reportLed();
  restartMeasuring();
});

client.on('message', (topic, payload, packet) => {
  log(`received ${topic}  ${payload.toString()}`);
  try {
    commands[topic]?.(payload, packet);
  } catch (error) {
    log(`can't do that: ${error.message}`);
    client.publish(`${base}/error`, `${topic}: ${error.message}`, { qos: 1 });
  }
});

client.on('close', () => {
  clearInterval(measuring);
  log('not connected, trying again');
});

client.on('error', (error) => log(`${error.code ?? 'error'}: ${error.message}`));

log(`looking for a broker at ${url} (in VS Code: "MQTT: Start Local Broker")`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    clearInterval(measuring);
    // A goodbye: the will is not sent, so the device says itself that it is gone.
    client.publish(`${base}/status`, 'offline', { qos: 1, retain: true }, () =>
      client.end(false, {}, () => process.exit(0)),
    );
    if (!client.connected) process.exit(0);
  });
}
