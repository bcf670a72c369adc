// What an application's page does with passkeys, by the official clients: the test calls these from outside.

import { ApiKeyStamper } from "@turnkey/api-key-stamper";
import { getWebAuthnAttestation, TurnkeyClient } from "@turnkey/http";
import { WebauthnStamper } from "@turnkey/webauthn-stamper";

const now = () => String(Date.now());
const base64url = (data) =>
  btoa(String.fromCharCode(...data)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));

/** A client for one of these credentials; security keys do not know their credentials by themselves. */
function passkeyClient({ url, allowed }) {
  const allowCredentials = allowed.map((id) => ({ type: "public-key", id: bytes(id) }));
  const stamper = new WebauthnStamper({ rpId: window.location.hostname, allowCredentials });
  return new TurnkeyClient({ baseUrl: url }, stamper);
}

/** Makes a passkey for this page and registers it by the user's API key; the activity. */
async function register({ url, organizationId, userId, publicKey, privateKey, attestation: conveyance }) {
  const challenge = crypto.getRandomValues(new Uint8Array(32));
  const attestation = await getWebAuthnAttestation({
    publicKey: {
      rp: { id: window.location.hostname, name: "A page" },
      challenge,
      pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
      user: { id: crypto.getRandomValues(new Uint8Array(16)), name: "ada", displayName: "Ada" },
      authenticatorSelection: { residentKey: "preferred", userVerification: "discouraged" },
      attestation: conveyance,
    },
  });
  const stamper = new ApiKeyStamper({ apiPublicKey: publicKey, apiPrivateKey: privateKey });
  const { activity } = await new TurnkeyClient({ baseUrl: url }, stamper).createAuthenticators({
    type: "ACTIVITY_TYPE_CREATE_AUTHENTICATORS_V2",
    timestampMs: now(),
    organizationId,
    parameters: {
      userId,
      authenticators: [{ authenticatorName: "Browser", challenge: base64url(challenge), attestation }],
    },
  });
  return activity;
}

/** Who the passkey says it is. */
const whoami = ({ organizationId, ...site }) => passkeyClient(site).getWhoami({ organizationId });

/** An activity stamped by the passkey. */
async function createApiKey({ organizationId, userId, publicKey, ...site }) {
  const { activity } = await passkeyClient(site).createApiKeys({
    type: "ACTIVITY_TYPE_CREATE_API_KEYS_V2",
    timestampMs: now(),
    organizationId,
    parameters: { userId, apiKeys: [{ apiKeyName: "clé 🔑", publicKey, curveType: "API_KEY_CURVE_P256" }] },
  });
  return activity;
}

const calls = { register, whoami, createApiKey };

/** `{value}` or `{error}` of one call, for WebDriver. */
window.call = (name, argument, done) =>
  calls[name](argument).then(
    (value) => done({ value }),
    (error) => done({ error: String(error?.message ?? error) }),
  );
