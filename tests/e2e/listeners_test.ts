/** Addresses of their own for metrics and the admin API, and certificates renewed while serving. */
import assert from "node:assert/strict";
import { join } from "../support/paths.ts";
import { startGateway } from "../support/gateway.ts";
import { needs } from "../support/optional.ts";

const BACKEND = `backend: {url: "http://127.0.0.1:1"}\n`;

Deno.test("metrics and the admin API can have addresses of their own", async () => {
  await using gateway = await startGateway({
    files: { "config.yaml": `${BACKEND}server: {metrics_port: 0}\nadmin: {listen: "127.0.0.1:0"}\n` },
    env: { CHECKSTREAM_ADMIN_API_KEY: "admin-key-for-tests" },
  });
  await gateway.waitFor(/admin API on/);
  const at = (what: RegExp) => what.exec(gateway.output())![1]!;
  const metrics = at(/metrics on (http:\S+?)\/metrics/);
  const admin = at(/admin API on (http:[^\s"]+)/);
  const status = async (url: string, key?: string) => {
    const answer = await fetch(url, key === undefined ? {} : { headers: { "x-checkstream-admin-key": key } });
    await answer.body?.cancel();
    return answer.status;
  };
  assert.equal(await status(`${metrics}/metrics`), 200);
  assert.equal(await status(`${metrics}/health`), 200);
  assert.equal(await status(`${metrics}/admin/tenants`), 404);
  assert.equal(await status(`${admin}/admin/tenants`), 401);
  assert.equal(await status(`${admin}/admin/tenants`, "admin-key-for-tests"), 200);
  assert.equal(await status(`${admin}/v1/models`), 404);
  assert.equal(await status(`${gateway.url}/admin/tenants`, "admin-key-for-tests"), 404);
  assert.equal(await status(`${gateway.url}/metrics`, "admin-key-for-tests"), 404);
  assert.equal(await status(`${gateway.url}/health`), 200);
});

Deno.test({
  name: "a renewed certificate is picked up without a restart, and a wrong one changes nothing",
  ...needs("openssl"),
  async fn() {
    const folder = await Deno.makeTempDir();
    const make = async (name: string, cert: string, key: string) => {
      const { success } = await new Deno.Command("openssl", {
        args: ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", `/CN=${name}`]
          .concat(
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-out",
            cert,
            "-keyout",
            key,
          ),
        stderr: "null",
        stdout: "null",
      }).output();
      assert.ok(success);
    };
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    await make("first", cert, key);
    await using gateway = await startGateway({
      files: { "config.yaml": `${BACKEND}tls: {cert_path: ${cert}, key_path: ${key}}\n` },
    });
    const served = async () => {
      const client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(cert)] });
      try {
        return await (await fetch(`${gateway.url.replace("127.0.0.1", "localhost")}/health`, { client })).json();
      } finally {
        client.close();
      }
    };
    assert.equal((await served()).status, "healthy");

    const [nextCert, nextKey] = [join(folder, "next.pem"), join(folder, "next-key.pem")];
    await make("second", nextCert, nextKey);
    // A certificate whose key has not come yet: the old pair goes on.
    await Deno.copyFile(nextCert, `${cert}.new`);
    const old = await Deno.readTextFile(cert);
    await Deno.rename(`${cert}.new`, cert);
    await gateway.waitFor(/certificate not renewed/);
    await Deno.copyFile(nextKey, `${key}.new`);
    await Deno.rename(`${key}.new`, key);
    await gateway.waitFor(/certificate renewed/);
    assert.notEqual(old, await Deno.readTextFile(cert));
    // Only the new certificate is trusted by this client, so the new one is served. A connection that was still queued at the old
    // listener is reset by the kernel, which clients see as a refused connection and try again.
    const next = async (): Promise<{ status: string }> => {
      try {
        return await served();
      } catch (error) {
        assert.match(String((error as Error).cause ?? error), /reset/);
        return await served();
      }
    };
    for (let i = 0; i < 10; i++) assert.equal((await next()).status, "healthy");
    await Deno.remove(folder, { recursive: true });
  },
});
