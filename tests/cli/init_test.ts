import assert from "node:assert/strict";
import { runCheckstream } from "../support/gateway.ts";

Deno.test("init writes a folder whose configuration validates and whose policies pass", async () => {
  const cwd = await Deno.makeTempDir();
  const { code, stdout } = await runCheckstream(["init", "gate"], { cwd });
  assert.equal(code, 0);
  assert.match(stdout, /checkstream check --config gate\/config\.yaml/);
  const check = await runCheckstream(["check", "--config", "gate/config.yaml"], { cwd });
  assert.deepEqual([check.code, check.stdout], [0, "gate/config.yaml: 2 tenants, 0 warnings, no errors\n"]);
  const tests = await runCheckstream(["policy", "test", "--splits", "1", "gate/policies/default.test.yaml"], { cwd });
  assert.equal(tests.code, 0, tests.stdout);
  for (const schema of ["config", "policy", "policy-test"]) {
    JSON.parse(await Deno.readTextFile(`${cwd}/gate/schemas/${schema}.schema.json`));
  }
  await Deno.remove(cwd, { recursive: true });
});

Deno.test("init names its folder in the systemd unit, as systemd reads paths", async () => {
  const cwd = await Deno.realPath(await Deno.makeTempDir());
  await runCheckstream(["init", "my 100% gate"], { cwd });
  const unit = await Deno.readTextFile(`${cwd}/my 100% gate/checkstream.service`);
  assert.ok(unit.includes(`\nWorkingDirectory=${cwd}/my 100%% gate\n`), unit);
  assert.ok(!unit.includes("/etc/checkstream"));
  await Deno.remove(cwd, { recursive: true });
});

Deno.test("init overwrites nothing, and writes nothing where something is in the way", async () => {
  const cwd = await Deno.makeTempDir();
  await Deno.writeTextFile(`${cwd}/config.yaml`, "mine");
  const { code, stderr } = await runCheckstream(["init", "."], { cwd });
  assert.equal(code, 1);
  assert.equal(stderr, "checkstream: nothing was written, since these exist: config.yaml; name an empty folder\n");
  assert.deepEqual([...Deno.readDirSync(cwd)].map(({ name }) => name), ["config.yaml"]);
  assert.equal(await Deno.readTextFile(`${cwd}/config.yaml`), "mine");
  await Deno.remove(cwd, { recursive: true });
});
