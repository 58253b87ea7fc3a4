import assert from "node:assert/strict";
import fc from "fast-check";
import { type AddressKind, addressKind, checkedAddresses, PrivateAddressError, UnknownHostError } from "../../src/net/addresses.ts";
import { testRuns } from "../support/runs.ts";

const table: readonly (readonly [AddressKind, ...string[]])[] = [
  [
    "public",
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
  ],
  ["unspecified", "0.0.0.0", "0.1.2.3", "::"],
  [
    "loopback",
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "0:0:0:0:0:0:0:1",
  ],
  [
    "private",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "::ffff:10.1.2.3",
  ],
  ["link-local", "169.254.1.1", "fe80::1", "fe80::1%eth0", "febf::1"],
  [
    "metadata",
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "fd00:ec2::254",
    "::ffff:169.254.169.254",
  ],
  ["multicast", "224.0.0.1", "239.255.255.255", "ff02::1"],
  [
    "reserved",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "240.0.0.1",
    "255.255.255.255",
    "2001:db8::1",
    "2001::1",
    "100::1",
    "3fff::1",
    "localhost",
    "",
  ],
];
for (const [kind, ...addresses] of table) {
  Deno.test(`addressKind() knows ${kind} addresses`, () => {
    for (const address of addresses) assert.equal(addressKind(address), kind, address);
  });
}

Deno.test("an IPv4 address is as public mapped into IPv6 as it is by itself", () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a, b, c, d] = address.split(".").map(Number) as [number, number, number, number];
      const kind = addressKind(address);
      assert.equal(addressKind(`::ffff:${address}`), kind);
      assert.equal(addressKind(`::ffff:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`), kind);
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("checkedAddresses() checks every address of a name and literals without asking", async () => {
  const never = () => Promise.reject(new Error("asked"));
  assert.deepEqual(await checkedAddresses("8.8.8.8", never), ["8.8.8.8"]);
  assert.deepEqual(await checkedAddresses("[2606:4700::1]", never), ["2606:4700::1"]);
  await assert.rejects(checkedAddresses("[::1]", never), PrivateAddressError);
  await assert.rejects(
    checkedAddresses("evil.example", () => Promise.resolve(["8.8.8.8", "169.254.169.254"])),
    { message: "evil.example is a metadata address, which may not be called from here" },
  );
  await assert.rejects(checkedAddresses("none.example", never), UnknownHostError);
  await assert.rejects(checkedAddresses("none.example", () => Promise.resolve([])), UnknownHostError);
  assert.deepEqual(await checkedAddresses("inside.example", () => Promise.resolve(["10.0.0.1"]), true), ["10.0.0.1"]);
});

Deno.test("a URL's own spelling of an address is no way around", async () => {
  for (const url of ["http://0x7f.1/", "http://2130706433/", "http://017700000001/", "http://[::ffff:7f00:1]/", "http://127.1/"]) {
    await assert.rejects(checkedAddresses(new URL(url).hostname, () => Promise.resolve(["8.8.8.8"])), PrivateAddressError, url);
  }
});
