/** What the gateway and the worker that runs ONNX models say to each other. */

/** A model and how to read it. Plain data: it crosses the worker border. */
export interface OnnxModel {
  /** Holds `model.onnx` and `tokenizer.json`. */
  readonly folder: string;
  readonly maxTokens: number;
  readonly padToken: number;
  /** Each label has a probability of its own (sigmoid); otherwise they share one (softmax). */
  readonly independent: boolean;
}

export interface OnnxAsk {
  readonly call: number;
  readonly model: OnnxModel;
  /** Absent: the model is only loaded. */
  readonly text?: string;
}

export type OnnxReply =
  /** None when there was no text. */
  | { readonly call: number; readonly probabilities: readonly number[] }
  | { readonly call: number; readonly error: string };
