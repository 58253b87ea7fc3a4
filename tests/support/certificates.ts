/** An authority of a test's own, and certificates it signed; made with openssl. */

export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
}

export interface Authority {
  readonly caPath: string;
  /** Signs a certificate for `name`, replacing files of that name. */
  sign(name: string, use: "serverAuth" | "clientAuth", file?: string): Promise<Certificate>;
}

export async function makeAuthority(folder: string, name = "ca"): Promise<Authority> {
  const at = (file: string) => `${folder}/${file}`;
  await openssl([
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    at(`${name}.key`),
    "-out",
    at(`${name}.pem`),
    "-subj",
    `/CN=${name}`,
  ]);
  return {
    caPath: at(`${name}.pem`),
    async sign(subject, use, file = subject) {
      const [keyPath, certPath] = [at(`${file}.key`), at(`${file}.pem`)];
      await openssl(["req", "-newkey", "rsa:2048", "-nodes", "-keyout", keyPath, "-out", at("request.csr"), "-subj", `/CN=${subject}`]);
      await Deno.writeTextFile(at("ext"), `subjectAltName=DNS:${subject}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=${use}\n`);
      await openssl([
        ...["x509", "-req", "-in", at("request.csr"), "-CA", at(`${name}.pem`), "-CAkey", at(`${name}.key`), "-CAcreateserial"],
        ...["-out", `${certPath}.new`, "-days", "2", "-extfile", at("ext")],
      ]);
      await Deno.rename(`${certPath}.new`, certPath);
      return { certPath, keyPath };
    },
  };
}

async function openssl(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args: [...args], stderr: "piped", stdout: "null" }).output();
  if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}
