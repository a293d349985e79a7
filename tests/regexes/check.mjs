// Asks recheck about each pattern of standard input (a line of JSON each) and answers with a line of JSON each.
import { createInterface } from "node:readline";
import { checkSync } from "recheck";

// A text that the prover takes for slow: pieces that stand as they are, and pieces that repeat.
const pieces = ({ pumps, suffix }) => [...pumps.flatMap(({ prefix, pump }) => [[prefix, false], [pump, true]]), [suffix, false]];

for await (const line of createInterface({ input: process.stdin })) {
  const { source, flags } = JSON.parse(line);
  const { status, checker, complexity, attack, error } = checkSync(source, flags, { timeout: 60000, randomSeed: 7 });
  const answer = { status, checker, complexity: complexity?.summary ?? error?.kind ?? "" };
  process.stdout.write(`${JSON.stringify(attack ? { ...answer, attack: pieces(attack) } : answer)}\n`);
}
