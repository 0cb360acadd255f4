/**
 * What docs/errors.md says of each fault, for who looks at a packet: what the standard asks, what usually causes it in
 * firmware, what to do. A test holds this table to the page, word by word; the page is the one to write in first.
 */
import type { ErrorCode } from '../mqtt/errorCodes.ts';

export interface FaultCauses {
  readonly rule: string;
  readonly causes: readonly string[];
  readonly advice: string;
}

export const faultCauses: Readonly<Record<ErrorCode, FaultCauses>> = {
  'tls-on-plain-port': {
    rule: 'The first packet of a connection is CONNECT, whose first byte is 10.',
    causes: [
      'The device is set up for TLS (mqtts://, WiFiClientSecure, a CA in the transport configuration) and was given the port without TLS, usually 1883.',
    ],
    advice: "Use the broker's TLS port, or turn TLS off in the device while it is on the bench.",
  },
  'http-on-mqtt-port': {
    rule: 'The first packet of a connection is CONNECT, whose first byte is 10.',
    causes: [
      'MQTT over WebSocket (ws://), which begins as an HTTP request, was pointed at the TCP port.',
      'A browser or a health check opened it.',
    ],
    advice: "Give WebSocket clients the broker's WebSocket port, or use mqtt:// and TCP.",
  },
  'packet-type-reserved': {
    rule: 'Type 0 is reserved in every version; type 15 is AUTH in 5.0 and reserved before.',
    causes: [
      'The stream is out of step: the packet before this one was shorter or longer than its Remaining Length said, so the middle of something is read as a start. Two tasks that write to one socket without a lock do the same.',
    ],
    advice:
      'Look at the packet before this one. Count its bytes and compare with its Remaining Length, and send each packet with one write or under one lock.',
  },
  'fixed-header-flags': {
    rule: 'The lower four bits of the first byte are 0000, but 0010 in PUBREL (MQTT-3.6.1-1), SUBSCRIBE (MQTT-3.8.1-1) and UNSUBSCRIBE (MQTT-3.10.1-1). DISCONNECT and AUTH of 5.0 have statements of their own too (MQTT-3.14.1-1, MQTT-3.15.1-1). Only PUBLISH has flags that vary. In MQTT 3.1 the DUP bit may be set where a packet is sent again.',
    causes: [
      'PUBREL sent as 60 instead of 62, SUBSCRIBE as 80 instead of 82, UNSUBSCRIBE as A0 instead of A2.',
      'Code written for 3.1 that sets DUP on a SUBSCRIBE that it repeats.',
    ],
    advice:
      'Begin PUBREL with 62, SUBSCRIBE with 82 and UNSUBSCRIBE with A2. The second digit of all others but PUBLISH is 0: PINGREQ is C0, DISCONNECT E0.',
  },
  'remaining-length-malformed': {
    rule: 'Seven bits a byte, least significant first, the top bit set on every byte but the last; four bytes at most.',
    causes: [
      'The stream is out of step (see packet-type-reserved), or the loop that encodes the length never clears the top bit of the last byte.',
    ],
    advice:
      'Check the encoder with 127 (7F), 128 (80 01) and 16,384 (80 80 01), then the packet before this one.',
  },
  'remaining-length-not-minimal': {
    rule: 'MQTT 5.0 asks for the shortest form. 3.1 and 3.1.1 do not, and there it is accepted.',
    causes: ['The code reserves a fixed number of bytes for the length and fills it in later.'],
    advice: 'Compute the size first, or move the header up against the body before sending.',
  },
  'packet-too-large': {
    rule: 'A client of 5.0 keeps to the Maximum Packet Size in CONNACK. The older versions have no way to tell the limit; no packet is larger than 268,435,460 bytes.',
    causes: [
      'A file or image as one payload.',
      'A Remaining Length computed from a wrong or uninitialised length.',
    ],
    advice:
      'If the size is meant, raise the limit in the settings or send in parts. If not, look at how the length is computed.',
  },
  'packet-truncated': {
    rule: 'Every field lies within its packet. A string is two bytes of length, most significant first, then that many bytes.',
    causes: [
      'A Remaining Length that leaves out a field.',
      "String lengths in the processor's byte order (05 00 where 00 05 is meant).",
      'Connect flags that announce a user name, password or will that was not written. In 5.0: a packet built as for 3.1.1, without its Property Length.',
    ],
    advice:
      'Compare the packet field by field with the message: it names the field and how many bytes were left for it.',
  },
  'trailing-bytes': {
    rule: 'A packet ends with its last field.',
    causes: [
      'A user name, password or will was written without its connect flag.',
      'A Remaining Length that counts the fixed header too.',
      'A terminating 0 that is sent with a string and not counted in its length.',
      '5.0 properties over a connection of 3.1.1.',
    ],
    advice:
      'Look at the bytes from the offset on: they usually show what they are. Set the missing flag or correct the length.',
  },
  'string-ill-formed': {
    rule: 'Strings, which are topics, client identifiers, user names and the text properties, are well-formed UTF-8. Payloads and passwords may be any bytes.',
    causes: [
      'A buffer that was never written or is reused too early.',
      'Latin-1 text.',
      'A string cut after a fixed number of bytes.',
      'Raw bytes such as a MAC address as client identifier.',
    ],
    advice: 'Check the lifetime and the length of the buffer first. Write binary identifiers in hex.',
  },
  'string-null-character': {
    rule: 'U+0000 is not allowed in any string.',
    causes: [
      'A length by sizeof where strlen is meant, so that the terminating 0 of a C string is counted.',
      'A buffer of fixed size sent whole.',
    ],
    advice: 'Send strlen bytes.',
  },
  'packet-id-zero': {
    rule: 'Packet identifiers are 1 to 65,535, in SUBSCRIBE, UNSUBSCRIBE, PUBLISH of QoS 1 and 2, and everything that answers them.',
    causes: [
      'A 16-bit counter that wraps from 65,535 to 0, after days of running.',
      'A counter that starts at 0.',
    ],
    advice: 'Skip 0 when counting.',
  },
  'reason-code-invalid': {
    rule: 'Each packet of 5.0 has a table of its reason codes. CONNACK of 3.1.1 has 0 to 5; its SUBACK has 0, 1, 2 and 0x80.',
    causes: [
      "A reason code taken from another packet's table, or a QoS written where a reason code belongs.",
    ],
    advice: 'Use a code from the table of this packet; 0x80, Unspecified error, is in nearly all of them.',
  },
  'variable-byte-integer-malformed': {
    rule: 'Four bytes at most; the top bit of the fourth is 0.',
    causes: [
      'The stream of properties is out of step: the one before was longer or shorter than its type says. Or the encoder does not clear the top bit of the last byte.',
    ],
    advice: 'Check the type of the property before this one.',
  },
  'variable-byte-integer-not-minimal': {
    rule: 'The shortest form is the only one.',
    causes: ['A length field of fixed width that is filled in later.'],
    advice: 'Compute the size of the properties before writing their length.',
  },
  'property-length-invalid': {
    rule: 'The Property Length counts the bytes of the properties, without itself, and they lie within the packet.',
    causes: [
      'The Property Length was left out: a packet of 5.0 has one even without properties, a single 0. What follows is then read as the length. Or only some of the properties were counted.',
    ],
    advice: 'Write 00 where there are no properties. Count identifiers and length bytes as well as values.',
  },
  'property-truncated': {
    rule: 'Every property ends within the properties.',
    causes: [
      'A Property Length that forgets the identifier byte or the two length bytes of a string.',
      "A property written with another type than the standard's.",
    ],
    advice:
      'Add up the properties: one byte of identifier each, two bytes of length for each string or binary value, four bytes for intervals.',
  },
  'property-unknown': {
    rule: 'There are 27 properties, with identifiers from 0x01 to 0x2A.',
    causes: [
      'The property before it was written with the wrong size, so that the middle of a value is read as an identifier. Often a two-byte value was written in four bytes, or the other way round.',
    ],
    advice: 'Check the size of the property before the offset.',
  },
  'property-not-allowed': {
    rule: 'Each property belongs to certain packets. The properties of a will are a group of their own, in the payload of CONNECT.',
    causes: [
      'Message properties (Content Type, Response Topic) in CONNECT instead of the will.',
      'A Session Expiry Interval in PUBLISH.',
      'Will Delay Interval among the properties of CONNECT.',
    ],
    advice: 'Move the property to the packet that it belongs to, or leave it out.',
  },
  'property-duplicate': {
    rule: 'Only User Property may be repeated, and in a PUBLISH from a server the Subscription Identifier.',
    causes: [
      'A list of properties that is filled again without being cleared.',
      'A library that adds a default next to the one that was set.',
    ],
    advice: 'Clear the list before each packet.',
  },
  'property-value-invalid': {
    rule: "Payload Format Indicator, Request Problem Information, Request Response Information and the server's switches are 0 or 1.",
    causes: ['A boolean written as 0xFF, or a flag word in place of the byte.'],
    advice: 'Write 0 or 1.',
  },
  'receive-maximum-zero': {
    rule: 'Receive Maximum is 1 to 65,535: how many messages of QoS 1 and 2 may be under way at once. Without the property it is 65,535.',
    causes: ['A configuration that was never set, sent anyway.'],
    advice: 'Leave the property out, or send how many messages the device can hold.',
  },
  'maximum-packet-size-zero': {
    rule: "Maximum Packet Size is 1 or more. Without the property there is no limit but the protocol's.",
    causes: ['0 meant as “no limit”, or a configuration that was never set.'],
    advice: 'Leave the property out for no limit, or send the size of the receive buffer.',
  },
  'topic-alias-zero': {
    rule: 'Aliases are 1 to the Topic Alias Maximum of the receiver.',
    causes: ['An index that starts at 0.'],
    advice: 'Start at 1, or leave the property out where no alias is used.',
  },
  'subscription-identifier-zero': {
    rule: 'A Subscription Identifier is 1 to 268,435,455.',
    causes: ['An index that starts at 0, or 0 meant as “none”.'],
    advice: 'Leave the property out, or start at 1.',
  },
  'response-topic-invalid': {
    rule: 'A Response Topic is a topic name to publish to, not a filter.',
    causes: ['The filter that the device subscribed to is sent as the topic to answer on.'],
    advice: 'Send one concrete topic, such as devices/board-1/response.',
  },
  'authentication-data-without-method': {
    rule: 'The data needs the method that says what it is.',
    causes: ['A token put into Authentication Data where a password is meant.'],
    advice: 'Send the token as password, or name the method too.',
  },
  'authentication-method-missing': {
    rule: 'Every AUTH names the method of its CONNECT, unless it is empty altogether.',
    causes: ['Only the data was written in a further step of the exchange.'],
    advice: 'Send the method with every step.',
  },
  'protocol-name-unknown': {
    rule: '00 04 4D 51 54 54 is the name in 3.1.1 and 5.0, MQIsdp in 3.1. Upper and lower case count.',
    causes: ['A typing error in a hand-written packet.', 'Another protocol on this port.'],
    advice: 'Send the name exactly.',
  },
  'protocol-version-unsupported': {
    rule: 'MQIsdp has level 3, MQTT has 4 (3.1.1) or 5 (5.0). A refusal with return code 1, or reason code 0x84, follows.',
    causes: [
      'Level 3 with the name MQTT, or level 4 with MQIsdp. Levels of 0x80 and above come from mosquitto bridges with try_private true.',
      'Those go on by themselves.',
    ],
    advice: 'Send 4 with MQTT, or set try_private false in the bridge.',
  },
  'reserved-connect-flag': {
    rule: 'Bit 0 of the connect flags is reserved and must be 0.',
    causes: ['Clean Session, which is bit 1 (02), was put into bit 0.'],
    advice:
      'Shift the flags by one: Clean Session 02, will 04, Will QoS 08 and 10, Will Retain 20, password 40, user name 80.',
  },
  'will-qos-invalid': {
    rule: 'Will QoS is 0, 1 or 2.',
    causes: ['A QoS of more than 2 in the configuration, or bits shifted wrong: Will QoS is bits 3 and 4.'],
    advice: 'Use qos << 3 with a QoS of 0, 1 or 2.',
  },
  'will-flags-without-will': {
    rule: 'Without a will, Will QoS and Will Retain are 0. MQTT 3.1 ignores them then.',
    causes: ['A will that was switched off by clearing its flag alone.'],
    advice: 'Clear bits 3, 4 and 5 with bit 2.',
  },
  'will-topic-invalid': {
    rule: 'A will is published, so its topic is a name.',
    causes: ['A will flag without a configured topic, or a filter used as topic.'],
    advice: 'Set one concrete topic, such as devices/board-1/status.',
  },
  'password-without-username': {
    rule: 'MQTT 3.1 and 3.1.1 allow a password with a user name only; 5.0 allows it alone.',
    causes: ['A token as password with no user name configured.'],
    advice: 'Send a user name too, if need be an empty one; or connect with 5.0.',
  },
  'reserved-connack-flag': {
    rule: 'Bits 1 to 7 are reserved and must be 0.',
    causes: ['A server written by hand that puts the return code first.'],
    advice: 'Session Present comes first, then the code.',
  },
  'session-present-on-refusal': {
    rule: 'A CONNACK with another code than 0 has Session Present 0.',
    causes: ['A server that fills in Session Present before it decides.'],
    advice: 'Set it only together with code 0.',
  },
  'qos-invalid': {
    rule: 'QoS is 0, 1 or 2: bits 1 and 2 of the first byte.',
    causes: ['A QoS of more than 2 in a call, or a QoS that was shifted by two.'],
    advice: 'Use qos << 1 with a QoS of 0, 1 or 2.',
  },
  'dup-with-qos-0': {
    rule: 'A message of QoS 0 is sent once, so DUP is 0. MQTT 3.1 does not say so, and there it is accepted.',
    causes: ['A retry loop that sets DUP on every repeat, whatever the QoS.'],
    advice: 'Set DUP only when a PUBLISH of QoS 1 or 2 is sent again with its packet identifier.',
  },
  'topic-empty': {
    rule: 'A topic has at least one character. In 5.0 it may be empty where a Topic Alias stands for it.',
    causes: [
      'The topic buffer was empty or not yet filled.',
      'A Topic Alias was meant and its property forgotten.',
    ],
    advice: 'Check the buffer just before the call.',
  },
  'topic-name-invalid': {
    rule: 'Wildcards are for subscriptions. A message goes to one topic.',
    causes: [
      'The constant of the subscription is used for publishing too.',
      'A placeholder like devices/+/state was never filled in.',
    ],
    advice: 'Publish to a concrete topic.',
  },
  'no-topic-filters': {
    rule: 'There is one topic filter at least.',
    causes: [
      'A loop over an empty list of topics.',
      'A Remaining Length that ends after the packet identifier.',
    ],
    advice: 'Do not send the packet when there is nothing to subscribe to.',
  },
  'topic-filter-invalid': {
    rule: '+ and # fill a whole level, # is the last character, and a shared filter is $share/name/filter with a name free of /, + and #.',
    causes: [
      'sensor# for sensor/#, board+/state for +/state, #/state.',
      'A filter put together from an empty prefix.',
    ],
    advice:
      "Correct the filter. MQTT can't match a part of a level: take the level whole and compare on the device.",
  },
  'subscription-options-reserved': {
    rule: 'In 3.1.1 the byte is the QoS alone. In 5.0 bits 6 and 7 are reserved.',
    causes: [
      'Options of 5.0 (No Local, Retain Handling) over a connection of 3.1.1.',
      'A string length that is off, so that a character is read as options.',
    ],
    advice: 'Connect with 5.0 to use the options. Check the length of the filter before the byte.',
  },
  'subscription-qos-invalid': {
    rule: '0, 1 or 2.',
    causes: ['An uninitialised byte, or a string length that is off by one.'],
    advice: 'Set the QoS, and check the length of the filter before it.',
  },
  'retain-handling-invalid': {
    rule: '0 sends retained messages, 1 only to a new subscription, 2 never.',
    causes: ['Bits 4 and 5 were set as two switches.'],
    advice: 'Write one number from 0 to 2 into the two bits.',
  },
  'no-local-on-shared-subscription': {
    rule: 'No Local is for subscriptions of one client; on a shared one it is not allowed.',
    causes: ['One set of options used for all subscriptions.'],
    advice: 'Clear bit 2 of the options for shared filters.',
  },
  'no-reason-codes': {
    rule: 'One for each topic filter, in order.',
    causes: ['A server that answers without looking at the filters.'],
    advice: 'Answer each filter.',
  },
  'connect-expected': {
    rule: 'Nothing comes before CONNECT.',
    causes: [
      'The device published or pinged before connecting, often after a reconnect that opened the socket but skipped the CONNECT.',
    ],
    advice: 'Send CONNECT on every new socket, and wait for CONNACK.',
  },
  'second-connect': {
    rule: 'CONNECT is sent once.',
    causes: ['A reconnect routine that runs while the socket is still open, often from a second task.'],
    advice: 'Close the socket before connecting again, and reconnect from one place only.',
  },
  'packet-not-for-server': {
    rule: 'Only servers send these.',
    causes: ['Packet types mixed up (PINGRESP D0 for PINGREQ C0), or received bytes that were echoed.'],
    advice: "Send the request's type.",
  },
  'topic-alias-too-large': {
    rule: '1 to the Topic Alias Maximum of CONNACK; without the property there are none.',
    causes: ['A maximum in the firmware that does not look at CONNACK.'],
    advice: 'Take the limit from CONNACK.',
  },
  'topic-alias-unknown': {
    rule: 'An alias is set by a PUBLISH with both alias and topic, and ends with its connection.',
    causes: ['After a reconnect the firmware goes on using the aliases of the connection before.'],
    advice: 'Forget all aliases when the connection ends.',
  },
  'receive-maximum-exceeded': {
    rule: 'A client waits while as many are unanswered as the Receive Maximum says.',
    causes: [
      'A burst after a reconnect that does not count acknowledgements.',
      'QoS 2 messages whose PUBREL is never sent.',
    ],
    advice: 'Count what is unanswered and wait at the limit.',
  },
  'acknowledgement-unexpected': {
    rule: 'QoS 1 is answered by PUBACK; QoS 2 by PUBREC and, after PUBREL, by PUBCOMP.',
    causes: [
      'QoS 2 messages answered with PUBACK.',
      'Packet identifiers of the two directions kept in one table.',
    ],
    advice: 'Keep the messages received apart from those sent: both sides number on their own.',
  },
  'qos-not-supported': {
    rule: 'A client keeps to the Maximum QoS of CONNACK.',
    causes: ['A fixed QoS in the firmware.'],
    advice: 'Publish with a lower QoS, or raise the limit in the settings.',
  },
  'retain-not-supported': {
    rule: 'A client does not set RETAIN then.',
    causes: ['A fixed RETAIN flag in the firmware.'],
    advice: 'Clear the flag, or allow retained messages in the settings.',
  },
  'subscription-identifier-from-client': {
    rule: 'Only a server sends it, to say which subscription a message is for.',
    causes: ['The properties of a received message are sent on as they are.'],
    advice: 'Copy the properties that belong to the message, and not this one.',
  },
  'payload-format-invalid': {
    rule: 'A payload with the indicator 1 is well-formed UTF-8. A payload without the indicator, or with 0, may be any bytes.',
    causes: [
      'The indicator is set for all messages, binary ones included.',
      'Text in Latin-1.',
      "Text cut in the middle of a character by a buffer's size.",
    ],
    advice: 'Set the indicator for text only, and cut text between characters.',
  },
  'session-expiry-raised': {
    rule: "0 in CONNECT, or no such property, can't be changed to more at the end.",
    causes: ['The interval is set only when disconnecting.'],
    advice: 'Set it in CONNECT.',
  },
  'auth-unexpected': {
    rule: 'Without a method there is no exchange.',
    causes: ['A library set up for enhanced authentication on one side only.'],
    advice: 'Name the method in CONNECT, or do not send AUTH.',
  },
  'auth-expected': {
    rule: 'A client whose CONNECT names an Authentication Method sends nothing else until CONNACK has come.',
    causes: [
      'SUBSCRIBE or PUBLISH is sent right behind CONNECT, without waiting for CONNACK, as 3.1.1 allows it and 5.0 does without enhanced authentication.',
    ],
    advice: 'Wait for CONNACK. Queue on the device what is to be sent.',
  },
  'auth-out-of-turn': {
    rule: "A client begins a re-authentication with 0x19, and answers each AUTH of the server with 0x18. 0x00 ends an exchange and is the server's. It sends one AUTH, and waits for the answer.",
    causes: [
      'The reason code was left at 0, as an AUTH without one means.',
      'A re-authentication that starts with 0x18.',
      'A timer that starts the next one while the last is not over.',
    ],
    advice: 'Start with 0x19, answer with 0x18, and start the next one when AUTH 0x00 has come.',
  },
  'authentication-method-changed': {
    rule: 'One connection has one method; every AUTH names it, those of a re-authentication too.',
    causes: [
      'A fallback to another method in the middle of an exchange.',
      'A name that differs in case, scram-sha-256 for SCRAM-SHA-256.',
    ],
    advice: 'To use another method, disconnect and connect with it.',
  },
};
