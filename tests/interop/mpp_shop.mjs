// A seller who uses the official MPP server of npm, settling on the Tempo node that it is given.
// Arguments: the node's address, the payee, the sponsor's key, the token. Says its own address, and ends
// with its input. POST /draw is paid for by the payer alone; for POST /sponsored the seller pays the fee.
import { createServer } from "node:http";
import { Mppx, Store, tempo } from "mppx/server";
import { createClient, custom } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { tempo as chain } from "viem/tempo/chains";

const [rpcUrl, recipient, sponsorKey, currency] = process.argv.slice(2);

// The local node takes eth_sendRawTransactionSync without a time limit only.
async function request({ method, params }) {
  const sent = method === "eth_sendRawTransactionSync" ? params.slice(0, 1) : params;
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: sent ?? [] });
  const told = await fetch(rpcUrl, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  const { result, error } = await told.json();
  if (error) throw Object.assign(new Error(`${method}: ${error.message}`), error);
  return result;
}

const client = createClient({ chain, transport: custom({ request }), pollingInterval: 20 });
const method = tempo.charge({
  currency,
  recipient,
  getClient: () => client,
  store: Store.memory(),
  feePayer: privateKeyToAccount(sponsorKey),
});
const till = (realm) =>
  Mppx.create({ methods: [method], realm, secretKey: "worthless, and long enough to be taken" });

const server = createServer(async (incoming, outgoing) => {
  try {
    const mppx = till(new URL(`http://${incoming.headers.host}`).hostname);
    const terms = { amount: "0.134", feePayer: incoming.url === "/sponsored" };
    const result = await Mppx.toNodeListener(mppx.charge(terms))(incoming, outgoing);
    if (result.status === 402) return;
    outgoing.setHeader("Content-Type", "application/json");
    outgoing.end(JSON.stringify({ drawn: true }));
  } catch (error) {
    console.error(error);
    outgoing.statusCode = 500;
    outgoing.end(String(error));
  }
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.on("end", () => process.exit(0)).resume();
