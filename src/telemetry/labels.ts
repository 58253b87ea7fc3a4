/** Labels that metrics have here (`tests/e2e/metrics_test.ts` holds it to that), the last row those of prom-client's own; custom ones are called otherwise. */
export const OWN_LABELS: ReadonlySet<string> = new Set(
  ("backend classifier decision direction error limit phase policy reason result rule status tenant thread version worker " +
    "le quantile kind space type major minor patch").split(" "),
);
