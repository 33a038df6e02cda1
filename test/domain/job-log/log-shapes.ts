/** Logs of jobs in the shapes that runners and tools print, and the lines in them that say what went wrong. */
export interface LogShape {
  name: string;
  raw: string;
  excerpt: string[];
}

/** As GitHub stores it: every line with an instant, a step that fails, then what runs all the same. */
export function gitHubLog(command: string, output: string[], code = 1): string {
  const lines = [
    "##[group]Run actions/checkout@v4", "with:", "  repository: acme/api", "##[endgroup]", "Syncing repository: acme/api",
    `##[group]Run ${command}`, `\u001b[36;1m${command}\u001b[0m`, "shell: /usr/bin/bash -e {0}", "env:",
    "  ERROR_REPORTING: error: all", "##[endgroup]",
    ...output,
    `##[error]Process completed with exit code ${code}.`,
    ...epilogue,
  ]; // prettier-ignore
  return stamped(lines);
}

const epilogue = [
  "##[group]Run actions/upload-artifact@v4", "with:", "  name: report", "##[endgroup]",
  "##[warning]No files were found with the provided path: report.xml. No artifacts will be uploaded.",
  "Post job cleanup.", "[command]/usr/bin/git version", "error: this is only the clean-up", "Print service container logs: f1e2_postgres15_3aba46",
  "##[command]/usr/bin/docker logs --details 69434523",
  ...Array.from({ length: 60 }, (_, line) => ` 2026-01-01 00:00:00.000 UTC [${line}] ERROR:  relation "users" does not exist`),
  "Stop and remove container: f1e2_postgres15_3aba46", "Remove container network: github_network_1", "Cleaning up orphan processes",
]; // prettier-ignore

export function stamped(lines: string[]): string {
  const at = (index: number) =>
    new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString().replace("Z", "1234Z");
  return `\uFEFF${lines.map((line, index) => `${at(index)} ${line}`).join("\n")}\n`;
}

/** As GitLab stores it, with sections, and for a runner of today with instants. */
export function gitLabLog(output: string[], { instants = false, verdict = "exit code 1" } = {}): string {
  const section = (name: string, header: string, lines: string[]) => [
    `section_start:1767225600:${name}\r\u001b[0K\u001b[0K\u001b[36;1m${header}\u001b[0;m\u001b[0;m`,
    ...lines,
    `section_end:1767225601:${name}\r\u001b[0K`,
  ];
  const lines = [
    "\u001b[0KRunning with gitlab-runner 17.0.0 (44feccdf)\u001b[0;m",
    ...section("prepare_executor", 'Preparing the "docker" executor', ["Using Docker executor with image node:22 ..."]),
    ...section("get_sources", "Getting source from Git repository", ["Checking out 4f2a0c1e as detached HEAD (ref is main)..."]),
    ...section("step_script", 'Executing "step_script" stage of the job script', ["\u001b[32;1m$ make test\u001b[0;m", ...output]),
    ...section("after_script", "Running after_script", ["$ ./report.sh", "error: this is only the report"]),
    ...section("upload_artifacts_on_failure", "Uploading artifacts for failed job", [
      "WARNING: report.xml: no matching files.", "ERROR: No files to upload",
    ]),
    ...section("cleanup_file_variables", "Cleaning up project directory and file based variables", []),
    `\u001b[31;1mERROR: Job failed: ${verdict}`,
    "\u001b[0;m",
  ]; // prettier-ignore
  return lines.map((line) => (instants ? `2026-01-01T00:00:00.123456Z 01O ${line}` : line)).join("\n");
}

const passing = Array.from({ length: 30 }, (_, index) => `✓ passes ${index} without errors`);

