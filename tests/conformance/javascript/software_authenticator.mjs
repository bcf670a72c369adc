// An authenticator in software behind `navigator.credentials`, which the official clients call as in a browser. It makes
// passkeys without attestation and signs with the newest one that the request allows (WebAuthn Level 2, 6.1 and 6.5).

import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

const ES256 = -7;
const RS256 = -257;
const USER_PRESENT = 0x01;
const HAS_CREDENTIAL = 0x40;

const sha256 = (data) => createHash("sha256").update(data).digest();
const buffer = (bytes) => new Uint8Array(bytes).buffer;

/** Integers, bytes, text and maps, as short as CBOR writes them (RFC 8949, 3). */
function cbor(value) {
  if (typeof value === "number") {
    return value < 0 ? head(1, -1 - value) : head(0, value);
  }
  if (typeof value === "string") {
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  }
  if (value instanceof Map) {
    return Buffer.concat([head(5, value.size), ...[...value].flat().map(cbor)]);
  }
  return Buffer.concat([head(2, value.length), value]);
}

function head(major, number) {
  const type = major << 5;
  if (number < 24) {
    return Buffer.from([type | number]);
  }
  return number < 256 ? Buffer.from([type | 24, number]) : Buffer.from([type | 25, number >> 8, number & 255]);
}

const member = (jwk, name) => Buffer.from(jwk[name], "base64url");

function coseKey(publicKey) {
  const jwk = publicKey.export({ format: "jwk" });
  if (jwk.kty === "RSA") {
    return cbor(new Map([[1, 3], [3, RS256], [-1, member(jwk, "n")], [-2, member(jwk, "e")]]));
  }
  return cbor(new Map([[1, 2], [3, ES256], [-1, 1], [-2, member(jwk, "x")], [-3, member(jwk, "y")]]));
}

export class SoftwareAuthenticator {
  /** Its page is at `origin`; `algorithm` is taken if the page asks for it. */
  constructor({ origin = "https://app.example.com", algorithm = ES256 } = {}) {
    this.origin = origin;
    this.algorithm = algorithm;
    this.passkeys = [];
  }

  /** Answers for this process's `navigator.credentials` from now on. */
  install() {
    const credentials = { create: (options) => this.create(options), get: (options) => this.get(options) };
    Object.defineProperty(globalThis, "navigator", { value: { credentials }, configurable: true });
    globalThis.window ??= {};
    globalThis.window.PublicKeyCredential ??= class PublicKeyCredential {};
    return this;
  }

  async create({ publicKey: { rp, challenge, pubKeyCredParams } }) {
    if (!pubKeyCredParams.some(({ alg }) => alg === this.algorithm)) {
      throw new Error(`the page does not ask for algorithm ${this.algorithm}`);
    }
    const keys =
      this.algorithm === RS256
        ? generateKeyPairSync("rsa", { modulusLength: 2048 })
        : generateKeyPairSync("ec", { namedCurve: "P-256" });
    const id = randomBytes(20);
    this.passkeys.unshift({ id, rpId: rp.id, privateKey: keys.privateKey });
    const length = Buffer.from([0, id.length]);
    const flags = HAS_CREDENTIAL | USER_PRESENT;
    const authData = Buffer.concat([this.data(rp.id, flags), Buffer.alloc(16), length, id, coseKey(keys.publicKey)]);
    const attestation = cbor(new Map([["fmt", "none"], ["attStmt", new Map()], ["authData", authData]]));
    return this.credential(id, {
      clientDataJSON: buffer(this.clientData("webauthn.create", challenge)),
      attestationObject: buffer(attestation),
      getTransports: () => ["hybrid", "internal"],
    });
  }

  async get({ publicKey: { rpId, challenge, allowCredentials } }) {
    const allowed = allowCredentials.map((each) => Buffer.from(each.id).toString("hex"));
    const passkey = this.passkeys.find(
      (each) => each.rpId === rpId && (allowed.length === 0 || allowed.includes(each.id.toString("hex"))),
    );
    if (!passkey) {
      throw new Error("NotAllowedError");
    }
    const authenticatorData = this.data(rpId, USER_PRESENT);
    const clientDataJSON = this.clientData("webauthn.get", challenge);
    const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)]);
    return this.credential(passkey.id, {
      clientDataJSON: buffer(clientDataJSON),
      authenticatorData: buffer(authenticatorData),
      signature: buffer(sign("sha256", signed, passkey.privateKey)),
      userHandle: null,
    });
  }

  credential(id, response) {
    return {
      id: id.toString("base64url"),
      rawId: buffer(id),
      type: "public-key",
      authenticatorAttachment: "platform",
      response,
      getClientExtensionResults: () => ({}),
    };
  }

  clientData(type, challenge) {
    const text = Buffer.from(challenge).toString("base64url");
    return Buffer.from(JSON.stringify({ type, challenge: text, origin: this.origin, crossOrigin: false }));
  }

  data(rpId, flags) {
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), Buffer.alloc(4)]);
  }
}
