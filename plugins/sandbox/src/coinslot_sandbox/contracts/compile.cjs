// Compiles Token.sol from standard input and writes its run-time code to standard output.
// The first argument is the folder that holds node_modules.
const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const solc = createRequire(join(process.argv[2], "package.json"))("solc");
const input = {
  language: "Solidity",
  sources: { "Token.sol": { content: readFileSync(0, "utf8") } },
  settings: {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 200 },
    outputSelection: { "*": { "*": ["evm.deployedBytecode.object"] } },
  },
};
const output = JSON.parse(solc.compile(JSON.stringify(input)));
for (const flaw of output.errors ?? []) {
  process.stderr.write(flaw.formattedMessage);
  if (flaw.severity === "error") process.exitCode = 1;
}
if (!process.exitCode) {
  process.stdout.write(output.contracts["Token.sol"].Token.evm.deployedBytecode.object);
}