export const logShapes: LogShape[] = [
  {
    name: "tsc",
    raw: gitHubLog("npx tsc --noEmit", [
      "src/api.ts(42,7): error TS2345: Argument of type 'string | undefined' is not assignable.",
      "src/other.ts(1,1): error TS1005: ';' expected.",
    ], 2),
    excerpt: [
      "src/api.ts(42,7): error TS2345: Argument of type 'string | undefined' is not assignable.",
      "src/other.ts(1,1): error TS1005: ';' expected.",
    ],
  },
  {
    name: "eslint by a problem matcher",
    raw: gitHubLog("npx eslint .", [
      "/home/runner/work/api/api/src/a.ts",
      "##[error]  12:5  error  'unused' is defined but never used  @typescript-eslint/no-unused-vars",
      "", "✖ 1 problem (1 error, 0 warnings)",
    ]),
    excerpt: ["Error:   12:5  error  'unused' is defined but never used  @typescript-eslint/no-unused-vars", "✖ 1 problem (1 error, 0 warnings)"],
  },
  {
    name: "gcc and make",
    raw: gitHubLog("make", [
      "gcc -c -Werror=unused -o main.o main.c",
      "main.c:12:5: error: implicit declaration of function 'foo' [-Wimplicit-function-declaration]",
      "make: *** [Makefile:4: main.o] Error 1",
    ], 2),
    excerpt: ["main.c:12:5: error: implicit declaration of function 'foo' [-Wimplicit-function-declaration]"],
  },
  {
    name: "rustc",
    raw: gitHubLog("cargo build", [
      "\u001b[0m\u001b[1m\u001b[38;5;9merror[E0308]\u001b[0m\u001b[1m: mismatched types\u001b[0m",
      "  --> src/main.rs:3:18", "   |", "3  |     let x: u32 = \"a\";",
      "error: aborting due to 1 previous error", "error: could not compile `api` (bin \"api\") due to 1 previous error",
    ], 101),
    excerpt: ["error[E0308]: mismatched types", "--> src/main.rs:3:18"],
  },
  {
    name: "go build",
    raw: gitHubLog("go build ./...", ["# example.com/api/store", "store/store.go:17:2: undefined: Frob"]),
    excerpt: ["store/store.go:17:2: undefined: Frob"],
  },
  {
    name: "go test",
    raw: gitHubLog("go test ./...", [
      "ok  \texample.com/api/errors\t0.004s", "--- FAIL: TestTotal (0.00s)", "    cart_test.go:18: total = 2, want 3",
      "FAIL", "FAIL\texample.com/api/cart\t0.012s", "FAIL",
    ]),
    excerpt: ["--- FAIL: TestTotal (0.00s)", "cart_test.go:18: total = 2, want 3"],
  },
  {
    name: "a panic of go",
    raw: gitLabLog(["panic: runtime error: invalid memory address or nil pointer dereference", "goroutine 1 [running]:", "main.main()", "exit status 2"]),
    excerpt: ["panic: runtime error: invalid memory address or nil pointer dereference"],
  },
  {
    name: "pytest",
    raw: gitLabLog([
      "tests/test_cart.py F", "    def test_total():", ">       assert total() == 3", "E       assert 2 == 3", "E        +  where 2 = total()",
      "tests/test_cart.py:4: AssertionError", "FAILED tests/test_cart.py::test_total - assert 2 == 3", "1 failed, 41 passed in 0.12s",
    ]),
    excerpt: ["E       assert 2 == 3", "E        +  where 2 = total()", "FAILED tests/test_cart.py::test_total - assert 2 == 3"],
  },
  {
    name: "jest",
    raw: gitHubLog("npm test", [
      "> api@1.0.0 test", "> jest", "FAIL src/cart.test.js", "  ● cart › adds up", "", "    expect(received).toBe(expected) // Object.is equality", "",
      "    Expected: 3", "    Received: 2", "", "      at Object.<anonymous> (src/cart.test.js:4:19)", "Tests:       1 failed, 41 passed, 42 total",
    ]),
    excerpt: ["● cart › adds up", "expect(received).toBe(expected) // Object.is equality", "Expected: 3"],
  },
  {
    name: "vitest",
    raw: gitHubLog("npx vitest run", [
      ...passing, "\u001b[31m FAIL \u001b[39m src/cart.test.ts > cart > adds up", "AssertionError: expected 2 to be 3 // Object.is equality",
      " ❯ src/cart.test.ts:4:19", " Test Files  1 failed | 30 passed (31)",
    ]),
    excerpt: ["FAIL  src/cart.test.ts > cart > adds up", "AssertionError: expected 2 to be 3 // Object.is equality"],
  },
  {
    name: "npm that cannot resolve",
    raw: gitHubLog("npm ci", [
      "npm error code ERESOLVE", "npm error ERESOLVE could not resolve", "npm error", "npm error While resolving: api@1.0.0",
      "npm error A complete log of this run can be found in: /home/runner/.npm/_logs/x.log",
    ]),
    excerpt: ["npm error code ERESOLVE", "npm error ERESOLVE could not resolve"],
  },
  {
    name: "maven",
    raw: gitLabLog([
      "[INFO] Running com.acme.CartTest", "[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! -- in com.acme.CartTest",
      "[ERROR]   CartTest.addsUp:12 expected: <3> but was: <2>", "[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:3.2.5:test",
      "[ERROR] -> [Help 1]", "[ERROR] Re-run Maven using the -X switch to enable full debug logging.",
    ]),
    excerpt: ["[ERROR]   CartTest.addsUp:12 expected: <3> but was: <2>"],
  },
  {
    name: "gradle",
    raw: gitHubLog("./gradlew build", [
      "> Task :test", "CartTest > adds up FAILED", "    org.opentest4j.AssertionFailedError at CartTest.java:12", "FAILURE: Build failed with an exception.",
      "* What went wrong:", "Execution failed for task ':test'.", "BUILD FAILED in 12s",
    ]),
    excerpt: ["CartTest > adds up FAILED"],
  },
  {
    name: "a traceback of python",
    raw: gitHubLog("python build.py", [
      "Traceback (most recent call last):", '  File "build.py", line 3, in <module>', "    import yaml", "ModuleNotFoundError: No module named 'yaml'",
    ]),
    excerpt: ["ModuleNotFoundError: No module named 'yaml'"],
  },
  {
    name: "docker build",
    raw: gitLabLog([
      "#12 [4/5] RUN pip install -r requirements.txt", "#12 1.234 ERROR: No matching distribution found for frob==9",
      'ERROR: failed to build: failed to solve: process "/bin/sh -c pip install -r requirements.txt" did not complete successfully: exit code: 1',
    ], { instants: true }),
    excerpt: [
      'ERROR: failed to build: failed to solve: process "/bin/sh -c pip install -r requirements.txt" did not complete successfully: exit code: 1',
      "#12 1.234 ERROR: No matching distribution found for frob==9",
    ].toReversed(),
  },
  {
    name: "terraform",
    raw: gitHubLog("terraform plan", ["╷", "│ Error: Reference to undeclared resource", "│ ", "│   on main.tf line 3, in output \"x\":", "╵"]),
    excerpt: ["│ Error: Reference to undeclared resource"],
  },
  {
    name: "RSpec",
    raw: gitLabLog([
      "  1) Cart adds up", "     Failure/Error: expect(cart.total).to eq 3", "       expected: 3", "            got: 2", "rspec ./spec/cart_spec.rb:4 # Cart adds up",
    ]),
    excerpt: ["Failure/Error: expect(cart.total).to eq 3", "expected: 3", "got: 2"],
  },
  {
    name: ".NET",
    raw: gitHubLog("dotnet build", ["/home/runner/work/api/Cart.cs(12,5): error CS1002: ; expected [/home/runner/work/api/Api.csproj]", "    0 Warning(s)", "    1 Error(s)"]),
    excerpt: ["/home/runner/work/api/Cart.cs(12,5): error CS1002: ; expected [/home/runner/work/api/Api.csproj]"],
  },
  {
    name: "PHPUnit",
    raw: gitLabLog(["There was 1 failure:", "1) Tests\\CartTest::testTotal", "Failed asserting that 2 matches expected 3.", "/builds/acme/api/tests/CartTest.php:12"], { instants: true }),
    excerpt: ["1) Tests\\CartTest::testTotal", "Failed asserting that 2 matches expected 3."],
  },
  {
    name: "a job of GitLab that took too long",
    raw: gitLabLog(["waiting for the server"], { verdict: "execution took longer than 1h0m0s seconds" }),
    excerpt: ["ERROR: Job failed: execution took longer than 1h0m0s seconds"],
  },
  {
    name: "a script that only exits",
    raw: gitHubLog("./deploy.sh", ["Deploying to staging", "The lease is held by somebody else"], 3),
    excerpt: ["The lease is held by somebody else", "Error: Process completed with exit code 3."],
  },
]; // prettier-ignore
