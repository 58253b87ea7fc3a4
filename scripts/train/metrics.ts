/** Measures of a scorer on labelled examples. */

export interface Scored {
  readonly score: number;
  readonly label: 0 | 1;
}

/** Area under the ROC curve, ties counted half; NaN when a class is missing. */
export function auroc(examples: readonly Scored[]): number {
  const sorted = [...examples].sort((a, b) => a.score - b.score);
  let rankSum = 0, positives = 0;
  for (let i = 0; i < sorted.length;) {
    let j = i;
    while (j < sorted.length && sorted[j]!.score === sorted[i]!.score) j++;
    for (let k = i; k < j; k++) {
      if (sorted[k]!.label === 1) {
        rankSum += (i + j + 1) / 2;
        positives++;
      }
    }
    i = j;
  }
  const negatives = sorted.length - positives;
  return positives === 0 || negatives === 0 ? NaN : (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
}

/** Average precision (area under the precision-recall steps). */
export function averagePrecision(examples: readonly Scored[]): number {
  const sorted = [...examples].sort((a, b) => b.score - a.score);
  let hits = 0, sum = 0;
  sorted.forEach((example, index) => {
    if (example.label === 1) sum += ++hits / (index + 1);
  });
  return hits === 0 ? NaN : sum / hits;
}

export interface AtThreshold {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly falsePositiveRate: number;
}

/** Precision, recall, F1 and false-positive rate when `score >= threshold` counts as found. */
export function atThreshold(examples: readonly Scored[], threshold: number): AtThreshold {
  let tp = 0, fp = 0, fn = 0, tn = 0;
  for (const { score, label } of examples) {
    if (score >= threshold) label === 1 ? tp++ : fp++;
    else label === 1 ? fn++ : tn++;
  }
  const precision = tp / (tp + fp), recall = tp / (tp + fn);
  return { precision, recall, f1: 2 * tp / (2 * tp + fp + fn), falsePositiveRate: fp / (fp + tn) };
}
