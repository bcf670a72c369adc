// Clients of the demo's server: that of the key which a program is given, and others by key pairs of @turnkey/crypto.

import { Turnkey } from "@turnkey/sdk-server";

const { url, organizationId, publicKey, privateKey } = JSON.parse(process.env.COUNTERSEAL_DEMO);

export const clientOf = (key) =>
  new Turnkey({
    apiBaseUrl: url,
    defaultOrganizationId: organizationId,
    apiPublicKey: key.publicKey,
    apiPrivateKey: key.privateKey,
  }).apiClient();

export const client = clientOf({ publicKey, privateKey });
