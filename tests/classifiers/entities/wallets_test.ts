import assert from "node:assert/strict";
import { keccak256 } from "../../../src/classifiers/entities/keccak.ts";
import { entityTable } from "../support/entity_table.ts";

entityTable({
  entity: "crypto_wallet",
  found: [
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1",
    "TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    ["send to ", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"],
  ],
  lookAlikes: [
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLz",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
    "0x0000000000000000000000000000000000000000",
    "0xfba9454e",
    "commit d66391d2481851c1117bee7c73e0ab388ea441fb",
    "1111111111111111111111111111",
    "LongCamelCaseIdentifierNameHere",
    "TheQuickBrownFoxJumpsOverLazyDogs",
    "bc1",
    "3.14159265358979323846264338327",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf",
    "0xG1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc2",
  ],
});

Deno.test("keccak256() gives the published hashes", () => {
  assert.equal(keccak256(""), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  assert.equal(keccak256("abc"), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
});
