import { entityTable, spansIn } from "../support/entity_table.ts";
import assert from "node:assert/strict";

/**
 * `n` characters of an alphabet that look random and are the same in every run; `seed` makes others. Every credential here is put together at run time, so
 * that no scanner of this repository takes one for real.
 */
let seed = 7;
function noise(n: number, alphabet = "aZ3kQ9mB7xW2vN5tL8cR4jH6pD1fG0sYyUuEeIoKq"): string {
  let text = "", state = seed;
  for (let i = 0; i < n; i++) text += alphabet[(state = (state * 75 + 74) % 65537) % alphabet.length];
  return text;
}
const hex = (n: number) => noise(n, "0123456789abcdef");
const upper = (n: number) => noise(n, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");

const issue = (): [entity: string, value: string][] => [
  ["openai_key", "sk-" + "proj-" + noise(48)],
  ["openai_key", "sk-" + noise(48)],
  ["anthropic_key", "sk-" + "ant-api03-" + noise(93)],
  ["openrouter_key", "sk-" + "or-v1-" + hex(64)],
  ["aws_access_key", "AK" + "IA" + upper(16)],
  ["gcp_api_key", "AI" + "za" + noise(35)],
  ["gcp_oauth_token", "ya" + "29." + noise(60)],
  ["gcp_client_secret", "GOC" + "SPX-" + noise(28)],
  ["azure_storage_key", "Account" + "Key=" + noise(86) + "=="],
  ["azure_client_secret", "abc" + "8Q~" + noise(34)],
  ["github_token", "gh" + "p_" + noise(36)],
  ["github_token", "github" + "_pat_" + noise(82)],
  ["gitlab_token", "gl" + "pat-" + noise(20)],
  ["slack_token", "xo" + "xb-" + noise(11, "0123456789") + "-" + noise(24)],
  ["slack_webhook", "https://hooks." + "slack.com/services/T" + upper(8) + "/B" + upper(8) + "/" + noise(24)],
  ["stripe_key", "sk" + "_live_" + noise(24)],
  ["stripe_key", "rk" + "_test_" + noise(24)],
  ["twilio_key", "S" + "K" + hex(32)],
  ["sendgrid_key", "S" + "G." + noise(22) + "." + noise(43)],
  ["mailgun_key", "key" + "-" + hex(32)],
  ["mailchimp_key", hex(32) + "-" + "us12"],
  ["npm_token", "np" + "m_" + noise(36)],
  ["pypi_token", "py" + "pi-" + noise(160)],
  ["rubygems_key", "ruby" + "gems_" + hex(48)],
  ["huggingface_token", "h" + "f_" + noise(34)],
  ["replicate_token", "r" + "8_" + noise(37)],
  ["groq_key", "gs" + "k_" + noise(52)],
  ["xai_key", "xa" + "i-" + noise(80)],
  ["perplexity_key", "pp" + "lx-" + noise(48)],
  ["digitalocean_token", "do" + "p_v1_" + hex(64)],
  ["netlify_token", "nf" + "p_" + noise(36)],
  ["supabase_key", "sb" + "p_" + hex(40)],
  ["planetscale_token", "pscale" + "_tkn_" + noise(43)],
  ["databricks_token", "da" + "pi" + hex(32)],
  ["shopify_token", "shp" + "at_" + hex(32)],
  ["square_token", "sq0" + "atp-" + noise(22)],
  ["telegram_bot_token", "123456789" + ":AA" + noise(33)],
  ["discord_token", "M" + noise(23) + "." + noise(6) + "." + noise(27)],
  ["discord_webhook", "https://discord." + "com/api/webhooks/" + noise(18, "0123456789") + "/" + noise(68)],
  ["new_relic_key", "NR" + "AK-" + upper(27)],
  ["grafana_token", "gl" + "sa_" + noise(32) + "_" + hex(8)],
  ["sentry_token", "sn" + "trys_" + noise(64)],
  ["linear_key", "lin" + "_api_" + noise(40)],
  ["notion_token", "nt" + "n_" + noise(46)],
  ["atlassian_token", "AT" + "ATT3" + noise(180)],
  ["postman_key", "PM" + "AK-" + hex(24) + "-" + hex(34)],
  ["doppler_token", "dp" + ".pt." + noise(43)],
  ["vault_token", "hv" + "s." + noise(90)],
  ["terraform_token", noise(14) + ".atl" + "asv1." + noise(67)],
  ["airtable_token", "pa" + "t" + noise(14) + "." + hex(64)],
  ["age_key", "AGE-SECRET" + "-KEY-1" + noise(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")],
  ["checkstream_key", "cs" + "_live_" + noise(32)],
];

/** Fifteen rounds of what the issuers give out. */
const issued = Array.from({ length: 15 }, (_, round) => {
  seed = 7 + 977 * round;
  return issue();
}).flat();
seed = 7;

for (const entity of new Set(issued.map(([entity]) => entity))) {
  const values = issued.filter(([other]) => other === entity).map(([, value]) => value);
  entityTable({
    classifier: "secrets",
    entity,
    found: values,
    // Cut short, and filled with one character: what documentation shows.
    lookAlikes: [
      ...values.map((value) => value.slice(0, 11)),
      ...values.map((value) => value.slice(0, 9) + "x".repeat(Math.max(0, value.length - 9))),
    ],
  });
}

Deno.test("secrets knows at least 30 issuers", () => {
  assert.ok(new Set(issued.map(([entity]) => entity)).size >= 30);
});

const part = (claims: string) => btoa(claims).replaceAll("=", "");
entityTable({
  classifier: "secrets",
  entity: "jwt",
  found: [
    [part('{"alg":"HS256","typ":"JWT"}'), part('{"sub":"1234567890","name":"A"}'), noise(43)].join("."),
    [part('{"alg":"RS256","kid":"x"}'), part('{"iss":"https://issuer.example","exp":1}'), noise(86)].join("."),
    ...["HS384", "HS512", "RS384", "RS512", "ES256", "ES384", "PS256", "EdDSA", "none", "A128KW", "dir", "HS256", "RS256"].map((alg, i) =>
      [part(`{"alg":"${alg}","n":${i}}`), part(`{"sub":"user-${i}","scope":"read write"}`), noise(20 + 9 * i)].join(".")
    ),
  ],
  lookAlikes: [
    "eyJ.eyJ.x",
    part('{"alg":"none"}'),
    "a.b.c",
    "eyJhbGciOi.notclaims.sig",
    ...[
      "eyJ",
      "eyJhbGciOiJIUzI1NiJ9",
      "eyJhbGciOiJIUzI1NiJ9.",
      "eyJhbGciOiJIUzI1NiJ9.eyJ",
      "www.example.org",
      "1.22.333",
      "com.acme.app.Main",
    ],
    ...["eyJhbGciOiJIUzI1NiJ9.x.y", "x.eyJzdWIiOiIxIn0.y", "eyJ-eyJ", "Hello.World.Again", "a1b2c3.d4e5f6.g7h8i9", "fileJ.eyJ.tar.gz"],
  ],
});
entityTable({
  classifier: "secrets",
  entity: "private_key",
  found: [
    "-----BEGIN " + "PRIVATE KEY-----\n" + noise(64) + "\n" + noise(40) + "==\n-----END PRIVATE KEY-----",
    "-----BEGIN RSA " + "PRIVATE KEY-----\n" + noise(64) + "\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN OPENSSH " + "PRIVATE KEY-----\n" + noise(64) + "\n-----END OPENSSH PRIVATE KEY-----",
    ...["", "RSA ", "EC ", "DSA ", "ENCRYPTED ", "OPENSSH "].flatMap((kind) =>
      [1, 3].map((lines) =>
        `-----BEGIN ${kind}` + "PRIVATE KEY-----\n" + Array.from({ length: lines }, () => noise(64) + "\n").join("") +
        `-----END ${kind}PRIVATE KEY-----`
      )
    ),
  ],
  lookAlikes: [
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----",
    "BEGIN PRIVATE KEY",
    "a private key",
    ...["-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----BEGIN RSA PUBLIC KEY-----", "-----BEGIN X509 CRL-----", "-----END PRIVATE KEY-----"],
    ...["---- BEGIN SSH2 PUBLIC KEY ----", "-----BEGIN DH PARAMETERS-----", "ssh-ed25519 AAAA", "PRIVATE KEY", "-----BEGIN-----", "-----"],
    ...["your private key file", "BEGIN RSA PRIVATE KEY"],
  ],
});
entityTable({
  classifier: "secrets",
  entity: "key_material",
  // Lines that follow others of their key.
  found: Array.from(
    { length: 15 },
    (
      _,
      i,
    ): [string, string] => [noise(64) + "\n", [...Array.from({ length: 1 + i % 3 }, () => noise(64)), noise(40 + i) + "=="].join("\n")],
  ),
  lookAlikes: [
    ...Array.from({ length: 6 }, () => "digest " + noise(64)),
    ...Array.from({ length: 6 }, () => "Title\n" + noise(64)),
    ...[8, 16, 32].map((length) => noise(64) + "\n" + noise(length)),
    noise(64) + "\n" + "x".repeat(64),
  ],
});
entityTable({
  classifier: "secrets",
  entity: "connection_string",
  found: [
    "postgres://app:" + "s3cr3t@db.internal:5432/app",
    "mongodb+srv://root:" + "hunter2@cluster0.mongodb.net/test",
    "redis://:" + "pa55word@cache:6379/0",
    "mysql://u:" + "p@ssw0rd".replace("@", "") + "@10.0.0.5/db",
    "amqp://guest:" + "g0est@mq/vhost",
    "Server=db;Database=app;User Id=sa;" + "Password=Hunter2!",
    ...[
      "postgresql://svc:",
      "mariadb://web:",
      "mongodb://root:",
      "rediss://cache:",
      "amqps://jobs:",
      "mssql://sa:",
      "clickhouse://reader:",
      "nats://edge:",
      "ldaps://bind:",
      "sftp://drop:",
    ].map((head, i) => head + `pw${i}secret` + `@host${i}.internal:4000/x`),
    "Data Source=sql1;Initial Catalog=crm;" + "Pwd=Winter2026",
  ],
  lookAlikes: [
    "postgres://db.internal/app",
    "postgres://user@db/app",
    "https://example.org:8080/a@b",
    "postgres://user:<password>@host/db",
    "mysql://u:${PASS}@h/db",
    "Server=db;Database=app",
    ...["postgres://localhost", "mysql://host:3306/db", "redis://cache:6379", "amqp://mq/vhost", "https://acme.io/login", "mongodb://host"],
    ...["Host=db;Password=", "postgres://user:password_here", "see postgres: user:pw", "nats://host:4222", "Server=db;Password=<pw>"],
  ],
});
entityTable({
  classifier: "secrets",
  entity: "password",
  found: [
    ["", "password: " + "Tr0ub4dor"],
    ["", "DB_PASSWORD=" + "correct-horse-1"],
    ["", 'passwd = "' + "letmein99"],
    ["my ", "password is " + "hunter22"],
    ["", "pwd:" + "p4ssw0rd"],
    ...[
      "Password=",
      "PASSWORD: ",
      "password => ",
      "passwd: ",
      "passphrase: ",
      "ADMIN_PASSWORD=",
      "root_password: ",
      "Passwort: ",
      "contraseña: ",
      "db-pwd=",
    ]
      .map((name, i): [string, string] => ["", name + `Zeb${i}ra!x`]),
  ],
  lookAlikes: [
    "password: required",
    "Enter your password",
    "password = <your password>",
    "password=${DB_PASSWORD}",
    "password: ********",
    "password is wrong",
    "the password policy",
    'password = "example"',
    "passwords: 12345678",
    ...["password: changeme", "password: example", "password=$PASSWORD", "password = process.env.PW", "password: null", "pwd: /home/ann"],
  ],
});
entityTable({
  classifier: "secrets",
  entity: "aws_secret_key",
  found: [
    ["aws_secret_access_key = ", noise(40)],
    ["Secret access key: ", noise(40)],
    ...["aws_secret_access_key=", "AWS_SECRET_ACCESS_KEY: ", 'secretAccessKey": "', "aws secret ", "aws_secret = "].flatMap((words) =>
      [0, 1, 2].map((): [string, string] => [words, noise(40)])
    ),
  ],
  lookAlikes: [
    noise(40),
    "aws_secret_access_key = " + "x".repeat(40),
    "aws_secret_access_key = " + noise(39),
    ...Array.from({ length: 6 }, () => "digest " + noise(40)),
    ...[20, 38, 41, 44, 64].map((length) => "aws_secret_access_key = " + noise(length)),
    "aws_secret_access_key = your-secret-access-key-goes-in-this-place",
    "sha1 " + hex(40),
  ],
});
entityTable({
  classifier: "secrets",
  entity: "bearer_token",
  found: [
    ["Authorization: ", "Bearer " + noise(40)],
    ["Authorization: ", "Basic " + noise(30) + "=="],
    ...["Bearer ", "Basic ", "Token "].flatMap((scheme) =>
      [24, 32, 43, 64, 128].map((length): [string, string] => ["-H ", scheme + noise(length)])
    ),
  ],
  lookAlikes: [
    "Bearer of bad news",
    "Bearer " + "x".repeat(40),
    "Basic instructions",
    "Bearer ${TOKEN}",
    ...[
      "Bearer <token>",
      "Bearer your-access-token-goes-here",
      "Basic auth over https",
      "Token bucket algorithm",
      "Bearer token authentication",
    ],
    ...[
      "Bearer abc",
      "Basic dXNlcg==",
      "Token 12345678",
      "Bearer " + "a".repeat(64),
      "Token economy in 2024",
      "Basic internationalisation support",
    ],
  ],
});
entityTable({
  classifier: "secrets",
  entity: "high_entropy_token",
  found: [
    ["api_key: ", noise(32)],
    ['"token": "', noise(28)],
    ["secret=", hex(40)],
    ["client_secret = ", noise(36)],
    ...[
      "access_token: ",
      "auth_token=",
      "x-api-key: ",
      "apikey = ",
      "api-key: ",
      "secret_key=",
      "credential: ",
      "signing key ",
      "session=",
      "cookie: ",
      "encryption key: ",
    ].map((words, i): [string, string] => [words, noise(24 + i)]),
  ],
  lookAlikes: [
    noise(32),
    "commit " + hex(40),
    "key: supercalifragilisticexpialidocious",
    "token: 11111111111111111111111111111111",
    "request id 5b856b82-60ef-40b3-ad17-73fa3da2b700",
    "key: your_api_key_goes_here_please",
    "keyboard " + noise(32),
    ...[
      "key: the_quick_brown_fox_jumps_over",
      "token: aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "secret: " + "ab".repeat(20),
      "token count 12345678901234567890",
    ],
    ...["image sha256:" + hex(64), "build " + noise(24), "etag " + hex(32), "path /usr/local/share/applications/"],
  ],
});

Deno.test("secrets: every line of a key longer than a match can be is found", async () => {
  const lines = Array.from({ length: 25 }, (_, i) => noise(64 + i).slice(i));
  const key = "-----BEGIN " + "PRIVATE KEY-----\n" + lines.join("\n") + "\n-----END PRIVATE KEY-----";
  const spans = (await spansIn(key, "secrets")).filter(({ entity }) => entity === "private_key" || entity === "key_material");
  for (const line of lines) {
    const at = key.indexOf(line), end = at + line.length;
    let covered = 0;
    for (let i = at; i < end; i++) if (spans.some(({ from, to }) => from <= i && i < to)) covered++;
    assert.ok(covered >= 60, `${covered} of 64 characters of the line at ${at}`);
  }
});
