/**
 * One X.509 certificate (RFC 5280), put together and signed. Node makes keys and signatures; the library knows the
 * structure and its encoding (docs/decisions/0011).
 *
 * The only file that knows the library.
 */
import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';
import { type KeyKind, kindOf } from './keys.ts';

export interface CertificateParts {
  /** Common name, at most 64 characters (RFC 5280, ub-common-name). */
  subject: string;
  /** The certificate of who signs, DER; absent where a certificate signs itself. */
  issuer?: Uint8Array;
  publicKey: KeyObject;
  /** Of the issuer. */
  signedBy: { privateKey: KeyObject; publicKey: KeyObject };
  notBeforeMs: number;
  notAfterMs: number;
  purpose:
    | { kind: 'authority' }
    /** Host names and IP addresses. An address is taken for what `isIP` says; see `alternativeNames`. */
    | { kind: 'server'; names: readonly string[] }
    | { kind: 'client' };
}

const COMMON_NAME = '2.5.4.3';
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const SERIAL_NUMBER_BYTES = 16;

/** DER. */
export function buildCertificate(parts: CertificateParts): Buffer {
  const { publicKey, signedBy } = parts;
  const signature = algorithmOf(kindOf(signedBy.privateKey));
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature,
    issuer: parts.issuer === undefined ? nameOf(parts.subject) : subjectOf(parts.issuer),
    validity: new Validity({ notBefore: new Date(parts.notBeforeMs), notAfter: new Date(parts.notAfterMs) }),
    subject: nameOf(parts.subject),
    subjectPublicKeyInfo: publicKeyInfo(publicKey),
    extensions: new Extensions(extensionsOf(parts)),
  });
  // DER of ECDSA's two numbers for EC, PKCS #1 v1.5 for RSA: what both algorithms of `algorithmOf` ask for.
  const signatureValue = sign(
    'sha256',
    Buffer.from(AsnConvert.serialize(tbsCertificate)),
    signedBy.privateKey,
  );
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: signature,
    signatureValue: arrayBufferOf(signatureValue),
  });
  return Buffer.from(AsnConvert.serialize(certificate));
}

function extensionsOf({ purpose, publicKey, signedBy }: CertificateParts): Extension[] {
  const isAuthority = purpose.kind === 'authority';
  const constraints = isAuthority ? { cA: true, pathLenConstraint: 0 } : { cA: false };
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints(constraints), 'critical'),
    extension(id_ce_keyUsage, new KeyUsage(keyUsageOf(purpose.kind, kindOf(publicKey))), 'critical'),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdentifier(publicKey))),
    extension(
      id_ce_authorityKeyIdentifier,
      new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyIdentifier(signedBy.publicKey)) }),
    ),
  ];
  if (purpose.kind === 'server') {
    extensions.push(
      extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(id_ce_subjectAltName, new SubjectAlternativeName(alternativeNames(purpose.names))),
    );
  }
  if (purpose.kind === 'client')
    extensions.push(extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_clientAuth])));
  return extensions;
}

function keyUsageOf(purpose: CertificateParts['purpose']['kind'], key: KeyKind): number {
  if (purpose === 'authority') return KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign;
  // A device that knows no ephemeral key exchange encrypts its secret with the broker's RSA key.
  const encipherment = purpose === 'server' && key === 'rsa' ? KeyUsageFlags.keyEncipherment : 0;
  return KeyUsageFlags.digitalSignature | encipherment;
}

/**
 * An IPv4 address stands there twice, as an address and as a name: mbedTLS before 3.5, which is in ESP-IDF before 5.2,
 * and BearSSL compare what they connect to with the names alone (Mbed-TLS/mbedtls#5082).
 */
function alternativeNames(names: readonly string[]): GeneralName[] {
  return names.flatMap((name) => {
    const version = isIP(name);
    if (version === 0) return [new GeneralName({ dNSName: name })];
    const address = new GeneralName({ iPAddress: name });
    return version === 4 ? [address, new GeneralName({ dNSName: name })] : [address];
  });
}

function extension(extnID: string, value: object, critical?: 'critical'): Extension {
  return new Extension({
    extnID,
    critical: critical !== undefined,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });
}

function algorithmOf(signer: KeyKind): AlgorithmIdentifier {
  // RSA's has parameters, which are NULL; ECDSA's has none (RFC 4055, RFC 5758).
  return signer === 'rsa'
    ? new AlgorithmIdentifier({ algorithm: SHA256_WITH_RSA, parameters: null })
    : new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
}

function nameOf(commonName: string): Name {
  const value = new AttributeValue({ utf8String: commonName });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: COMMON_NAME, value })])]);
}

/** As it stands there, byte for byte: a verifier compares. */
function subjectOf(der: Uint8Array): Name {
  return AsnConvert.parse(der, Certificate).tbsCertificate.subject;
}

function publicKeyInfo(key: KeyObject): SubjectPublicKeyInfo {
  return AsnConvert.parse(key.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo);
}

/** The first 20 bytes of SHA-256 over the key's bits (RFC 7093, method 1). */
function keyIdentifier(key: KeyObject): ArrayBuffer {
  const bits = Buffer.from(publicKeyInfo(key).subjectPublicKey);
  return arrayBufferOf(createHash('sha256').update(bits).digest().subarray(0, 20));
}

/** Positive, and never 0. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(SERIAL_NUMBER_BYTES);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return arrayBufferOf(bytes);
}

/** A copy of just these bytes: a Buffer may look into a larger one. */
function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
