// A seller who uses the official x402 server and facilitator of npm, settling on the node it is given.
// Arguments: the node's address, the payee, the facilitator's key. Says its own address, and ends with its input.
import { serve } from "@hono/node-server";
import { x402Facilitator } from "@x402/core/facilitator";
import { toFacilitatorEvmSigner } from "@x402/evm";
import { registerExactEvmScheme } from "@x402/evm/exact/facilitator";
import { ExactEvmScheme } from "@x402/evm/exact/server";
import { paymentMiddleware, x402ResourceServer } from "@x402/hono";
import { Hono } from "hono";
import { createWalletClient, http, publicActions } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { base } from "viem/chains";

const [rpcUrl, payTo, key] = process.argv.slice(2);
const network = "eip155:8453";

const account = privateKeyToAccount(key);
const wallet = createWalletClient({ account, chain: base, transport: http(rpcUrl), pollingInterval: 20 });
const signer = toFacilitatorEvmSigner({ ...wallet.extend(publicActions), address: account.address });
const facilitator = new x402Facilitator();
registerExactEvmScheme(facilitator, { signer, networks: network });

const inProcess = {
  verify: (payload, requirements) => facilitator.verify(payload, requirements),
  settle: (payload, requirements) => facilitator.settle(payload, requirements),
  getSupported: async () => facilitator.getSupported(),
};
const server = new x402ResourceServer(inProcess).register(network, new ExactEvmScheme());
const accepts = { scheme: "exact", price: "$0.134", network, payTo, maxTimeoutSeconds: 300 };

const app = new Hono();
app.use(paymentMiddleware({ "POST /draw": { accepts, mimeType: "application/json" } }, server));
app.post("/draw", async (context) => context.json({ drawn: (await context.req.json()).prompt }));

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}`);
});
process.stdin.on("end", () => process.exit(0)).resume();
