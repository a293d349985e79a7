// Asks recheck about each pattern of standard input (a line of JSON each) and answers with a line of JSON each.
import { createInterface } from "node:readline";
import { checkSync } from "recheck";

for await (const line of createInterface({ input: process.stdin })) {
  const { source, flags } = JSON.parse(line);
  const { status, checker, complexity, attack, error } = checkSync(source, flags, { timeout: 60000, randomSeed: 7 });
  const answer = {
    status,
    checker,
    complexity: complexity?.summary ?? error?.kind ?? "",
    attack: attack?.pattern ?? "",
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
