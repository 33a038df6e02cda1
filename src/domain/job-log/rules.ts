/** Lines that say what went wrong, by the programs that print them. The first rule that fits a line counts. */
export interface Rule {
  pattern: RegExp;
  /** 5: says what and where. 4: says what. 3: may say it. */
  weight: number;
  /** How many of these lines are wanted where there are other telling ones. */
  most?: number;
}

export const rules: readonly Rule[] = [
  // Compilers: tsc, MSBuild; its pretty form; gcc, clang, javac; rustc; go; ld; Kotlin; Maven's compiler; Swift is as clang.
  { pattern: /\(\d+,\d+\): error \w+\d+: /, weight: 5 },
  { pattern: /^\S+:\d+:\d+ - error TS\d+: /, weight: 5 },
  { pattern: /^\S+?:\d+(?::\d+)?: (?:fatal )?error: /, weight: 5 },
  { pattern: /^error\[E\d+\]: /, weight: 5 },
  { pattern: /^(?:vet: )?(?:\.\/)?\S+\.go:\d+:\d+: /, weight: 5 },
  { pattern: /undefined reference to /, weight: 5 },
  { pattern: /^e: .+\.kts?\b/, weight: 5 },
  { pattern: /^\[ERROR\] .+\.(?:java|kt|scala|groovy):\[?\d+/, weight: 5 },
  { pattern: /^\s*--> \S+:\d+:\d+$/, weight: 4, most: 1 },
  // Linters: eslint and its kin; ruff, flake8, mypy, golangci-lint.
  { pattern: /^\s*\d+:\d+\s+error\s+\S/, weight: 5 },
  { pattern: /^\S+\.pyi?:\d+(?::\d+)?: (?:error: |[A-Z]+\d+ )/, weight: 5 },
  // Tests: pytest, go test, vitest, jest, mocha, JUnit by Maven and Gradle, .NET, RSpec, PHPUnit, cargo.
  { pattern: /^E {2,}\S/, weight: 5, most: 2 },
  { pattern: /^(?:FAILED|ERROR) \S+\.py\b/, weight: 5, most: 1 },
  { pattern: /^\s*--- FAIL: /, weight: 5, most: 1 },
  { pattern: /^\s*\S+_test\.go:\d+: /, weight: 5 },
  { pattern: /^\s*FAIL\s+\S.* > /, weight: 5, most: 1 },
  { pattern: /^\s*● (?!Console\b|Cannot log)\S/, weight: 5, most: 1 },
  { pattern: /^\s*expect\(.*\)\.(?:\w+\.)*to/, weight: 5, most: 1 },
  { pattern: /\bAssertionError\b.*: |^\s*AssertionError\b/, weight: 5 },
  { pattern: /^\[ERROR\]\s+\w+(?:Test|IT|Spec)\w*[.:]/, weight: 5, most: 2 },
  { pattern: /^\S.* > .+ FAILED$/, weight: 5, most: 1 },
  { pattern: /^\s+Failed \S+ \[[^\]]+\]$/, weight: 5, most: 1 },
  { pattern: /^\s*Failure\/Error: /, weight: 5, most: 1 },
  { pattern: /^\d+\) \S+::\w+/, weight: 5, most: 1 },
  { pattern: /^Failed asserting that /, weight: 5, most: 1 },
  { pattern: /^thread '.*' (?:\(\d+\) )?panicked at /, weight: 5, most: 1 },
  { pattern: /^\s*(?:left|right|Expected|Received|expected|got|actual)\b[^:]{0,40}: /, weight: 4, most: 2 },
  { pattern: /^\s*[✖✕✗×✘] \S/, weight: 4, most: 2 },
  { pattern: /^\s*FAIL\s+\S+\.\w+/, weight: 3, most: 1 },
  { pattern: /^rspec \.\//, weight: 4, most: 1 },
  { pattern: /^\[ERROR\] Tests run: /, weight: 4, most: 1 },
  // Programs that end: panics, exceptions, memory, time, tools that give up.
  { pattern: /^panic: /, weight: 5 },
  { pattern: /^Exception in thread /, weight: 5, most: 1 },
  { pattern: /^Caused by: /, weight: 5, most: 1 },
  { pattern: /heap out of memory|OutOfMemoryError|\bexit code:? 137\b|signal: killed/, weight: 5, most: 1 },
  { pattern: /exceeded the maximum execution time|execution took longer than/, weight: 5, most: 1 },
  { pattern: /lost communication with the server|received a shutdown signal/, weight: 5, most: 1 },
  { pattern: /^│ Error: /, weight: 5 },
  { pattern: /^fatal: /, weight: 5 },
  { pattern: /^(?:\w+\.)*[A-Z]\w*(?:Error|Exception)(?: \[\w+\])?: \S/, weight: 5 },
  {
    pattern:
      /(?:command not found|No such file or directory|Permission denied|not recognized as .+ command.*)$/,
    weight: 4,
  },
  { pattern: /^npm (?:ERR!|error) \S/, weight: 4, most: 2 },
  { pattern: /^(?:ERROR|error): \S/, weight: 4 },
  { pattern: /^\[ERROR\] (?:Failed to execute goal|COMPILATION ERROR)/, weight: 3, most: 1 },
  { pattern: /^(?:> )?Execution failed for task /, weight: 3, most: 1 },
  { pattern: /^\[ERROR\]\s+\S/, weight: 3 },
  { pattern: /^\s*(?:error|Error|ERROR|FATAL|CRITICAL)\b[:!\]]?\s*\S/, weight: 3 },
  { pattern: /\berror: \S/i, weight: 3 },
  { pattern: /^\s*(?:FAIL|FAILED|Failed|failed)\b[: ]\s*\S/, weight: 3, most: 2 },
];

/** That something failed, without a word of what: only where nothing better is said. */
export const verdicts: readonly RegExp[] = [
  /^Process completed with exit code \d+/,
  /^The process '.*' failed with exit code/,
  /^The operation was canceled/,
  /^Bash exited with code/,
  /^ERROR: Job failed(?: \(system failure\))?: (?:exit code|exit status|command terminated)/,
  /^exit status \d+$/,
  /^make(?:\[\d+\])?: \*\*\* /,
  /^FAIL(?:\s+\S+\s+[\d.]+s(?: .*)?| .*\[build failed\])?$/,
  /^error: (?:could not compile|aborting due to|test failed, to rerun|Recipe )/,
  /^error Command failed(?: with exit code|\.)/,
  /^error: script ".*" exited with code/,
  /ELIFECYCLE/,
  /^npm (?:ERR!|error) (?:errno|Test failed|Lifecycle script|Exit status|A complete log|path|command|Failed at|This is probably|syscall|workspace|location|There is likely)/,
  /^npm (?:ERR!|error)\s+(?:\/|[A-Z]:\\)/,
  /^npm (?:ERR!|error) (?:\S+@\S+ \w+: `|in workspace|at location)/,
  /^\[ERROR\] (?:-> |To see the full|Re-run Maven|For more information|After correcting|\[Help)/,
  /^BUILD FAILED|^FAILURE: Build failed/,
];

/** Words of failure that report a success. */
export const dampers: readonly RegExp[] = [
  /\b0 (?:errors?|failed|failures?|problems)\b/i,
  /\b(?:no|without) (?:errors?|failures?)\b/i,
  /\b(?:errors?|failed|failures?): ?0\b(?!.*(?:errors?|failed|failures?): ?[1-9])/i,
];
